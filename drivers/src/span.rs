//! Spans of time in 32 bits, for compact state.

use tickwire_traits::{Duration, Instant};

/// A span of up to an hour, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(u32);

impl Span {
    pub(crate) const ZERO: Self = Self(0);
    /// The shortest span above zero.
    pub(crate) const TICK: Self = Self(1);

    const HOUR: u32 = 3_600_000_000;

    /// Converts a duration; more than an hour is reduced to an hour.
    pub(crate) const fn new(span: Duration) -> Self {
        let micros = span.as_micros();
        Self(if micros > Self::HOUR as u64 { Self::HOUR } else { micros as u32 })
    }

    pub(crate) const fn is_zero(self) -> bool {
        self.0 == 0
    }

    #[inline(never)]
    pub(crate) fn after(self, at: Instant) -> Instant {
        at + Duration::from_micros(self.0.into())
    }

    pub(crate) fn before(self, at: Instant) -> Instant {
        at - Duration::from_micros(self.0.into())
    }
}
