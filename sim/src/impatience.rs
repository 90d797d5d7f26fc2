//! Dropping futures at their await points.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// The limit of drops: no operation has so many await points.
const MOST_DROPS: u32 = 100_000;

/// Runs an operation while dropping and restarting it at every pending poll.
///
/// A cancel-safe operation that keeps its progress has the same result as without drops.
/// Futures are dropped at both relevant moments: right after a poll, and after a wake but
/// before the next poll.
///
/// ```
/// use tickwire_sim::{Sim, impatiently};
/// use tickwire_traits::{Clock, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// sim.run(async {
///     let mut ticker = clock.ticker(tickwire_traits::Duration::from_millis(10));
///     impatiently(async || ticker.tick().await).await;
/// });
/// assert_eq!(clock.now(), Instant::from_millis(10));
/// ```
///
/// An operation that starts anew each time, such as a plain `sleep`, never ends here; test
/// it with [`drop_after`].
///
/// # Panics
///
/// After 100 000 drops, because the operation makes no progress.
///
/// # Cancel safety
///
/// As for `operation`, which is dropped too.
pub async fn impatiently<T>(mut operation: impl AsyncFnMut() -> T) -> T {
    for _ in 0..MOST_DROPS / 2 {
        if let Poll::Ready(output) = polled_once(operation()).await {
            return output;
        }
        let mut future = pin!(operation());
        let mut polled = false;
        let woken = poll_fn(|cx| {
            if std::mem::replace(&mut polled, true) {
                // Woken: dropped instead of polled.
                return Poll::Ready(None);
            }
            future.as_mut().poll(cx).map(Some)
        });
        if let Some(output) = woken.await {
            return output;
        }
    }
    panic!(
        "no progress after {MOST_DROPS} drops: the operation seems to start anew each time; \
         test it with `drop_after`"
    );
}

/// Polls `future` and drops it after `polls` pending polls. Returns its output if it ends
/// before.
///
/// To test every place where a future can be cancelled, count `polls` up from 1 with a new
/// setting each time, until the result is `Some`.
///
/// ```
/// use tickwire_sim::{Sim, drop_after};
/// use tickwire_traits::{Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let nap = || clock.sleep(Duration::from_millis(1));
/// assert_eq!(sim.run(drop_after(1, nap())), None);
/// assert_eq!(sim.run(drop_after(2, nap())), Some(()));
/// ```
///
/// # Cancel safety
///
/// As for `future`, which is dropped too.
pub async fn drop_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

async fn polled_once<F: Future>(future: F) -> Poll<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}
