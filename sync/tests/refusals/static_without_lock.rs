//! error[E0277]: All threads and interrupts can access a `static`.
use tickwire_sync::{Mutex, NoopRawMutex};

static SHARED: Mutex<NoopRawMutex, u32> = Mutex::new(0);

fn main() {
    let _ = SHARED.try_with(|shared| *shared);
}
