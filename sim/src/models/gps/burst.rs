//! The part of a log that is being sent.

use tickwire_traits::Instant;

use crate::uart::Baud;

/// The burst `index`, with `sent` bytes already sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Burst {
    pub(super) index: usize,
    /// When the byte `first` begins.
    pub(super) start: Instant,
    pub(super) first: usize,
    pub(super) sent: usize,
}

impl Burst {
    /// Returns when a byte that is not sent yet begins, if nothing comes between.
    pub(super) fn begin(&self, byte: usize, baud: Baud) -> Instant {
        self.start + baud.time_of((byte - self.first) as u64)
    }

    /// Delays the next byte to `at`.
    pub(super) fn delay(&mut self, at: Instant) {
        (self.start, self.first) = (at, self.sent);
    }
}
