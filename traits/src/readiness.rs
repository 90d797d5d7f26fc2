//! Readiness of non-blocking sources.

use core::future::{Future, poll_fn};
use core::task::{Context, Poll};

/// The direction in which a caller wants to make progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Interest {
    /// There may be something to read.
    Read,
    /// There may be room to write.
    Write,
}

/// A non-blocking source that reports when to try again.
///
/// Try first, and wait only if the try would block. Readiness is a hint: the next try may
/// block again.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Duration, Instant, Interest, PollEvery, ReadinessExt};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// // A device without notification, polled every 5 ms.
/// let mut source = PollEvery::new(clock.clone(), Duration::from_millis(5));
/// sim.run(source.ready(Interest::Read)).unwrap();
/// assert_eq!(clock.now(), Instant::from_millis(5));
/// ```
///
/// # For implementers
///
/// Register the waker *before* checking the flag, so that an event in between is not
/// lost. One waker per direction is enough, because the waiting task borrows the source.
/// A source that has failed permanently returns ready with its error every time.
///
/// # For driver authors
///
/// Prefer `embedded_io_async::Read`. Be generic over `Readiness` only to wrap a
/// non-blocking source yourself, with [`nb_ready`](crate::nb_ready) as the loop.
pub trait Readiness: embedded_io::ErrorType {
    /// Polls for readiness since the last try, registering the waker if pending.
    ///
    /// # Errors
    ///
    /// Any error of the source. It may be polled again; a source that has failed
    /// permanently returns its error again.
    fn poll_ready(
        &mut self,
        interest: Interest,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Self::Error>>;

    /// Lets other tasks run: occasionally returns `Pending` once and wakes the caller
    /// immediately. Poll it before each try.
    ///
    /// A source that is always ready never makes its task wait. On a single thread, no
    /// other task would run.
    ///
    /// # For implementers
    ///
    /// Count how often this returned ready since [`poll_ready`](Self::poll_ready) was
    /// last pending, and return `Pending` once at a bound such as 32. A caller that then
    /// drops its future and tries again has yielded too. The default does not count and
    /// always returns ready: correct for a source that is never ready for long.
    fn poll_proceed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let _ = cx;
        Poll::Ready(())
    }
}

impl<T: Readiness + ?Sized> Readiness for &mut T {
    fn poll_ready(
        &mut self,
        interest: Interest,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Self::Error>> {
        T::poll_ready(self, interest, cx)
    }

    fn poll_proceed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        T::poll_proceed(self, cx)
    }
}

/// Async methods for [`Readiness`]; see there for an example.
///
/// # For implementers
///
/// Nothing to do: every [`Readiness`] source has these methods.
///
/// # For driver authors
///
/// Try before you wait; [`nb_ready`](crate::nb_ready) does both.
pub trait ReadinessExt: Readiness {
    /// Waits until the source is ready in direction `interest`.
    ///
    /// # Errors
    ///
    /// Any error of the source. It may be awaited again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: unused readiness is reported again.
    fn ready(&mut self, interest: Interest) -> impl Future<Output = Result<(), Self::Error>> {
        poll_fn(move |cx| self.poll_ready(interest, cx))
    }
}

impl<T: Readiness + ?Sized> ReadinessExt for T {}
