//! error: lifetime may not live long enough: What is locked stays inside.
use tickwire_sync::{Mutex, NoopRawMutex};

fn main() {
    let mutex = Mutex::<NoopRawMutex, u32>::new(0);
    let _kept = mutex.try_with(|data| data);
}
