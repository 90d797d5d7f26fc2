//! Times, as captures write them.

use std::fmt;

use super::LONGEST_NANOS;

/// The unit of a time: a power of ten of femtoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    name: &'static str,
    long: &'static str,
    power: u32,
}

const UNITS: [Unit; 6] = [
    Unit { name: "s", long: "seconds", power: 15 },
    Unit { name: "ms", long: "milliseconds", power: 12 },
    Unit { name: "us", long: "microseconds", power: 9 },
    Unit { name: "ns", long: "nanoseconds", power: 6 },
    Unit { name: "ps", long: "picoseconds", power: 3 },
    Unit { name: "fs", long: "femtoseconds", power: 0 },
];

const FEMTOS_PER_NANO: i128 = 1_000_000;

impl Unit {
    pub(crate) const MICROSECONDS: Self = UNITS[2];

    /// Finds a unit by its short or its long name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.to_lowercase().replace(['µ', 'μ'], "u");
        UNITS.into_iter().find(|unit| unit.name == name || unit.long == name)
    }

    /// Finds the unit that the label of a column of times ends with: `Time [s]`,
    /// `time_us`, `nanoseconds`.
    pub(crate) fn of_label(label: &str) -> Option<Self> {
        let mut words = label.rsplit(|c: char| !c.is_alphanumeric());
        words.find(|word| !word.is_empty()).and_then(Self::named)
    }

    /// Returns the unit in which sigrok writes the times of samples at a rate: the
    /// largest one in which a period is a whole number, or nearly so.
    pub(super) fn of_rate(hertz: u64) -> Option<Self> {
        UNITS.into_iter().find(|unit| hertz <= unit.per_second())
    }

    /// Returns the long name, as sigrok labels a column.
    pub(super) fn long(self) -> &'static str {
        self.long
    }

    /// Returns how many of it are a second.
    pub(super) fn per_second(self) -> u64 {
        10_u64.pow(15 - self.power)
    }

    /// Reads a time as nanoseconds, rounded down. A number is digits, with a minus
    /// sign or a fraction if need be.
    pub(crate) fn nanos(self, text: &str) -> Option<i64> {
        let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let (fraction, rest) = fraction.split_at(fraction.len().min(self.power as usize));
        let whole = i128::from(whole.parse::<u64>().ok()?) * 10_i128.pow(self.power);
        let fraction = format!("{fraction:0<width$}", width = self.power as usize);
        let fraction = if fraction.is_empty() { 0 } else { fraction.parse::<i128>().ok()? };
        let has_rest = rest.bytes().any(|digit| digit != b'0');
        let femtos = match (whole + fraction, is_negative) {
            (femtos, false) => femtos,
            (femtos, true) => -femtos - i128::from(has_rest),
        };
        nanos(femtos.div_euclid(FEMTOS_PER_NANO))
    }
}

/// Returns the time of a tick of so many femtoseconds, in nanoseconds, rounded down.
pub(super) fn of_ticks(ticks: u64, femtos: u128) -> Option<i64> {
    let femtos = i128::try_from(u128::from(ticks).checked_mul(femtos)?).ok()?;
    nanos(femtos.div_euclid(FEMTOS_PER_NANO))
}

/// Returns the time of the sample `index` at a rate, in nanoseconds, rounded down.
pub(super) fn of_sample(index: u64, hertz: u64) -> Option<i64> {
    nanos(i128::from(index) * 1_000_000_000 / i128::from(hertz))
}

fn nanos(nanos: i128) -> Option<i64> {
    i64::try_from(nanos).ok().filter(|nanos| nanos.unsigned_abs() <= LONGEST_NANOS.unsigned_abs())
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
