//! Reasons for waits, for the reports of executors.

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

/// Reports the reason for the caller's wait, if an executor asks.
///
/// An executor whose tasks can no longer be woken may poll every task once more to
/// collect the reasons, as `tickwire-sim` does to report a deadlock. Otherwise a call
/// costs one read of a flag; without the feature `std` it costs nothing.
///
/// ```
/// use std::future::poll_fn;
/// use std::task::Poll;
/// use tickwire_sim::Sim;
/// use tickwire_traits::waits_for;
///
/// let stall = Sim::new().try_run(poll_fn::<(), _>(|_| {
///     waits_for(|| "a reply");
///     Poll::Pending
/// }));
/// assert_eq!(stall.unwrap_err().tasks[0].waits_for, ["a reply"]);
/// ```
///
/// # For implementers
///
/// Call it in every poll of your own future that is about to return `Pending`, with a
/// noun phrase.
///
/// # For driver authors
///
/// Nothing to do: clocks, pins and queues report their own waits.
#[inline(always)]
pub fn waits_for<D: fmt::Display>(what: impl FnOnce() -> D) {
    answer(what);
}
