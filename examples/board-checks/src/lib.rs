//! The conformance program of a board, but for the board.
//!
//! It runs what every backend must pass, with wake-ups that come from a real interrupt,
//! and then what only this backend can be asked: whether an interrupt's flag and the
//! executor's passes are sources as they should be, whether an interrupt may spawn, and
//! whether it sees the same time. A line is said for each check, and one at the end.
//!
//! A board has a time driver, an executor, one interrupt to spare and a second clock.
//! Its program gives the interrupt's handler to [`on_interrupt`], and awaits
//! [`Proof::run`], [`Proof::wraps`] and, where the time driver is its own,
//! [`Proof::many_wraps`]; what else it has to prove of itself it gives to
//! [`Proof::check`].
#![no_std]
#![forbid(unsafe_code)]

mod bench;
mod checks;
mod interrupt;
mod proof;
mod wraps;

pub use interrupt::on_interrupt;
pub use proof::Proof;

use tickwire_traits::Instant;

/// What the checks need of a board.
pub trait Board {
    /// Makes the interrupt happen whose handler calls [`on_interrupt`], and returns when
    /// that has run.
    fn interrupt(&self);

    /// Returns the time by a clock that shares no counter with the one under test, and
    /// was started no later.
    fn stopwatch(&self) -> Instant;
}
