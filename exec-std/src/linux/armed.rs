//! When a timer fires next.

use tickwire_traits::Instant;

use crate::atomic::{AtomicU64, Ordering};

/// The time for which a timer is armed, so that it is set only for an earlier one.
///
/// A timer that fires too early wakes nobody and is armed anew by the thread that
/// waits for it. A later time would cost a system call for each read under a
/// timeout, and gain one wake-up.
///
/// Where several threads arm a timer, they do so under one lock. The thread that
/// waits notes that the timer [has fired](Self::fired) before it takes that lock to
/// look for what is due; so a thread that has left the timer as it was is seen.
#[derive(Debug)]
pub(crate) struct Armed(AtomicU64);

impl Armed {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }

    /// Returns whether the timer is to be set to `at`.
    pub(crate) fn is_earlier(&self, at: Instant) -> bool {
        let is_earlier = at.as_micros() < self.0.load(Ordering::Relaxed);
        if is_earlier {
            self.0.store(at.as_micros(), Ordering::Relaxed);
        }
        is_earlier
    }

    /// Notes that the timer has fired.
    pub(crate) fn fired(&self) {
        self.0.store(u64::MAX, Ordering::Relaxed);
    }
}
