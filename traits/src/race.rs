//! Races between two futures.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

/// The output of the first future to resolve. Returned by [`race`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Either<A, B> {
    /// The output of the first argument.
    First(A),
    /// The output of the second argument.
    Second(B),
}

impl<T> Either<T, T> {
    /// Returns the output, from either future.
    ///
    /// ```
    /// use core::future::{pending, ready};
    /// use tickwire_sim::Sim;
    /// use tickwire_traits::race;
    ///
    /// assert_eq!(Sim::new().run(race(pending(), ready(5))).into_inner(), 5);
    /// ```
    pub fn into_inner(self) -> T {
        match self {
            Self::First(output) | Self::Second(output) => output,
        }
    }
}

/// Runs two futures until one resolves, and drops the other.
///
/// The first future is polled first. If both are ready at once, it wins, and the second
/// is dropped without another poll; pass the more important one first. Both futures are
/// polled whenever the task is woken. For a time limit, use
/// [`Timer::timeout`](crate::Timer::timeout).
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Duration, Either, Timer, race};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let measure = async {
///     clock.sleep(Duration::from_millis(50)).await;
///     21
/// };
/// let give_up = clock.sleep(Duration::from_millis(80));
/// assert_eq!(sim.run(race(measure, give_up)), Either::First(21));
/// ```
///
/// # Cancel safety
///
/// Dropping the race drops both futures. The poll that resolves drops the losing future:
/// its progress is lost unless it is cancel-safe.
pub async fn race<A: Future, B: Future>(first: A, second: B) -> Either<A::Output, B::Output> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|cx| {
        if let Poll::Ready(output) = first.as_mut().poll(cx) {
            return Poll::Ready(Either::First(output));
        }
        second.as_mut().poll(cx).map(Either::Second)
    })
    .await
}
