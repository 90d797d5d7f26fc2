//! What is watched, and how often.

use core::fmt;

use tickwire_traits::Duration;

/// A band of values, both ends included, with hysteresis.
///
/// Values are those of the [`AnalogInput`](tickwire_traits::AnalogInput). To hold at any
/// resolution, compute them from its full scale:
///
/// ```
/// use tickwire_drivers::analog_watch::Band;
/// use tickwire_sim::{Sim, analog::Source};
/// use tickwire_traits::AnalogInput;
///
/// let battery = Source::new(Sim::new().clock(), 4_095);
/// let full = battery.full_scale();
/// let healthy = Band::between(full / 3, full).with_hysteresis(full / 50);
/// ```
///
/// # Hysteresis
///
/// A value that is outside enters the band only if it is inside by the hysteresis, so that noise
/// at an end does not enter and leave again and again:
///
/// ```text
///      outside   |             inside              |   outside
/// ───────────────●━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━●───────────────► value
///               low    ► enters from here          high
///                |─────|  ◄ or from here     |─────|
///                hysteresis                hysteresis
/// ```
///
/// An end of the scale, 0 or the full scale, has no hysteresis: no value is beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Band {
    pub(super) ends: Ends,
    pub(super) hysteresis: u32,
}

/// Where a band is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) enum Ends {
    Between { low: u32, high: u32 },
    Around { value: u32, span: u32 },
    AroundCurrent { span: u32 },
}

/// A band, and the readings by which a value is compared with it.
///
/// ```
/// use tickwire_drivers::analog_watch::{Band, Settings};
/// use tickwire_traits::Duration;
///
/// // A value each 80 ms, the mean of 16 readings.
/// let settings = Settings::new(Band::between(300, 700).with_hysteresis(10))
///     .with_period(Duration::from_millis(5))
///     .with_mean_of(16);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Settings {
    pub(super) band: Band,
    pub(super) period: Duration,
    pub(super) readings: u16,
}

/// Settings that contradict one another, or the input.
///
/// ```
/// use tickwire_drivers::analog_watch::{AnalogWatch, Band, InvalidSettings, Settings};
/// use tickwire_sim::{Sim, analog::Source};
///
/// let sim = Sim::new();
/// let knob = Source::new(sim.clock(), 1_023);
/// let settings = Settings::new(Band::between(300, 4_000));
/// let error = AnalogWatch::new(knob, sim.clock(), settings).unwrap_err();
/// assert_eq!(error, InvalidSettings::BandBeyondFullScale);
/// assert_eq!(error.to_string(), "the band is beyond the full scale of the input");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum InvalidSettings {
    /// The low end of the band is above the high end.
    LowAboveHigh,
    /// The high end of the band, or the value that it is around, is above the full scale.
    BandBeyondFullScale,
    /// The hysteresis leaves no value at which the band is entered.
    HysteresisTooWide,
    /// There is no time between two readings.
    ZeroPeriod,
    /// A value is the mean of no readings.
    NoReadings,
    /// A value is the mean of more than 256 readings, or the sum of these at full scale does not
    /// fit in 32 bits.
    TooManyReadings,
}

impl Band {
    /// From `low` to `high`, both included.
    pub const fn between(low: u32, high: u32) -> Self {
        Self { ends: Ends::Between { low, high }, hysteresis: 0 }
    }

    /// From `span` below `value` to `span` above it, both included, as far as the scale
    /// reaches.
    pub const fn around(value: u32, span: u32) -> Self {
        Self { ends: Ends::Around { value, span }, hysteresis: 0 }
    }

    /// Around the current value: the first one that is measured with this band. From then on,
    /// the band stays where it is.
    pub const fn around_current(span: u32) -> Self {
        Self { ends: Ends::AroundCurrent { span }, hysteresis: 0 }
    }

    /// Sets by how much a value has to be inside to enter the band. It is 0 by default.
    pub const fn with_hysteresis(mut self, hysteresis: u32) -> Self {
        self.hysteresis = hysteresis;
        self
    }

    /// Returns whether a value may be inside, and may enter from outside.
    pub(super) fn check(self, full_scale: u32) -> Result<(), InvalidSettings> {
        let (low, high) = match self.ends {
            Ends::Between { low, high } => (low, high),
            Ends::Around { value, .. } if value > full_scale => {
                return Err(InvalidSettings::BandBeyondFullScale);
            }
            Ends::Around { value, span } => around(value, span, full_scale),
            // At worst, no end of the scale is near.
            Ends::AroundCurrent { span } if self.hysteresis > span => {
                return Err(InvalidSettings::HysteresisTooWide);
            }
            Ends::AroundCurrent { .. } => return Ok(()),
        };
        if low > high {
            return Err(InvalidSettings::LowAboveHigh);
        }
        if high > full_scale {
            return Err(InvalidSettings::BandBeyondFullScale);
        }
        let (_, to) = entrance(low, high, self.hysteresis, full_scale);
        let is_above_end = low > 0 && self.hysteresis > to.saturating_sub(low);
        let is_below_zero = high < full_scale && self.hysteresis > high;
        if is_above_end || is_below_zero { Err(InvalidSettings::HysteresisTooWide) } else { Ok(()) }
    }
}

/// Returns the ends of a band around a value.
pub(super) const fn around(value: u32, span: u32, full_scale: u32) -> (u32, u32) {
    let high = value.saturating_add(span);
    (value.saturating_sub(span), if high > full_scale { full_scale } else { high })
}

/// Returns the values between which the band from `low` to `high` is entered.
pub(super) const fn entrance(low: u32, high: u32, hysteresis: u32, full_scale: u32) -> (u32, u32) {
    let from = if low == 0 { 0 } else { low.saturating_add(hysteresis) };
    (from, if high >= full_scale { high } else { high.saturating_sub(hysteresis) })
}

impl Settings {
    /// Creates settings with a value every 10 ms, of one reading.
    pub const fn new(band: Band) -> Self {
        Self { band, period: Duration::from_millis(10), readings: 1 }
    }

    /// Sets the time from one reading to the next. More than an hour is reduced to an hour.
    pub const fn with_period(mut self, period: Duration) -> Self {
        self.period = period;
        self
    }

    /// Sets of how many readings, up to 256, a value is the mean. Readings are a period apart, and
    /// each is part of one value: there are fewer values by this factor. Noise that differs from
    /// reading to reading is reduced by the square root of it.
    pub const fn with_mean_of(mut self, readings: u16) -> Self {
        self.readings = readings;
        self
    }

    pub(super) fn check(self, full_scale: u32) -> Result<(), InvalidSettings> {
        self.band.check(full_scale)?;
        if self.period.is_zero() {
            return Err(InvalidSettings::ZeroPeriod);
        }
        let readings = u32::from(self.readings);
        if readings == 0 {
            return Err(InvalidSettings::NoReadings);
        }
        // A sum is rounded by half of the readings.
        if readings > 256 || full_scale > (u32::MAX - readings / 2) / readings {
            return Err(InvalidSettings::TooManyReadings);
        }
        Ok(())
    }
}

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LowAboveHigh => "the low end of the band is above its high end",
            Self::BandBeyondFullScale => "the band is beyond the full scale of the input",
            Self::HysteresisTooWide => "the hysteresis is too wide for the band",
            Self::ZeroPeriod => "the period between readings is zero",
            Self::NoReadings => "a value is the mean of no readings",
            Self::TooManyReadings => "a value is the mean of too many readings",
        })
    }
}

impl core::error::Error for InvalidSettings {}
