//! Telling work to stop.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::event::Event;
use crate::kernel::raw::RawMutex;

/// Tells any number of tasks to stop, once and for good.
///
/// Dropping a future stops it at once, wherever it waits. A token is for work that
/// has to put something away first: it is told, and ends by itself.
///
/// What the tutorial does with `Task.cancel` and `except CancelledError`; the
/// `CancellationToken` of tokio-util.
///
/// ```
/// use futures_util::future::join;
/// use tickwire_sim::Sim;
/// use tickwire_sync::{Cancelled, local};
/// use tickwire_traits::{Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let stop = local::CancelToken::new();
/// sim.run(join(
///     async {
///         let patience = clock.sleep(Duration::from_secs(60));
///         assert_eq!(stop.run_until_cancelled(patience).await, Err(Cancelled));
///         // Here the motor is turned off.
///     },
///     async { stop.cancel() },
/// ));
/// assert!(stop.is_cancelled());
/// ```
#[doc(alias = "CancellationToken")]
pub struct CancelToken<R> {
    cancelled: Event<R>,
}

/// A [`CancelToken`] was cancelled first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Cancelled;

impl<R: RawMutex> CancelToken<R> {
    /// Creates a token that is not cancelled.
    pub const fn new() -> Self {
        Self { cancelled: Event::new() }
    }

    /// Cancels it, and wakes all who wait for that. Twice is as good as once.
    ///
    /// May be called from an interrupt, with the raw mutex for it.
    pub fn cancel(&self) {
        self.cancelled.set();
    }

    /// Returns whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_set()
    }

    /// Waits until it is cancelled; if it was, resolves at once.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes nothing.
    pub fn cancelled(&self) -> impl Future<Output = ()> {
        self.cancelled.wait()
    }

    /// Runs `future` until it ends or this is cancelled.
    ///
    /// `future` is polled first, once even if this was cancelled before: a result
    /// that is ready is never thrown away.
    ///
    /// # Errors
    ///
    /// [`Cancelled`]. `future` is dropped with what this returned.
    ///
    /// # Cancel safety
    ///
    /// That of `future`.
    pub fn run_until_cancelled<F: Future>(
        &self,
        future: F,
    ) -> impl Future<Output = Result<F::Output, Cancelled>> {
        UntilCancelled { future, cancelled: self.cancelled.wait() }
    }
}

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cancelled")
    }
}

impl core::error::Error for Cancelled {}

pin_project! {
    struct UntilCancelled<F, C> {
        #[pin]
        future: F,
        #[pin]
        cancelled: C,
    }
}

impl<F: Future, C: Future<Output = ()>> Future for UntilCancelled<F, C> {
    type Output = Result<F::Output, Cancelled>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        this.cancelled.poll(cx).map(|()| Err(Cancelled))
    }
}

impl<R: RawMutex> Default for CancelToken<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex> fmt::Debug for CancelToken<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken").field("is_cancelled", &self.is_cancelled()).finish()
    }
}
