//! error[E0277]: A guard cannot leave its mutex's thread: its drop unlocks the mutex.
use tickwire_sync::{Mutex, NoopRawMutex};

fn main() {
    let mutex = Mutex::<NoopRawMutex, u32>::new(0);
    let guard = mutex.try_lock();
    std::thread::scope(|scope| {
        scope.spawn(move || drop(guard));
    });
}
