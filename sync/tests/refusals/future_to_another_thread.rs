//! error[E0277]: Who waits for it is for that thread too.
use tickwire_sync::{Flag, NoopRawMutex};

fn send(_: impl Send) {}

fn main() {
    let flag = Flag::<NoopRawMutex>::new();
    send(flag.wait());
}
