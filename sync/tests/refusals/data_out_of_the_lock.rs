//! error: lifetime may not live long enough: A reference to locked data does not leave the closure.
use tickwire_sync::{Mutex, NoopRawMutex};

fn main() {
    let mutex = Mutex::<NoopRawMutex, u32>::new(0);
    let _kept = mutex.try_with(|data| data);
}
