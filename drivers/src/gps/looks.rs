//! Waits of a task that may be late itself.

use tickwire_traits::{Duration, Instant};

/// How often a late task lets the task that reads the line read it before a wait ends.
pub(super) const LOOKS: u8 = 3;

/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(1);

/// Returns the end of a wait, and the looks that are left. An end that has passed is extended by
/// one look, if any is left.
pub(super) fn extended(until: Instant, looks: u8, now: Instant) -> (Instant, u8) {
    match looks.checked_sub(1) {
        Some(looks) if until <= now => (now + LOOK, looks),
        _ => (until, looks),
    }
}
