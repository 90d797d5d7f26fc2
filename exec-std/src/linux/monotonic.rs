//! The clock by which the kernel stamps events.

use rustix::time::{ClockId, clock_gettime};

/// Returns `CLOCK_MONOTONIC`, in nanoseconds.
pub(crate) fn nanos() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    // The kernel counts from the start of the system, so neither field is negative.
    let (seconds, nanos) = (time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs());
    seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
}
