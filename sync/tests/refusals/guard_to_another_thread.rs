//! error[E0277]: And so is the guard, which unlocks where it is dropped.
use tickwire_sync::{Mutex, NoopRawMutex};

fn main() {
    let mutex = Mutex::<NoopRawMutex, u32>::new(0);
    let guard = mutex.try_lock();
    std::thread::scope(|scope| {
        scope.spawn(move || drop(guard));
    });
}
