//! When the seconds begin by the local clock.

use tickwire_traits::{Duration, Instant};

use super::Pulse;

/// A local second in microseconds, in units of 2⁻¹⁶.
const SECOND_Q16: i64 = SECOND << 16;
const SECOND: i64 = 1_000_000;

/// The number of pulses after which the filter forgets the oldest. A line through 32 pulses
/// reduces random jitter to a third, and follows an oscillator that warms up by 1 ppm a minute
/// within 3 µs.
const MEMORY: i64 = 32;

/// The number of pulses after which the jitter is known.
pub(super) const SETTLED: i64 = 8;

/// The largest error of a pulse, in microseconds per second, before the rate is known: 1 %, that
/// of an RC oscillator.
const COARSE: i64 = 10_000;

/// The largest error of a pulse in any case, in microseconds: the nearest second is certain.
const CERTAIN: i64 = 250_000;

/// The number of consecutive pulses off the known phase that make a new phase.
const NEW_PHASE: u8 = 3;

/// A longer time without a pulse is a new beginning: one day.
const LONGEST: i64 = 86_400 * SECOND;

/// A line through the last pulses: the phase at the last one, and the rate.
///
/// It is the filter of a growing memory: with pulse `n`, the line is the least-squares line
/// through all `n`, until [`MEMORY`] is reached. Its state is that line alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Phase {
    /// The beginning of the last second that had a pulse, rounded down. Meaningless while
    /// `pulses` is 0.
    anchor: Instant,
    /// The rest of the beginning, in 2⁻¹⁶ µs.
    rest_q16: i32,
    /// The excess of a local second, in 2⁻¹⁶ µs.
    excess_q16: i32,
    /// The mean distance of a pulse from the line, in 2⁻¹⁶ µs.
    jitter_q16: i32,
    /// Up to [`MEMORY`].
    pulses: u8,
    /// Consecutive pulses off the phase, the last of them at `stray_at`.
    strays: u8,
    stray_at: Instant,
    last: Instant,
}

/// The effect of a pulse on the phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) pulse: Pulse,
    /// The number of seconds from the last anchor to this one.
    pub(super) seconds: u32,
    /// Whether the number of the second is uncertain from now on.
    pub(super) stepped: bool,
}

impl Phase {
    pub(super) const UNKNOWN: Self = Self {
        anchor: Instant::EPOCH,
        rest_q16: 0,
        excess_q16: 0,
        jitter_q16: 0,
        pulses: 0,
        strays: 0,
        stray_at: Instant::EPOCH,
        last: Instant::EPOCH,
    };

    /// Takes the pulse at `at`.
    pub(super) fn pulse(&mut self, at: Instant) -> Step {
        let ignored = |pulse| Step { pulse, seconds: 0, stepped: false };
        let from_anchor = micros_from(self.anchor, at);
        if self.pulses == 0 || from_anchor.is_none_or(|span| span > LONGEST) {
            *self = Self { excess_q16: self.excess_q16, ..Self::UNKNOWN };
            (self.anchor, self.last, self.pulses) = (at, at, 1);
            return Step { pulse: Pulse::First, seconds: 0, stepped: true };
        }
        let span = (from_anchor.unwrap_or_default() << 16) - i64::from(self.rest_q16);
        let period = SECOND_Q16 + i64::from(self.excess_q16);
        let seconds = (span + period / 2).div_euclid(period);
        let error = span - seconds * period;
        if seconds <= 0 {
            return ignored(Pulse::Extra);
        }
        if error.abs() > self.window(seconds) {
            return self.stray(at, seconds, error);
        }
        self.fit(at, seconds, error);
        (self.strays, self.last) = (0, at);
        let missed = seconds as u32 - 1;
        Step { pulse: Pulse::Second { missed }, seconds: seconds as u32, stepped: false }
    }

