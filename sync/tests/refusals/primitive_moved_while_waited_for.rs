//! error[E0505]: A waiting future borrows its primitive.
use tickwire_sync::{Event, NoopRawMutex};

fn main() {
    let event = Event::<NoopRawMutex>::new();
    let waiting = event.wait();
    drop(Box::new(event));
    drop(waiting);
}
