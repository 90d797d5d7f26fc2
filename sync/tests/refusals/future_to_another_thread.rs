//! error[E0277]: A future cannot leave its primitive's thread.
use tickwire_sync::{Flag, NoopRawMutex};

fn send(_: impl Send) {}

fn main() {
    let flag = Flag::<NoopRawMutex>::new();
    send(flag.wait());
}
