//! Points and spans of monotonic time, in microseconds.

use core::fmt;
use core::ops::{Add, AddAssign, Div, Mul, Sub, SubAssign};

/// A point on one clock's monotonic timeline, in whole microseconds since its epoch.
///
/// Do not compare instants of different clocks; the types cannot prevent it. A `u64` of
/// microseconds lasts 584 000 years, so arithmetic saturates instead of panicking:
/// [`Instant::MAX`] is a deadline that never comes.
///
/// ```
/// use tickwire_traits::{Duration, Instant};
///
/// let pressed = Instant::from_micros(120_000);
/// let released = pressed + Duration::from_millis(80);
/// assert_eq!(released - pressed, Duration::from_millis(80));
/// assert_eq!(pressed - released, Duration::ZERO);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

/// A span of time, in whole microseconds.
///
/// Remote controls and encoders need microseconds. The seconds and nanoseconds of
/// [`core::time::Duration`] cost a 64-bit multiplication or division in nearly every
/// operation, on cores that have neither. Arithmetic saturates; subtraction stops at
/// zero.
///
/// ```
/// use tickwire_traits::Duration;
///
/// assert_eq!(Duration::from_nanos_ceil(450), Duration::from_micros(1));
/// assert_eq!(Duration::from_secs(1) / 4, Duration::from_millis(250));
/// assert_eq!(format!("{:?}", Duration::from_micros(1_500)), "1.5ms");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(u64);

impl Instant {
    /// The epoch of the clock that made this instant.
    pub const EPOCH: Self = Self(0);

    /// An instant that never comes.
    pub const MAX: Self = Self(u64::MAX);

    /// Creates the instant `micros` microseconds after the epoch.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Creates the instant `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Returns the number of microseconds since the epoch.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Returns the number of whole milliseconds since the epoch, rounded down.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    /// use tickwire_traits::{Clock, Duration};
    ///
    /// let clock = Sim::new().clock();
    /// assert_eq!((clock.now() + Duration::from_micros(2_999)).as_millis(), 2);
    /// ```
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000
    }

    /// Returns the time from `earlier` to `self`, or zero if `earlier` is later.
    ///
    /// Equals subtraction, but works in `const` contexts.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Duration {
    /// The empty span.
    pub const ZERO: Self = Self(0);

    /// The longest span.
    pub const MAX: Self = Self(u64::MAX);

    /// Creates a span of `micros` microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Creates a span of `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Creates a span of `secs` seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// Creates a span of `nanos` nanoseconds, rounded up to whole microseconds.
    pub const fn from_nanos_ceil(nanos: u64) -> Self {
        Self(nanos.div_ceil(1_000))
    }

    /// Returns the span in microseconds.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Returns the span in whole milliseconds, rounded down.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000
    }

    /// Returns the span in whole seconds, rounded down.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000
    }

    /// Returns whether the span is zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Add<Duration> for Instant {
    type Output = Self;
    fn add(self, rhs: Duration) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, rhs: Duration) {
        *self = *self + rhs;
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;
    fn sub(self, rhs: Duration) -> Self {
        Self(self.0.saturating_sub(rhs.0))
    }
}

impl Sub for Instant {
    type Output = Duration;
    fn sub(self, earlier: Self) -> Duration {
        self.since(earlier)
    }
}

impl Add for Duration {
    type Output = Self;
    fn add(self, rhs: Self) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl AddAssign for Duration {
    fn add_assign(&mut self, rhs: Self) {
        *self = *self + rhs;
    }
}

impl Sub for Duration {
    type Output = Self;
    fn sub(self, rhs: Self) -> Self {
        Self(self.0.saturating_sub(rhs.0))
    }
}

impl SubAssign for Duration {
    fn sub_assign(&mut self, rhs: Self) {
        *self = *self - rhs;
    }
}

impl Mul<u32> for Duration {
    type Output = Self;
    fn mul(self, rhs: u32) -> Self {
        Self(self.0.saturating_mul(u64::from(rhs)))
    }
}

impl Div<u32> for Duration {
    type Output = Self;
    /// # Panics
    ///
    /// If `rhs` is zero, like integer division.
    fn div(self, rhs: u32) -> Self {
        Self(self.0 / u64::from(rhs))
    }
}

/// Rounds up to whole microseconds, so that a wait is never too short.
impl From<core::time::Duration> for Duration {
    fn from(span: core::time::Duration) -> Self {
        let micros = span.as_nanos().div_ceil(1_000);
        Self(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

impl From<Duration> for core::time::Duration {
    fn from(span: Duration) -> Self {
        Self::from_micros(span.0)
    }
}

/// Rounds up to whole microseconds, so that a wait is never too short.
#[cfg(feature = "fugit")]
impl<const NOM: u32, const DENOM: u32> From<fugit::Duration<u64, NOM, DENOM>> for Duration {
    fn from(span: fugit::Duration<u64, NOM, DENOM>) -> Self {
        let micros = u128::from(span.ticks()) * 1_000_000 * u128::from(NOM);
        Self(u64::try_from(micros.div_ceil(u128::from(DENOM))).unwrap_or(u64::MAX))
    }
}

/// Rounds up to whole microseconds, so that a wait is never too short.
#[cfg(feature = "fugit")]
impl<const NOM: u32, const DENOM: u32> From<fugit::Duration<u32, NOM, DENOM>> for Duration {
    fn from(span: fugit::Duration<u32, NOM, DENOM>) -> Self {
        fugit::Duration::<u64, NOM, DENOM>::from_ticks(span.ticks().into()).into()
    }
}

#[cfg(feature = "fugit")]
impl From<Duration> for fugit::MicrosDuration<u64> {
    fn from(span: Duration) -> Self {
        Self::from_ticks(span.0)
    }
}

/// Rounds up to whole microseconds, so that a wait is never too short.
#[cfg(feature = "embassy-time")]
impl From<embassy_time::Duration> for Duration {
    fn from(span: embassy_time::Duration) -> Self {
        let micros = u128::from(span.as_ticks()) * 1_000_000;
        Self(u64::try_from(micros.div_ceil(u128::from(embassy_time::TICK_HZ))).unwrap_or(u64::MAX))
    }
}

/// Rounds up to whole ticks, so that a wait is never too short.
#[cfg(feature = "embassy-time")]
impl From<Duration> for embassy_time::Duration {
    fn from(span: Duration) -> Self {
        let ticks = u128::from(span.0) * u128::from(embassy_time::TICK_HZ);
        Self::from_ticks(u64::try_from(ticks.div_ceil(1_000_000)).unwrap_or(u64::MAX))
    }
}

impl fmt::Debug for Instant {
    /// Writes the time since the epoch: `t+120ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t+{:?}", Duration(self.0))
    }
}

impl fmt::Debug for Duration {
    /// Writes the span in the largest unit that gives a whole part: `1.5ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0s");
        }
        fmt::Debug::fmt(&core::time::Duration::from(*self), f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Instant {
    /// Writes the time since the epoch, in seconds: `t+0.120000s`.
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "t+{=u64:us}s", self.0);
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Duration {
    /// Writes the span in seconds: `0.001500s`.
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=u64:us}s", self.0);
    }
}
