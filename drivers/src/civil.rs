//! Calendar dates and times of day.
//!
//! [`DateTime::local`] is the local time at an [`Offset`] from UTC.
//!
//! The types are civil: they hold the numbers shown by a calendar and a wall clock. An
//! [`Instant`](tickwire_traits::Instant) is different: it counts from the start of the program
//! and belongs to no time zone.
//!
//! A constructor returns `None` for a date or time that does not exist, so every value is
//! valid.
//!
//! ```
//! use tickwire_drivers::civil::{Date, Time};
//!
//! let (date, time) = (Date::new(2016, 12, 31).unwrap(), Time::new(23, 59, 59, 999).unwrap());
//! assert_eq!(format!("{date}T{time}Z"), "2016-12-31T23:59:59.999Z");
//! ```
//!
//! # Leap seconds
//!
//! Each day has 86,400 seconds, and a [`Time`] has no second 60. A driver whose device reports a
//! leap second converts it: `gps` repeats second 59, and says so in
//! [`Update::leap_second`](crate::gps::Update::leap_second).
//!
//! ```
//! use tickwire_drivers::civil::Time;
//!
//! assert_eq!(Time::new(23, 59, 60, 0), None);
//! ```

mod days;
mod local;

use core::fmt;

pub use days::Weekday;
pub use local::{DateTime, Offset};

/// A calendar date by the Gregorian calendar. Drivers report UTC.
///
/// Dates are ordered: an earlier date is less than a later one.
///
/// ```
/// use tickwire_drivers::civil::Date;
///
/// let leap_day = Date::new(2024, 2, 29).unwrap();
/// assert_eq!(leap_day.to_string(), "2024-02-29");
/// assert_eq!((leap_day.year(), leap_day.month(), leap_day.day()), (2024, 2, 29));
/// assert_eq!(Date::new(2023, 2, 29), None);
/// assert!(leap_day < Date::new(2024, 3, 1).unwrap());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A time of day in milliseconds. Drivers report UTC.
///
/// The default is midnight.
///
/// ```
/// use tickwire_drivers::civil::Time;
///
/// let time = Time::new(18, 0, 42, 900).unwrap();
/// assert_eq!(time.to_string(), "18:00:42.900");
/// assert_eq!(time.millis_of_day(), 64_842_900);
/// assert_eq!((time.hour(), time.minute(), time.second(), time.millisecond()), (18, 0, 42, 900));
/// assert_eq!(Time::new(24, 0, 0, 0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(u32);

/// The mark of a time in a leap second, within a report of `gps`. A day has fewer milliseconds.
#[cfg(feature = "gps")]
const MARK: u32 = 1 << 31;

impl Date {
    /// The date of the Unix epoch: 1970-01-01.
    pub const UNIX_EPOCH: Self = Self { year: 1970, month: 1, day: 1 };

    /// Creates a date. Returns `None` if the calendar does not contain it.
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

    /// Returns the year, with all of its digits.
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
    /// The start of the day: 00:00:00.000.
    pub const MIDNIGHT: Self = Self(0);

    /// Creates a time. Returns `None` if a day does not contain it.
    pub const fn new(hour: u8, minute: u8, second: u8, millisecond: u16) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 59 || millisecond > 999 {
            return None;
        }
        let seconds = (hour as u32 * 60 + minute as u32) * 60 + second as u32;
        Some(Self(seconds * 1_000 + millisecond as u32))
    }

    /// Marks a time in a leap second. [`take_mark`](Self::take_mark) has to follow: no other
    /// method expects the mark.
    #[cfg(feature = "gps")]
    pub(crate) const fn marked(self) -> Self {
        Self(self.0 | MARK)
    }

    /// Removes the mark. Returns whether there was one.
    #[cfg(feature = "gps")]
    pub(crate) const fn take_mark(&mut self) -> bool {
        let is_marked = self.0 & MARK != 0;
        self.0 &= !MARK;
        is_marked
    }

    /// Creates a time from the milliseconds since midnight, which are less than a day.
    const fn of_day(millis: u32) -> Self {
        Self(millis)
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

const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
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

#[cfg(feature = "defmt")]
impl defmt::Format for Date {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=u16:04}-{=u8:02}-{=u8:02}", self.year, self.month, self.day);
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Time {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=u32:tms}", self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_month_has_its_days_and_no_more() {
        for (year, month, days) in [
            (2023, 1, 31),
            (2023, 2, 28),
            (2024, 2, 29),
            (2000, 2, 29),
            (1900, 2, 28),
            (2100, 2, 28),
            (2023, 4, 30),
            (2023, 12, 31),
            (2023, 0, 0),
            (2023, 13, 0),
        ] {
            let has = |day: u8| Date::new(year, month, day).is_some();
            assert!((1..=days).all(has), "{year}-{month}");
            assert!(!has(0) && !has(days + 1), "{year}-{month}");
        }
    }

    #[test]
    fn a_time_is_in_the_day_and_keeps_its_parts() {
        for (hour, minute, second, millisecond, expected) in [
            (0, 0, 0, 0, Some("00:00:00.000")),
            (23, 59, 59, 999, Some("23:59:59.999")),
            (1, 2, 3, 4, Some("01:02:03.004")),
            (24, 0, 0, 0, None),
            (0, 60, 0, 0, None),
            (23, 59, 60, 0, None),
            (0, 0, 0, 1_000, None),
        ] {
            let time = Time::new(hour, minute, second, millisecond);
            assert_eq!(time.map(|time| time.to_string()).as_deref(), expected);
        }
        assert_eq!(Time::MIDNIGHT, Time::default());
        assert_eq!(Time::new(23, 59, 59, 999).map(Time::millis_of_day), Some(86_399_999));
    }
}
