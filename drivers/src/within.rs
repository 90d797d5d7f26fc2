//! Time limits, for drivers that have a delay and no clock.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;

use embedded_hal_async::delay::DelayNs;

/// Runs `work` for at most `limit_ms` waits of a millisecond each. A limit of zero is
/// taken as one.
///
/// A single wait for the whole limit would be over at the first poll of a late task, even
/// though `work` has made no progress beyond that poll. Here, a late poll ends one wait
/// only. `work` is polled before the first wait and after each, so it has more polls than
/// waits, even if all are at one instant. `work` that does not end is given up when all
/// waits have ended, however late.
///
/// The caller pins `work`: passed by value, it would be stored twice.
#[allow(clippy::manual_async_fn)] // An `async fn` stores its arguments twice.
pub(crate) fn within<F: Future>(
    delay: &mut impl DelayNs,
    mut limit_ms: u32,
    mut work: Pin<&mut F>,
) -> impl Future<Output = Option<F::Output>> {
    async move {
        loop {
            // Moved into the closure: borrowed by it, each would be stored twice as well.
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
