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

    pub(crate) const fn as_micros(self) -> u32 {
        self.0
    }

    pub(crate) const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn is_at_least(self, span: Duration) -> bool {
        u64::from(self.0) >= span.as_micros()
    }

    #[inline(never)]
    pub(crate) fn after(self, at: Instant) -> Instant {
        at + Duration::from_micros(self.0.into())
    }

    /// Returns the first time after `now` that is `at` plus a whole number of spans, or `at` if
    /// that is later. Without a division, which takes some 600 bytes on a core that has none.
    pub(crate) fn next(self, at: Instant, now: Instant) -> Instant {
        if at > now {
            return at;
        }
        let span = u64::from(self.0.max(1));
        let mut rest = now.since(at).as_micros();
        let mut part = span;
        while part <= rest >> 1 {
            part <<= 1;
        }
        while part >= span {
            if part <= rest {
                rest -= part;
            }
            part >>= 1;
        }
        now + Duration::from_micros(span - rest)
    }

    pub(crate) fn before(self, at: Instant) -> Instant {
        at - Duration::from_micros(self.0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time_is_on_the_grid() {
        let at = Instant::from_micros;
        let next = |span, from, now| {
            Span::new(Duration::from_micros(span)).next(at(from), at(now)).as_micros()
        };
        for span in 1..20 {
            for late in 0..200 {
                assert_eq!(next(span, 7, 7 + late), 7 + (late / span + 1) * span, "{late}, {span}");
            }
        }
        assert_eq!(next(10, 7, 6), 7, "not due");
        let (hour, year) = (3_600_000_000, 31_536_000_000_000);
        assert_eq!(next(1, 0, year), year + 1);
        assert_eq!(next(hour, 1, 1 + 1_000 * year), 1 + 1_000 * year + hour);
        assert_eq!(next(3, 0, u64::MAX - 3), u64::MAX, "the last of all");
        assert_eq!(next(7, 0, u64::MAX), u64::MAX);
        assert_eq!(next(0, 5, 5), 6, "a span of zero is a tick");
    }
}
