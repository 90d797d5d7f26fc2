//! Limits, for drivers that have a delay and no clock.

use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;

/// Runs `work`, but not for longer than `limit`. `work` is polled first: a result
/// that is ready is never thrown away.
///
/// Both are pinned by the caller: an `async fn` that took them as they are would
/// hold each of them twice.
pub(crate) fn within<F: Future>(
    mut limit: Pin<&mut impl Future>,
    mut work: Pin<&mut F>,
) -> impl Future<Output = Option<F::Output>> {
    poll_fn(move |cx| match work.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => limit.as_mut().poll(cx).map(|_| None),
    })
}
