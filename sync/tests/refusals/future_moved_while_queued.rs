//! error[E0277]: A queued future is pinned: it contains its node.
use std::task::{Context, Waker};

use tickwire_sync::{Event, NoopRawMutex};

fn main() {
    let event = Event::<NoopRawMutex>::new();
    let mut waiting = event.wait();
    let _ = std::pin::Pin::new(&mut waiting).poll(&mut Context::from_waker(Waker::noop()));
}
