//! Dates with times of day, and local time.

use core::fmt;
use core::ops::Neg;

use super::{Date, Time};

const MINUTE: i32 = 60_000;
const DAY: i32 = 1_440 * MINUTE;

/// A date and a time of day.
///
/// Dates with times are ordered: an earlier one is less than a later one.
///
/// ```
/// use tickwire_drivers::civil::{Date, DateTime, Offset, Time};
///
/// let new_years_eve = Date::new(2018, 12, 31).unwrap();
/// let utc = DateTime::new(new_years_eve, Time::new(23, 30, 0, 0).unwrap());
/// let in_india = utc.local(Offset::from_minutes(5 * 60 + 30).unwrap()).unwrap();
/// assert_eq!(in_india.to_string(), "2019-01-01T05:00:00.000");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DateTime {
    /// The date.
    pub date: Date,
    /// The time of that day.
    pub time: Time,
}

/// The distance of a local time from UTC, in minutes, east positive: less than a day.
///
/// It is a number that the application chooses. There are no rules of countries for summer time.
///
/// ```
/// use tickwire_drivers::civil::Offset;
///
/// let marquesas = Offset::from_minutes(-(9 * 60 + 30)).unwrap();
/// assert_eq!(marquesas.to_string(), "-09:30");
/// assert_eq!((-marquesas).minutes(), 570);
/// assert_eq!(Offset::from_minutes(24 * 60), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Offset(i16);

impl DateTime {
    /// Joins a date and a time of that day.
    pub const fn new(date: Date, time: Time) -> Self {
        Self { date, time }
    }

    /// Returns the local date and time, if this is UTC. Returns `None` if the year is not from 0 to
    /// 65,535.
    pub const fn local(self, offset: Offset) -> Option<Self> {
        // From -1 day to 2 days.
        let millis = self.time.millis_of_day() as i32 + offset.0 as i32 * MINUTE;
        let Some(date) = Date::from_unix_day(self.date.unix_day() + millis.div_euclid(DAY)) else {
            return None;
        };
        Some(Self { date, time: Time::of_day(millis.rem_euclid(DAY) as u32) })
    }
}

impl Offset {
    /// No distance.
    pub const UTC: Self = Self(0);

    /// Creates an offset. Returns `None` if it is a day or more.
    pub const fn from_minutes(minutes: i16) -> Option<Self> {
        if minutes.unsigned_abs() < 1_440 { Some(Self(minutes)) } else { None }
    }

    /// Returns the number of minutes, east positive.
    pub const fn minutes(self) -> i16 {
        self.0
    }
}

impl Neg for Offset {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, minutes) = (if self.0 < 0 { '-' } else { '+' }, self.0.unsigned_abs());
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::ToString;

    use super::*;

    /// Checks the local time of an instant of UTC.
    #[track_caller]
    fn check(
        (year, month, day): (u16, u8, u8),
        [hour, minute]: [u8; 2],
        offset: i16,
        expected: &str,
    ) {
        let date = Date::new(year, month, day).unwrap();
        let utc = DateTime::new(date, Time::new(hour, minute, 0, 0).unwrap());
        let offset = Offset::from_minutes(offset).unwrap();
        let local = utc.local(offset).unwrap();
        assert_eq!(local.to_string(), format!("{expected}:00.000"), "{utc} {offset}");
        assert_eq!(local.local(-offset), Some(utc), "{utc} {offset}, and back");
    }

    #[test]
    fn local_time_passes_the_ends_of_days_months_and_years() {
        const NEW_YEARS_EVE: (u16, u8, u8) = (2018, 12, 31);
        check(NEW_YEARS_EVE, [23, 30], 60, "2019-01-01T00:30");
        check(NEW_YEARS_EVE, [23, 30], -60, "2018-12-31T22:30");
        check(NEW_YEARS_EVE, [23, 30], 330, "2019-01-01T05:00");
        check(NEW_YEARS_EVE, [23, 30], -570, "2018-12-31T14:00");
        check(NEW_YEARS_EVE, [23, 30], 13 * 60, "2019-01-01T12:30");
        check((2019, 1, 1), [0, 15], -30, "2018-12-31T23:45");
        check((2011, 9, 24), [22, 59], 60, "2011-09-24T23:59");
        check((2011, 9, 24), [23, 0], 60, "2011-09-25T00:00");
        check((2024, 2, 28), [20, 0], 345, "2024-02-29T01:45");
        check((2023, 2, 28), [20, 0], 345, "2023-03-01T01:45");
        check((2024, 3, 1), [5, 0], -570, "2024-02-29T19:30");
        check((2100, 3, 1), [5, 0], -570, "2100-02-28T19:30");
        check((2024, 4, 30), [12, 0], 1_439, "2024-05-01T11:59");
        check((2024, 5, 1), [0, 0], -1_439, "2024-04-30T00:01");
    }

    #[test]
    fn every_offset_of_a_day_and_a_night_comes_back() {
        for minutes in -1_439..=1_439 {
            let offset = Offset::from_minutes(minutes).unwrap();
            for time in [Time::MIDNIGHT, Time::new(23, 59, 59, 999).unwrap()] {
                let utc = DateTime::new(Date::UNIX_EPOCH, time);
                let local = utc.local(offset).unwrap();
                assert_eq!(local < utc, minutes < 0);
                assert_eq!(local.local(-offset), Some(utc));
            }
        }
    }

    #[test]
    fn local_time_ends_where_dates_do() {
        let west = Offset::from_minutes(-1).unwrap();
        let first = DateTime::new(Date::new(0, 1, 1).unwrap(), Time::MIDNIGHT);
        assert_eq!(first.local(west), None);
        let last = DateTime::new(Date::new(u16::MAX, 12, 31).unwrap(), Time::MIDNIGHT);
        assert!(last.local(Offset::from_minutes(1_439).unwrap()).is_some());
        let evening = DateTime { time: Time::new(23, 59, 0, 0).unwrap(), ..last };
        assert_eq!(evening.local(-west), None);
    }

    #[test]
    fn an_offset_is_less_than_a_day() {
        assert_eq!(Offset::from_minutes(1_440), None);
        assert_eq!(Offset::from_minutes(-1_440), None);
        assert_eq!(Offset::from_minutes(i16::MIN), None);
        for (minutes, expected) in
            [(0, "+00:00"), (-30, "-00:30"), (345, "+05:45"), (-1_439, "-23:59")]
        {
            assert_eq!(Offset::from_minutes(minutes).unwrap().to_string(), expected);
        }
    }
}
