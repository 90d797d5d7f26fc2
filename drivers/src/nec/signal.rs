//! What a decoder reports.

use tickwire_traits::Instant;

use super::{Error, Frame, Repeat};

/// What was received, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Signal {
    /// The time of the edge that made the event certain. If no edge did, the time at which the
    /// signal would have been complete.
    pub at: Instant,
    /// What was received.
    pub event: Event,
}

/// The meaning of a [`Signal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event {
    /// A key was pressed. Some remote controls send the whole frame again while it is held.
    Frame(Frame),
    /// The key is still held.
    Repeat(Repeat),
    /// A signal was rejected.
    Error(Error),
}
