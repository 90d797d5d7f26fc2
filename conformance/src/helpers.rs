//! Small futures that several checks use.

use core::cell::Cell;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use tickwire_traits::{Duration, Timer};

use crate::scratch::Count;

/// The limit of polls: early and duplicate wakes explain no more than this.
pub(crate) const FEW: u32 = 8;

const MOMENT: Duration = Duration::from_millis(1);

/// Waits until `reached` returns true. Returns false if it has not within a second.
///
/// # Cancel safety
///
/// Cancel-safe: it only polls `reached`.
pub async fn until<C: Timer>(clock: &C, reached: impl Fn() -> bool) -> bool {
    for _ in 0..1_000 {
        if reached() {
            return true;
        }
        clock.sleep(MOMENT).await;
    }
    reached()
}

/// Lets every task run that can.
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

/// A value that counts its drop, and so the drop of the future that owns it.
pub(crate) struct Witness(pub(crate) &'static Count);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.add();
    }
}
