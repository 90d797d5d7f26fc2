//! Limits, for drivers that have a delay and no clock.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;

use embedded_hal_async::delay::DelayNs;

/// Runs `work`, but not for longer than `limit_ms` waits of a millisecond each; a
/// limit of zero is taken as one.
///
/// One wait for all of the limit would be over at the first poll of a late task,
/// together with `work` that has come only as far as that poll let it. Here a late
/// poll ends one wait, and `work` is polled before the first wait and again after
/// each: it has more polls than waits, all at one instant if need be. `work` that
/// does not end is given up when each wait has ended, however late each did.
///
/// `work` is pinned by the caller: taken as it is, it would be held twice.
#[allow(clippy::manual_async_fn)] // An `async fn` holds its arguments twice.
pub(crate) fn within<F: Future>(
    delay: &mut impl DelayNs,
    mut limit_ms: u32,
    mut work: Pin<&mut F>,
) -> impl Future<Output = Option<F::Output>> {
    async move {
        loop {
            // Moved into the closure: borrowed by it, each would be held twice as well.
            let (mut work, mut slice) = (work.as_mut(), pin!(delay.delay_ms(1)));
            let output = poll_fn(move |cx| match work.as_mut().poll(cx) {
                Poll::Ready(output) => Poll::Ready(Some(output)),
                Poll::Pending => slice.as_mut().poll(cx).map(|()| None),
            });
            if let Some(output) = output.await {
                return Some(output);
            }
            limit_ms = limit_ms.saturating_sub(1);
            if limit_ms == 0 {
                return None;
            }
        }
    }
}
