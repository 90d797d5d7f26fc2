//! error[E0728]: A closure under the lock cannot await.
use tickwire_sync::{Mutex, NoopRawMutex};

async fn hold(mutex: &Mutex<NoopRawMutex, u32>) {
    mutex.with(|data| std::future::ready(*data).await).await;
}

fn main() {}
