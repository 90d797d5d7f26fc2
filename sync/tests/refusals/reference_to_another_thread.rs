//! error[E0277]: Without a lock, a primitive is for one thread.
use tickwire_sync::{Event, NoopRawMutex};

fn main() {
    let event = Event::<NoopRawMutex>::new();
    std::thread::scope(|scope| {
        scope.spawn(|| event.set());
    });
}
