//! error[E0277]: A primitive without a lock stays on one thread.
use tickwire_sync::{Event, NoopRawMutex};

fn main() {
    let event = Event::<NoopRawMutex>::new();
    std::thread::scope(|scope| {
        scope.spawn(|| event.set());
    });
}
