//! error[E0597]: Data are not kept longer than what keeps them.
use tickwire_sync::{Mutex, NoopRawMutex};

fn main() {
    let guard = {
        let mutex = Mutex::<NoopRawMutex, u32>::new(0);
        mutex.try_lock()
    };
    drop(guard);
}
