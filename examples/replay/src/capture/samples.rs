//! The samples behind the times that sigrok writes.

use super::unit::{self, Unit};
use crate::failure::quoted;

/// A column of whole times, each of a sample at a known rate.
///
/// A time in it is up to a unit, or even a period per sample, early. The number of its
/// sample gives the exact one, counted from the first sample of the capture.
pub(super) struct Samples {
    hertz: u64,
    unit: Unit,
    numbering: Numbering,
}

enum Numbering {
    /// libsigrok 0.5.2: multiples of a period without its fraction. The first sample is
    /// at one period.
    Periods(u64),
    /// Later versions: the time rounded down. The first sample is at zero.
    Times { previous: Option<u64> },
}

impl Samples {
    /// Recognizes the column by its unit and its first time.
    pub(super) fn of(hertz: u64, unit: Unit, first: &str) -> Option<Self> {
        if Unit::of_rate(hertz) != Some(unit) {
            return None;
        }
        let period = unit.per_second() / hertz;
        let numbering = match whole(first)? {
            0 => Numbering::Times { previous: None },
            time if time.is_multiple_of(period) => Numbering::Periods(period),
            _ => return None,
        };
        Some(Self { hertz, unit, numbering })
    }

    /// Returns the unit in which the times are written.
    pub(super) fn unit(&self) -> Unit {
        self.unit
    }

    /// Returns the exact time that `text` stands for, in nanoseconds, rounded down;
    /// none if it is that of no sample.
    ///
    /// # Errors
    ///
    /// If this cannot be the time of a sample in such a file.
    pub(super) fn nanos(&mut self, text: &str) -> Result<Option<i64>, String> {
        let index = match &mut self.numbering {
            Numbering::Periods(period) => {
                let count = whole(text).filter(|time| time.is_multiple_of(*period));
                let count = count.and_then(|time| (time / *period).checked_sub(1));
                let (unit, time) = (self.unit, quoted(text.as_bytes()));
                let advice = format!("give --unit {unit} if the times are exact");
                count.ok_or_else(|| {
                    format!("{time} is at no sample, every {period} {unit}: {advice}")
                })?
            }
            Numbering::Times { previous } => {
                let Some(time) = whole(text) else { return Ok(None) };
                if previous.replace(time) == Some(0) && time == 0 {
                    // sigrok writes this of a stream, of which it knows the rate too late.
                    return Err("no times but 0: convert the capture from a file".into());
                }
                let (hertz, scale) = (u128::from(self.hertz), u128::from(self.unit.per_second()));
                let index = (u128::from(time) * hertz).div_ceil(scale);
                // sigrok divides in floating point, which may take away one more.
                if index * scale / hertz > u128::from(time) + 1 {
                    return Ok(None);
                }
                u64::try_from(index).map_err(|_| "too late")?
            }
        };
        Ok(unit::of_sample(index, self.hertz))
    }
}

fn whole(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
