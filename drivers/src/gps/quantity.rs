//! How fast, how exact, and when.

use core::fmt;

/// A speed over ground in hundredths of a knot.
///
/// Receivers send knots; other units are converted when asked for, exactly but
/// for one rounding at the end.
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

/// A dilution of precision in hundredths: how much worse the satellites'
/// geometry makes a measurement.
///
/// ```
/// use tickwire_drivers::gps::Dop;
///
/// let dop = Dop::from_hundredths(110);
/// assert_eq!((dop.hundredths(), dop.to_string().as_str()), (110, "1.10"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Dop(u16);

/// A calendar date, UTC.
///
/// Sentences have two digits for the year. 80 to 99 are taken as 1980 to 1999,
/// because GPS began in 1980; all others as 2000 to 2079.
///
/// ```
/// use tickwire_drivers::gps::Date;
///
/// let date = Date::new(2024, 2, 29).unwrap();
/// assert_eq!(date.to_string(), "2024-02-29");
/// assert_eq!(Date::new(2023, 2, 29), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A time of day, UTC, to the millisecond.
///
/// ```
/// use tickwire_drivers::gps::Time;
///
/// let time = Time::new(18, 0, 42, 900).unwrap();
/// assert_eq!(time.to_string(), "18:00:42.900");
/// assert_eq!(time.millis_of_day(), 64_842_900);
/// assert_eq!((time.hour(), time.minute(), time.second(), time.millisecond()), (18, 0, 42, 900));
/// assert_eq!(Time::new(24, 0, 0, 0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(u32);

impl Speed {
    /// Creates a speed.
    pub const fn from_hundredths(hundredths: u32) -> Self {
        Self(hundredths)
    }

    /// Returns the speed in hundredths of a knot.
    pub const fn hundredths(self) -> u32 {
        self.0
    }

    /// Returns the speed in hundredths of a kilometre per hour.
    ///
    /// A nautical mile is 1852 m by definition (SI brochure, 8th ed., table 8).
    pub fn kmh_hundredths(self) -> u32 {
        self.convert(1_852, 1_000)
    }

    /// Returns the speed in hundredths of a statute mile per hour.
    ///
    /// That mile is 1609.344 m by definition (international yard, 1959).
    pub fn mph_hundredths(self) -> u32 {
        self.convert(1_852_000, 1_609_344)
    }

    /// Returns the speed in millimetres per second.
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

    /// Returns it in hundredths.
    pub const fn hundredths(self) -> u16 {
        self.0
    }
}

impl Date {
    /// 1980-01-06 (IS-GPS-200, section 3.3.4).
    pub(super) const GPS_EPOCH: Self = Self { year: 1980, month: 1, day: 6 };

    /// Creates a date, if the calendar has it.
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if is_leap(year) => 29,
            2 => 28,
            _ => 0,
        };
        if day >= 1 && day <= days { Some(Self { year, month, day }) } else { None }
    }

    /// Returns the year, with all its digits.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Returns the month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Returns the day of the month, 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }
}

impl Time {
    pub(super) const MIDNIGHT: Self = Self(0);

    /// Creates a time, if a day has it.
    pub const fn new(hour: u8, minute: u8, second: u8, millisecond: u16) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 59 || millisecond > 999 {
            return None;
        }
        let seconds = (hour as u32 * 60 + minute as u32) * 60 + second as u32;
        Some(Self(seconds * 1_000 + millisecond as u32))
    }

    /// Returns the number of milliseconds since midnight.
    pub const fn millis_of_day(self) -> u32 {
        self.0
    }

    /// Returns the hour, 0 to 23.
    pub const fn hour(self) -> u8 {
        (self.0 / 3_600_000) as u8
    }

    /// Returns the minute, 0 to 59.
    pub const fn minute(self) -> u8 {
        (self.0 / 60_000 % 60) as u8
    }

    /// Returns the second, 0 to 59.
    pub const fn second(self) -> u8 {
        (self.0 / 1_000 % 60) as u8
    }

    /// Returns the millisecond, 0 to 999.
    pub const fn millisecond(self) -> u16 {
        (self.0 % 1_000) as u16
    }
}

/// By the Gregorian calendar.
const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} kn", self.0 / 100, self.0 % 100)
    }
}

impl fmt::Display for Dop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.hour(), self.minute(), self.second());
        write!(f, "{hour:02}:{minute:02}:{second:02}.{:03}", self.millisecond())
    }
}
