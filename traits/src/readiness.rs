//! Knowing when to try again.

use core::future::{Future, poll_fn};
use core::task::{Context, Poll};

/// Which direction a caller wants to make progress in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Interest {
    /// There may be something to read.
    Read,
    /// There may be room to write.
    Write,
}

/// A non-blocking source that can say when trying again is worth it.
///
/// Try first, and wait only when the try would block. Ready is a hint: the try
/// after it may block again.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Duration, Instant, Interest, PollEvery, ReadinessExt};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// // A device that cannot tell, so it is looked at every 5 ms.
/// let mut source = PollEvery::new(clock.clone(), Duration::from_millis(5));
/// sim.run(source.ready(Interest::Read)).unwrap();
/// assert_eq!(clock.now(), Instant::from_millis(5));
/// ```
///
/// # For implementers
///
/// Register the waker *before* looking at the flag, so that an event between
/// the two is not lost. One waker a direction is enough: the source is borrowed
/// by who waits. A source that has failed for good is ready with its error,
/// each time.
///
/// # For driver authors
///
/// Rather than this, take `embedded_io_async::Read`; be generic over
/// `Readiness` only where you wrap a non-blocking thing yourself.
/// [`nb_ready`](crate::nb_ready) is the loop you would write.
pub trait Readiness: embedded_io::ErrorType {
    /// Polls for readiness since the last try, registering the waker if pending.
    ///
    /// # Errors
    ///
    /// Whatever the source reports instead of waiting. It may be polled again; one
    /// that has failed for good says so again.
    fn poll_ready(
        &mut self,
        interest: Interest,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Self::Error>>;

    /// Lets other tasks have their turn: now and then it is pending once, and wakes
    /// the caller at once. Poll it before each try.
    ///
    /// A source that is ready again and again never makes its task wait. On a single
    /// thread no other task would run then.
    ///
    /// # For implementers
    ///
    /// Count how often this was ready since [`poll_ready`](Self::poll_ready) was last
    /// pending, and be pending once at a bound such as 32. A caller that drops its
    /// future then and tries again has let a turn pass too. Without a count, as
    /// provided, this is always ready: right for a source that is never ready for
    /// long.
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

/// Awaiting [`Readiness`]; see there for an example.
///
/// # For implementers
///
/// Nothing to do: every source has it.
///
/// # For driver authors
///
/// Try before you wait; [`nb_ready`](crate::nb_ready) does both.
pub trait ReadinessExt: Readiness {
    /// Waits until a try in direction `interest` is worth it.
    ///
    /// # Errors
    ///
    /// Whatever the source reports instead of waiting. It may be awaited again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: readiness that nobody used is reported again.
    fn ready(&mut self, interest: Interest) -> impl Future<Output = Result<(), Self::Error>> {
        poll_fn(move |cx| self.poll_ready(interest, cx))
    }
}

impl<T: Readiness + ?Sized> ReadinessExt for T {}
