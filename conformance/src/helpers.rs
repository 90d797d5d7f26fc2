//! Small futures that several checks use.

use core::cell::Cell;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use tickwire_traits::{Duration, Timer};

use crate::scratch::Count;

/// More polls than this are not accounted for by waking early, or twice.
pub(crate) const FEW: u32 = 8;

const MOMENT: Duration = Duration::from_millis(1);

/// Waits until `reached`; false if that was not within a second.
///
/// # Cancel safety
///
/// Cancel-safe: it looks, no more.
pub async fn until<C: Timer>(clock: &C, reached: impl Fn() -> bool) -> bool {
    for _ in 0..1_000 {
        if reached() {
            return true;
        }
        clock.sleep(MOMENT).await;
    }
    reached()
}

/// Lets everyone run who can.
pub(crate) async fn settle<C: Timer>(clock: &C) {
    for _ in 0..3 {
        clock.sleep(MOMENT).await;
    }
}

pub(crate) async fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// Awaits `future`, and counts how often it is polled.
pub(crate) async fn counted<F: Future>(polls: &Cell<u32>, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        polls.set(polls.get() + 1);
        future.as_mut().poll(cx)
    })
    .await
}

/// Counts its drop: it goes with the future that holds it.
pub(crate) struct Witness(pub(crate) &'static Count);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.add();
    }
}
