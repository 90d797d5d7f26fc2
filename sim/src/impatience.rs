//! Dropping futures where it hurts.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// When to give up: no operation has so many places to be dropped at.
const MOST_DROPS: u32 = 100_000;

/// Runs an operation while dropping and restarting it at every pending poll.
///
/// A cancel-safe operation that keeps its progress gives what it would have
/// given anyway. Futures are dropped at both moments that matter: right after
/// they were polled, and after they were woken but before they could look.
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
/// An operation that starts anew each time, such as a plain `sleep`, never ends
/// under this: test such a one with [`drop_after`].
///
/// # Panics
///
/// After 100 000 drops: such an operation makes no progress.
///
/// # Cancel safety
///
/// That of `operation`, which is dropped too.
pub async fn impatiently<T>(mut operation: impl AsyncFnMut() -> T) -> T {
    for _ in 0..MOST_DROPS / 2 {
        if let Poll::Ready(output) = polled_once(operation()).await {
            return output;
        }
        let mut future = pin!(operation());
        let mut polled = false;
        let woken = poll_fn(|cx| {
            if std::mem::replace(&mut polled, true) {
                // Woken: the future is dropped instead of being polled.
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

/// Polls `future` until it has been pending `polls` times and drops it then;
/// `Some` with its output if it ends before.
///
/// Count `polls` up from 1 until the result is `Some`, each time with a new
/// setting, and every place where the future can be cancelled has been tried.
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
/// That of `future`, which is dropped too.
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
