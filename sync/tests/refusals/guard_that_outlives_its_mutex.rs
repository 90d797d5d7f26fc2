//! error[E0597]: A guard does not outlive its mutex.
use tickwire_sync::{Mutex, NoopRawMutex};

fn main() {
    let guard = {
        let mutex = Mutex::<NoopRawMutex, u32>::new(0);
        mutex.try_lock()
    };
    drop(guard);
}
