//! The levels of the keys, and how often they are read.

use core::fmt;

use tickwire_traits::Duration;

/// A part of the full scale of an analog input, in 65 535 steps. It holds at any resolution.
///
/// ```
/// use tickwire_drivers::ladder::Share;
///
/// // 3.3 kΩ to ground, 10 kΩ to the supply.
/// let level = Share::divider(3_300, 10_000);
/// assert_eq!(level.of(1_023), 253);
/// assert_eq!(Share::percent(25).of(4_095), 1_023);
/// // As measured: 812 of 1023.
/// assert_eq!(Share::measured(812, 1_023).of(65_535), 52_018);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Share(u16);

/// The levels of the keys, how they are distinguished, and how often they are read.
///
/// ```
/// use tickwire_drivers::ladder::{Settings, Share};
/// use tickwire_traits::Duration;
///
/// let settings = Settings::new([10, 30, 60].map(Share::percent))
///     .with_tolerance(Share::percent(5))
///     .with_periods(Duration::from_millis(50), Duration::from_millis(10))
///     .with_readings(2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings<const N: usize> {
    pub(super) levels: [Share; N],
    pub(super) rest: Share,
    pub(super) tolerance: Share,
    pub(super) idle: Duration,
    pub(super) active: Duration,
    pub(super) readings: u8,
}

/// Settings that contradict one another, or the input.
///
/// ```
/// use tickwire_drivers::ladder::{InvalidSettings, Ladder, Settings, Share};
/// use tickwire_sim::{Sim, analog::Source};
///
/// let sim = Sim::new();
/// let settings = Settings::new([10, 12].map(Share::percent)).with_tolerance(Share::percent(1));
/// let error = Ladder::new(Source::new(sim.clock(), 1_023), sim.clock(), settings).unwrap_err();
/// assert_eq!(error, InvalidSettings::TooClose);
/// assert_eq!(error.to_string(), "two levels are closer than twice the tolerance");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum InvalidSettings {
    /// There is no key, or more than 255.
    NumberOfKeys,
    /// The level of a key is not above that of the one before it.
    NotAscending,
    /// Two levels, one of which may be that at rest, are not more than twice the tolerance apart,
    /// in steps of the input.
    TooClose,
    /// There is no time between two readings.
    ZeroPeriod,
    /// A change takes no readings.
    NoReadings,
}

impl Share {
    /// The full scale.
    pub const FULL: Self = Self(u16::MAX);

    /// The level between two resistors, in ohms. If both are zero, the level is 0.
    pub const fn divider(to_ground: u32, to_supply: u32) -> Self {
        Self::ratio(to_ground as u64, to_ground as u64 + to_supply as u64)
    }

    /// A value that was measured, of the full scale of its input. More is taken as the full
    /// scale.
    pub const fn measured(value: u32, full_scale: u32) -> Self {
        Self::ratio(value as u64, full_scale as u64)
    }

    const fn ratio(value: u64, full_scale: u64) -> Self {
        if value >= full_scale {
            return if full_scale == 0 { Self(0) } else { Self::FULL };
        }
        // Rounded to the nearest.
        Self(((value * u16::MAX as u64 + full_scale / 2) / full_scale) as u16)
    }

    /// A share in percent. More than 100 is taken as 100.
    pub const fn percent(percent: u8) -> Self {
        let percent = if percent > 100 { 100 } else { percent as u32 };
        // Rounded up, as a value of it is rounded down.
        Self((percent * u16::MAX as u32).div_ceil(100) as u16)
    }

    /// Returns the value of an input with this full scale, rounded down.
    pub fn of(self, full_scale: u32) -> u32 {
        // Without a product of more than 32 bits.
        const STEPS: u32 = u16::MAX as u32;
        let share = u32::from(self.0);
        full_scale / STEPS * share + full_scale % STEPS * share / STEPS
    }
}

impl<const N: usize> Settings<N> {
    /// Creates the settings for keys at these levels, in ascending order, with a resistor to the
    /// supply: the level at rest is the full scale. The tolerance is 3 %, the periods are 20 and
    /// 5 ms, and three readings tell of a change.
    pub const fn new(levels: [Share; N]) -> Self {
        Self {
            levels,
            rest: Share::FULL,
            tolerance: Share::percent(3),
            idle: Duration::from_millis(20),
            active: Duration::from_millis(5),
            readings: 3,
        }
    }

    /// Sets the level while no key is down: zero where the keys lead to the supply.
    pub const fn with_rest(mut self, level: Share) -> Self {
        self.rest = level;
        self
    }

    /// Sets how far a reading may be from its level.
    pub const fn with_tolerance(mut self, tolerance: Share) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the time between two readings: while no key is down, and otherwise. More than an hour
    /// is taken as an hour.
    pub const fn with_periods(mut self, idle: Duration, active: Duration) -> Self {
        (self.idle, self.active) = (idle, active);
        self
    }

    /// Sets how many readings in a row have to agree on a change. At the default active period,
    /// three bridge bounces of 10 ms.
    pub const fn with_readings(mut self, readings: u8) -> Self {
        self.readings = readings;
        self
    }

    pub(super) fn check(&self, full_scale: u32) -> Result<(), InvalidSettings> {
        let [before, after] = [self.levels.iter(), self.levels.get(1..).unwrap_or(&[]).iter()];
        let gap = self.tolerance.of(full_scale).saturating_mul(2);
        let is_close = |a: Share, b: Share| a.of(full_scale).abs_diff(b.of(full_scale)) <= gap;
        if N == 0 || N > usize::from(u8::MAX) {
            Err(InvalidSettings::NumberOfKeys)
        } else if self.idle.is_zero() || self.active.is_zero() {
            Err(InvalidSettings::ZeroPeriod)
        } else if self.readings == 0 {
            Err(InvalidSettings::NoReadings)
        } else if before.clone().zip(after.clone()).any(|(low, high)| low >= high) {
            Err(InvalidSettings::NotAscending)
        } else if before.clone().zip(after).any(|(low, high)| is_close(*low, *high))
            || self.levels.iter().any(|level| is_close(*level, self.rest))
        {
            Err(InvalidSettings::TooClose)
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NumberOfKeys => "a ladder has 1 to 255 keys",
            Self::NotAscending => "the levels are not in ascending order",
            Self::TooClose => "two levels are closer than twice the tolerance",
            Self::ZeroPeriod => "there is no time between two readings",
            Self::NoReadings => "a change takes no readings",
        })
    }
}

impl core::error::Error for InvalidSettings {}
