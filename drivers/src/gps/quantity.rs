//! Speed and precision of a fix.

use core::fmt;

/// A speed over ground in hundredths of a knot.
///
/// Receivers send knots. The methods for other units convert exactly and round once, at the end.
///
/// ```
/// use tickwire_drivers::gps::Speed;
///
/// let speed = Speed::from_hundredths(230); // 2.30 kn
/// assert_eq!(speed.to_string(), "2.30 kn");
/// assert_eq!(speed.kmh_hundredths(), 426); // 4.2596 km/h
/// assert_eq!(speed.mph_hundredths(), 265); // 2.6468 mph
/// assert_eq!(speed.mm_per_second(), 1_183);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Speed(u32);

/// A dilution of precision in hundredths: the factor by which the geometry of the satellites
/// enlarges the error of a measurement.
///
/// ```
/// use tickwire_drivers::gps::Dop;
///
/// let dop = Dop::from_hundredths(110);
/// assert_eq!((dop.hundredths(), dop.to_string().as_str()), (110, "1.10"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Dop(u16);

impl Speed {
    /// Creates a speed.
    pub const fn from_hundredths(hundredths: u32) -> Self {
        Self(hundredths)
    }

    /// Returns the speed in hundredths of a knot.
    pub const fn hundredths(self) -> u32 {
        self.0
    }

    /// Returns the speed in hundredths of a kilometer per hour.
    ///
    /// A nautical mile is 1852 m by definition (SI brochure, 8th ed., table 8).
    pub fn kmh_hundredths(self) -> u32 {
        self.convert(1_852, 1_000)
    }

    /// Returns the speed in hundredths of a statute mile per hour.
    ///
    /// A statute mile is 1609.344 m by definition (international yard, 1959).
    pub fn mph_hundredths(self) -> u32 {
        self.convert(1_852_000, 1_609_344)
    }

    /// Returns the speed in millimeters per second.
    pub fn mm_per_second(self) -> u32 {
        self.convert(18_520, 3_600)
    }

    fn convert(self, multiplier: u64, divisor: u64) -> u32 {
        let rounded = (u64::from(self.0) * multiplier + divisor / 2) / divisor;
        u32::try_from(rounded).unwrap_or(u32::MAX)
    }
}

impl Dop {
    /// Creates a dilution of precision.
    pub const fn from_hundredths(hundredths: u16) -> Self {
        Self(hundredths)
    }

    /// Returns the dilution of precision in hundredths.
    pub const fn hundredths(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} kn", self.0 / 100, self.0 % 100)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Speed {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=u32}e-2 kn", self.0);
    }
}

impl fmt::Display for Dop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Dop {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=u16}e-2", self.0);
    }
}
