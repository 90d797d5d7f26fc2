//! Values with the time of their last report.

use tickwire_traits::{Duration, Instant};

/// A value with the time of its last report.
///
/// ```
/// use tickwire_drivers::gps::Aged;
/// use tickwire_traits::{Duration, Instant};
///
/// let satellites = Aged { value: 7, at: Instant::from_millis(500) };
/// assert_eq!(satellites.age(Instant::from_millis(750)), Duration::from_millis(250));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Aged<T> {
    /// The value.
    pub value: T,
    /// The time when the bytes of the report were read.
    pub at: Instant,
}

/// The time of the last report of each of `N` values; [`Instant::MAX`] for an unknown value.
///
/// The times are stored apart from the values: an instant and a byte take 16 bytes in one struct,
/// and 9 bytes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ages<const N: usize>([Instant; N]);

impl<T> Aged<T> {
    /// Returns the time that has passed since the report.
    pub fn age(&self, now: Instant) -> Duration {
        now - self.at
    }
}

impl<const N: usize> Ages<N> {
    pub(super) const UNKNOWN: Self = Self([Instant::MAX; N]);

    /// Stores the time of a report of the value `index`.
    pub(super) fn set(&mut self, index: usize, now: Instant) {
        if let Some(at) = self.0.get_mut(index) {
            *at = now;
        }
    }

    /// Returns `value` with the time of its last report. Returns `None` if there was no report.
    pub(super) const fn of<T: Copy>(&self, index: usize, value: T) -> Option<Aged<T>> {
        let at = if index < N { self.0[index] } else { Instant::MAX };
        if at.as_micros() == Instant::MAX.as_micros() { None } else { Some(Aged { value, at }) }
    }
}