    /// Returns how far a pulse may be from the line after so many seconds, in 2⁻¹⁶ µs.
    fn window(&self, seconds: i64) -> i64 {
        let micros = if i64::from(self.pulses) < SETTLED {
            (COARSE * seconds) << 16
        } else {
            // Uniform jitter reaches twice its mean; the rate may change by 2 ppm in between.
            8 * i64::from(self.jitter_q16) + ((10 + 2 * seconds) << 16)
        };
        micros.min(CERTAIN << 16)
    }

    /// Moves the line to the second of a pulse that is `error` late by it.
    fn fit(&mut self, at: Instant, seconds: i64, error: i64) {
        let n = (i64::from(self.pulses) + 1).min(MEMORY);
        if n > 2 {
            let weight = (n - 2).min(16);
            let jitter = i64::from(self.jitter_q16);
            self.jitter_q16 = saturated(jitter + (error.abs() - jitter) / weight);
        }
        let correction = error * (4 * n - 2) / (n * (n + 1));
        let excess = i64::from(self.excess_q16) + error / seconds * 6 / (n * (n + 1));
        self.excess_q16 = excess.clamp(-(COARSE << 16), COARSE << 16) as i32;
        self.pulses = n as u8;
        self.put_anchor(at, correction - error);
    }

    /// Sets the anchor `offset`, in 2⁻¹⁶ µs, after `at`.
    fn put_anchor(&mut self, at: Instant, offset: i64) {
        self.anchor = moved(at, offset >> 16);
        self.rest_q16 = (offset & 0xFFFF) as i32;
    }

    /// Takes a pulse off the phase. The third such pulse in a row is a new phase, because the
    /// clock was stepped or the jitter has grown.
    fn stray(&mut self, at: Instant, seconds: i64, error: i64) -> Step {
        let span = micros_from(self.stray_at, at).unwrap_or(0);
        let off = (span + SECOND / 2).rem_euclid(SECOND) - SECOND / 2;
        let follows = self.strays > 0 && span > SECOND / 2 && off.abs() <= COARSE;
        self.strays = if follows { self.strays + 1 } else { 1 };
        self.stray_at = at;
        if self.strays < NEW_PHASE {
            return Step { pulse: Pulse::Stray, seconds: 0, stepped: false };
        }
        // The rate stays, unless it was a guess.
        let known = i64::from(self.pulses) >= SETTLED;
        let jitter = (off.abs() << 16).max(i64::from(self.jitter_q16));
        let excess_q16 = if known { self.excess_q16 } else { 0 };
        *self = Self { excess_q16, jitter_q16: saturated(jitter), ..Self::UNKNOWN };
        (self.anchor, self.last) = (at, at);
        self.pulses = if known { 4 } else { 1 };
        let stepped = error.abs() > COARSE << 16;
        Step { pulse: Pulse::NewPhase, seconds: seconds as u32, stepped }
    }

    /// Returns the UTC time from the anchor to `at`, in microseconds, negative before it. Returns
    /// `None` without a phase, and more than a day from it.
    pub(super) fn since_anchor(&self, at: Instant) -> Option<i64> {
        let span = micros_from(self.anchor, at)?;
        if self.pulses == 0 || span.abs() > LONGEST {
            return None;
        }
        let span = (span << 16) - i64::from(self.rest_q16);
        let period = SECOND_Q16 + i64::from(self.excess_q16);
        // Mostly less than a second has passed, and the division of 64 bits is spared.
        let seconds = if (0..period).contains(&span) { 0 } else { span.div_euclid(period) };
        let of_second = span - seconds * period;
        // `of_second` is below 2^37, so the product fits.
        let micros = of_second * SECOND / period;
        Some(seconds * SECOND + micros)
    }

    /// Returns the local instant that is so many UTC seconds after the anchor.
    pub(super) fn second_after_anchor(&self, seconds: i64) -> Instant {
        let period = SECOND_Q16 + i64::from(self.excess_q16);
        let micros = (seconds * period + i64::from(self.rest_q16) + 0xFFFF) >> 16;
        moved(self.anchor, micros)
    }

