//! Saying what a future waits for.

#[cfg(feature = "std")]
mod heard;
#[cfg(not(feature = "std"))]
mod unheard;

use core::fmt;

#[cfg(feature = "std")]
use heard::answer;
#[cfg(feature = "std")]
pub use heard::hear_waits;
#[cfg(not(feature = "std"))]
use unheard::answer;

/// Says what the caller waits for, if an executor asks.
///
/// An executor on which nothing can wake any more may poll every task once more to
/// learn why, as `tickwire-sim` does for the report of a deadlock. At all other times
/// this costs one look at a flag; without the feature `std` it is nothing at all.
///
/// ```
/// use std::future::poll_fn;
/// use std::task::Poll;
/// use tickwire_sim::Sim;
/// use tickwire_traits::waits_for;
///
/// let stall = Sim::new().try_run(poll_fn::<(), _>(|_| {
///     waits_for(|| "the second coming");
///     Poll::Pending
/// }));
/// assert_eq!(stall.unwrap_err().tasks[0].waits_for, ["the second coming"]);
/// ```
///
/// # For implementers
///
/// Call it where a future of yours is about to return `Pending`, in every such poll,
/// with a noun phrase.
///
/// # For driver authors
///
/// Nothing to do: what a driver waits for says so itself, be it a clock, a pin or a
/// queue.
#[inline(always)]
pub fn waits_for<D: fmt::Display>(what: impl FnOnce() -> D) {
    answer(what);
}
