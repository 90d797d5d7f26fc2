//! error[E0277]: A `static` is seen by all threads and interrupts.
use tickwire_sync::{Mutex, NoopRawMutex};

static SHARED: Mutex<NoopRawMutex, u32> = Mutex::new(0);

fn main() {
    let _ = SHARED.try_with(|shared| *shared);
}