    /// Returns the excess of a local second, in parts per billion, once two pulses have come.
    pub(super) fn excess_ppb(&self) -> Option<i32> {
        let ppb = (i64::from(self.excess_q16) * 1_000) >> 16;
        (self.pulses > 1).then_some(ppb as i32)
    }

    /// Returns the time of the last pulse that was used.
    pub(super) fn last(&self) -> Option<Instant> {
        (self.pulses > 0).then_some(self.last)
    }

    pub(super) fn pulses(&self) -> u8 {
        self.pulses
    }

    /// Returns the mean distance of a pulse from the line, in microseconds, rounded up.
    pub(super) fn jitter(&self) -> u32 {
        ((i64::from(self.jitter_q16) + 0xFFFF) >> 16) as u32
    }

    /// Returns the largest error to expect `age` after the last pulse, in microseconds.
    pub(super) fn error(&self, age: Duration) -> u64 {
        let n = i64::from(self.pulses).max(1);
        // Least squares weigh the pulses by 5/3 in all, and the largest jitter is about twice the
        // mean. The slope is that of the jitter over the memory.
        let jitter = i64::from(self.jitter_q16);
        let (phase, slope) = match n {
            1..4 => (COARSE << 16, COARSE << 16),
            _ => (4 * jitter + 0x2_0000, (12 * jitter + 0xC_0000) / n),
        };
        // An oscillator's rate changes by some 0.1 ppm.
        let slope = slope as u64 + 6_554;
        let age = age.as_micros().min(LONGEST as u64) >> 4;
        ((phase as u64) >> 16).saturating_add(((age * (slope >> 4)) / SECOND as u64) >> 8)
    }
}

/// Returns the instant that is so many microseconds later, or earlier if they are negative.
fn moved(at: Instant, micros: i64) -> Instant {
    let span = Duration::from_micros(micros.unsigned_abs());
    if micros < 0 { at - span } else { at + span }
}

/// Returns the time from `from` to `to`, negative if `to` is earlier. Returns `None` if it is too
/// long to calculate with.
fn micros_from(from: Instant, to: Instant) -> Option<i64> {
    let (from, to) = (from.as_micros(), to.as_micros());
    let span = to.wrapping_sub(from).cast_signed();
    // With a sign that wrapped, the ends of time would be neighbors.
    (from.abs_diff(to) < 1 << 44).then_some(span)
}

fn saturated(q16: i64) -> i32 {
    q16.min(i64::from(i32::MAX / 16)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: u64, to: u64, expected: Option<i64>) {
        let [from, to] = [from, to].map(Instant::from_micros);
        assert_eq!(micros_from(from, to), expected, "{from:?} {to:?}");
        assert_eq!(micros_from(to, from), expected.map(|span| -span), "{to:?} {from:?}");
    }

    #[test]
    fn a_span_is_signed_and_not_too_long() {
        check(0, 0, Some(0));
        check(5, 7, Some(2));
        check(0, (1 << 44) - 1, Some((1 << 44) - 1));
        check(0, 1 << 44, None);
        check(u64::MAX - 3, u64::MAX, Some(3));
        check(1 << 63, (1 << 63) - 1, Some(-1));
        check(0, 1 << 63, None);
        check(0, i64::MAX as u64, None);
    }

    #[test]
    fn the_end_of_time_is_not_next_to_its_beginning() {
        check(0, u64::MAX, None);
        check(3, u64::MAX - 3, None);
        let mut phase = Phase::UNKNOWN;
        phase.pulse(Instant::MAX);
        assert_eq!(phase.since_anchor(Instant::EPOCH), None);
        assert_eq!(phase.since_anchor(Instant::MAX), Some(0));
        let first = phase.pulse(Instant::from_micros(999_999));
        assert_eq!(first.pulse, Pulse::First, "no second after the end of time");
    }
}
