//! error[E0382]: A wait is over once.
use tickwire_sync::{Flag, NoopRawMutex};

async fn twice(flag: &Flag<NoopRawMutex>) {
    let waiting = flag.wait();
    waiting.await;
    waiting.await;
}

fn main() {}
