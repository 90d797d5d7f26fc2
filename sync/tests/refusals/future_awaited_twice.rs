//! error[E0382]: A future can be awaited once.
use tickwire_sync::{Flag, NoopRawMutex};

async fn twice(flag: &Flag<NoopRawMutex>) {
    let waiting = flag.wait();
    waiting.await;
    waiting.await;
}

fn main() {}
