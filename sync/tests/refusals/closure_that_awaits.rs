//! error[E0728]: Nothing is awaited under the lock, unless by the long name.
use tickwire_sync::{Mutex, NoopRawMutex};

async fn hold(mutex: &Mutex<NoopRawMutex, u32>) {
    mutex.with(|data| std::future::ready(*data).await).await;
}

fn main() {}
