//! What the tasks of a hub share.

use embedded_io_async::ErrorKind;

use crate::gps::{Error, Field, Fix, Update};

/// What is known, and how often it changed. The counters wrap: waits compare them with `!=`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) fix: Fix,
    /// The number of reports of a position. Two may have the same time.
    pub(super) positions: u32,
    pub(super) failures: u32,
    error: Error<ErrorKind>,
}

impl Known {
    pub(super) const NOTHING: Self =
        Self { fix: Fix::UNKNOWN, positions: 0, failures: 0, error: Error::EndOfStream };

    pub(super) fn update(&mut self, update: &Update, fix: &Fix) {
        self.fix = *fix;
        if update.set.contains(Field::Position) {
            self.positions = self.positions.wrapping_add(1);
        }
    }

    pub(super) fn fail(&mut self, error: Error<ErrorKind>) {
        self.error = error;
        self.failures = self.failures.wrapping_add(1);
    }

    /// Returns the last error if there were others than the first `failures`.
    pub(super) fn failed_since(&self, failures: u32) -> Result<(), Error<ErrorKind>> {
        if self.failures == failures { Ok(()) } else { Err(self.error) }
    }
}
