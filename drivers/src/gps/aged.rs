//! Values with the time when they were set.

use tickwire_traits::{Duration, Instant};

/// A value, and when it was set.
///
/// ```
/// use tickwire_drivers::gps::Aged;
/// use tickwire_traits::{Duration, Instant};
///
/// let satellites = Aged { value: 7, at: Instant::from_millis(500) };
/// assert_eq!(satellites.age(Instant::from_millis(750)), Duration::from_millis(250));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aged<T> {
    /// The value.
    pub value: T,
    /// When the bytes that told it were read.
    pub at: Instant,
}

/// When each of `N` values was set; [`Instant::MAX`] for one that is unknown.
///
/// The times are apart from the values: an instant and a byte in one struct take 16
/// bytes, and apart 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ages<const N: usize>([Instant; N]);

impl<T> Aged<T> {
    /// Returns how long ago the value was set.
    pub fn age(&self, now: Instant) -> Duration {
        now - self.at
    }
}

impl<const N: usize> Ages<N> {
    pub(super) const UNKNOWN: Self = Self([Instant::MAX; N]);

    /// Notes that the value `index` was set.
    pub(super) fn set(&mut self, index: usize, now: Instant) {
        if let Some(at) = self.0.get_mut(index) {
            *at = now;
        }
    }

    /// Returns `value` with its time, if it was ever set.
    pub(super) const fn of<T: Copy>(&self, index: usize, value: T) -> Option<Aged<T>> {
        let at = if index < N { self.0[index] } else { Instant::MAX };
        if at.as_micros() == Instant::MAX.as_micros() { None } else { Some(Aged { value, at }) }
    }
}
