//! The fields of a line of text.

use super::fields::fields;
use super::samples::Samples;
use super::unit::{self, Unit};
use super::{Sample, Value};
use crate::failure::quoted;

/// What is in which field of a line.
pub(super) struct Layout {
    pub(super) time: Time,
    /// The field with the level or the number.
    pub(super) level: usize,
    /// How many columns have labels. If any have, the other ones may hold anything.
    pub(super) labels: usize,
    pub(super) unit: Stated,
}

/// Whether the file or the user states the unit of the times.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Stated {
    Yes,
    /// They are taken for microseconds.
    No,
    /// They have fractions, which was not noted yet.
    Doubtful,
}

pub(super) enum Time {
    /// In the first field.
    Column(Unit),
    /// In the first field, and known better by the rate.
    Samples(Samples),
    /// A line is a sample.
    Lines { hertz: u64, next: u64 },
}

impl Layout {
    /// Reads the line of that number.
    pub(super) fn sample<V: Value>(
        &mut self,
        line: &str,
        number: u64,
    ) -> Result<Sample<V>, String> {
        let fields = fields(line);
        let time = fields.first().copied().unwrap_or_default();
        let at = match &mut self.time {
            Time::Column(unit) => nanos(*unit, time)?,
            Time::Samples(samples) => {
                let written = nanos(samples.unit(), time)?;
                samples.nanos(time)?.unwrap_or(written)
            }
            Time::Lines { hertz, next } => {
                let index = *next;
                *next += 1;
                unit::of_sample(index, *hertz).ok_or("too late")?
            }
        };
        if self.unit == Stated::No && at % 1_000 != 0 {
            self.unit = Stated::Doubtful;
        }
        let in_line = || quoted(line.as_bytes());
        let value = match fields.get(self.level) {
            Some(field) => V::of_text(field)?,
            None => return Err(format!("there is no column {} in {}", self.level, in_line())),
        };
        let is_number = |field: &&str| field.is_empty() || field.parse::<f64>().is_ok();
        let other = fields.iter().skip(self.level + 1).find(|field| !is_number(field));
        match other {
            // A decimal comma makes one field two.
            _ if self.labels > 0
                && fields.iter().skip(self.labels).any(|field| !field.is_empty()) =>
            {
                Err(format!("there are {} labels, and more fields in {}", self.labels, in_line()))
            }
            Some(other) if self.labels == 0 => {
                let other = quoted(other.as_bytes());
                Err(format!("{other} is one column more, and no number, in {}", in_line()))
            }
            _ => Ok(Sample { at, value, number }),
        }
    }

    /// Returns once that the times have fractions of a unit that nobody stated.
    pub(super) fn take_doubt(&mut self) -> Option<&'static str> {
        (self.unit == Stated::Doubtful).then(|| {
            self.unit = Stated::Yes;
            "times have fractions of a microsecond: give --unit s if they are in seconds"
        })
    }
}

fn nanos(unit: Unit, time: &str) -> Result<i64, String> {
    unit.nanos(time).ok_or_else(|| {
        let is_digit_or_dash = |c: char| c.is_ascii_digit() || c == '-';
        // Saleae's export has an option that writes dates.
        let is_date = time
            .split_once('T')
            .is_some_and(|(date, _)| date.len() == 10 && date.chars().all(is_digit_or_dash));
        let advice = if is_date { ": turn off ISO 8601 timestamps in the export" } else { "" };
        format!("{} is not a time in {unit}{advice}", quoted(time.as_bytes()))
    })
}
