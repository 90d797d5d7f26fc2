//! Voltages, and other numbers that are watched.

use std::io::Write;

use tickwire_drivers::analog_watch::{Band, InvalidSettings, Place, Settings, Watcher};
use tickwire_traits::Instant;

use crate::capture::{Capture, Number};
use crate::failure::Failure;
use crate::options::AnalogOptions;

/// Numbers as a watcher has them: unsigned, of 32 bits.
///
/// Two per unit in the last digit of the options. So a number between two that the options can
/// name is between them, and each comparison with an end of the band is exact.
pub(crate) struct Scale {
    /// A unit in the last digit, in billionths.
    unit: i64,
}

/// What a watcher has for zero.
const ZERO: i64 = 1 << 31;

impl Scale {
    /// A scale for the last digits of these numbers.
    pub(crate) fn of(numbers: &[Number]) -> Self {
        let mut unit = 1_000_000_000;
        while unit > 1 && numbers.iter().any(|number| number.0 % unit != 0) {
            unit /= 10;
        }
        Self { unit }
    }

    fn steps(&self, number: Number) -> i64 {
        // No overflow: if the unit is a billionth, there is no remainder, but twice is too much.
        let between = i64::from(number.0.rem_euclid(self.unit) != 0);
        number.0.div_euclid(self.unit).saturating_mul(2).saturating_add(between)
    }

    /// Returns the number as a value of a watcher; none if it is too large.
    fn value(&self, number: Number) -> Option<u32> {
        self.steps(number).checked_add(ZERO)?.try_into().ok()
    }

    /// Returns the largest number that is a value.
    fn most(&self) -> Number {
        Number(((1 << 30) - 1) * self.unit)
    }

    /// Returns a difference of numbers as one of values.
    fn span(&self, number: Number) -> Option<u32> {
        self.steps(number).try_into().ok()
    }

    /// Returns the watcher of a band. An end that is not given is that of all numbers.
    pub(crate) fn watcher(&self, band: &AskedBand, hysteresis: Number) -> Result<Watcher, String> {
        let large = || format!("--low and --high are within -{0} to {0}", self.most());
        let band = match *band {
            AskedBand::Between(low, high) => {
                let low = low.map_or(Some(0), |low| self.value(low)).ok_or_else(large)?;
                let high =
                    high.map_or(Some(u32::MAX), |high| self.value(high)).ok_or_else(large)?;
                Band::between(low, high)
            }
            AskedBand::Around(span) => {
                Band::around_current(self.span(span).ok_or("--around: negative, or too large")?)
            }
        };
        let hysteresis = self.span(hysteresis).ok_or("--hysteresis: negative, or too large")?;
        let settings = Settings::new(band.with_hysteresis(hysteresis));
        Watcher::new(settings, u32::MAX).map_err(|error| match error {
            InvalidSettings::LowAboveHigh => "--low is above --high".into(),
            error => error.to_string(),
        })
    }
}

/// The band that is asked for.
pub(crate) enum AskedBand {
    Between(Option<Number>, Option<Number>),
    /// The first value.
    Around(Number),
}

pub(crate) fn replay(options: &AnalogOptions, out: &mut impl Write) -> Result<(), Failure> {
    let mut capture = Capture::<Number>::open(&options.source)?;
    let origin = capture.origin();
    let mut watcher = options.watcher.clone();
    while let Some((at, number)) = capture.next()? {
        let Some(number) = number else { continue };
        let value = options.scale.value(number);
        let value = value.ok_or_else(|| {
            let most = options.scale.most();
            capture.failure_here(format!("the value {number} is not within -{most} to {most}"))
        })?;
        let before = watcher.place();
        let at_us = at.0 / 1_000;
        // No reading is above this full scale, and each is a value.
        let sample = watcher.reading(value, u32::MAX, Instant::from_micros(at_us)).ok().flatten();
        let Some(place) = sample.map(|sample| sample.place).filter(|it| before != Some(*it)) else {
            continue;
        };
        let band = match place {
            Place::Inside => "inside",
            Place::Outside => "outside",
        };
        let at = origin.saturating_add_unsigned(at_us);
        writeln!(out, "{{\"t_us\":{at},\"value\":{number},\"band\":\"{band}\"}}")?;
    }
    Ok(())
}
