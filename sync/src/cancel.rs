//! Cooperative cancellation.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::event::Event;
use crate::kernel::raw::RawMutex;

/// A token that asks any number of tasks to stop, once and permanently.
///
/// Dropping a future stops it immediately, wherever it waits. Use a token for a task that
/// has to clean up first: it sees the cancellation, and ends by itself.
///
/// The tutorial uses `Task.cancel` and `except CancelledError`, tokio-util a
/// `CancellationToken`.
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
///         // The motor is turned off here.
///     },
///     async { stop.cancel() },
/// ));
/// assert!(stop.is_cancelled());
/// ```
#[doc(alias = "CancellationToken")]
pub struct CancelToken<R> {
    cancelled: Event<R>,
}

/// The error of a future whose [`CancelToken`] was cancelled first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Cancelled;

impl<R: RawMutex> CancelToken<R> {
    /// Creates a token that is not cancelled.
    pub const fn new() -> Self {
        Self { cancelled: Event::new() }
    }

    /// Cancels the token, and wakes all waiters. A second call has no effect.
    ///
    /// With `CriticalSectionRawMutex`, an interrupt may call it.
    pub fn cancel(&self) {
        self.cancelled.set();
    }

    /// Returns whether the token was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_set()
    }

    /// Waits until the token is cancelled. Resolves immediately if it already was.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
    pub fn cancelled(&self) -> impl Future<Output = ()> {
        self.cancelled.wait()
    }

    /// Runs `future` until it ends or the token is cancelled.
    ///
    /// `future` is polled first, once even if the token is already cancelled: a ready
    /// result is never discarded.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] if the token was cancelled first. `future` is dropped with the
    /// returned future.
    ///
    /// # Cancel safety
    ///
    /// The same as that of `future`.
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
