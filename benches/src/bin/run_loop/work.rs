//! What executors do.

use tickwire_traits::yield_now;

pub(crate) async fn yield_often(times: u32) {
    for _ in 0..times {
        yield_now().await;
    }
}
