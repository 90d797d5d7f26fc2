//! error[E0277]: Threads cannot share a guard of a `Cell`: both would access the `Cell`.
use std::cell::Cell;

use tickwire_sync::{CriticalSectionRawMutex, Mutex};

fn main() {
    let mutex = Mutex::<CriticalSectionRawMutex, _>::new(Cell::new(0));
    let guard = mutex.try_lock().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| guard.set(1));
        guard.set(2);
    });
}
