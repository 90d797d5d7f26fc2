//! The time for which a timer is armed.

use tickwire_traits::Instant;

use crate::atomic::{AtomicU64, Ordering};

/// The time for which a timer is armed. The timer is only ever set to an earlier time.
///
/// If it fires too early, the waiting thread wakes no task and arms it again. Setting a
/// later time would save that wake-up, but cost a system call per read under a timeout.
///
/// If several threads arm a timer, they do so under one lock. The waiting thread notes
/// that the timer [has fired](Self::fired) before it takes that lock to look for due
/// deadlines. So it sees the deadline of a thread that did not have to set the timer.
#[derive(Debug)]
pub(crate) struct Armed(AtomicU64);

impl Armed {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }

    /// Returns whether the caller has to set the timer to `at`.
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
