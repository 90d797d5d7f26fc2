//! An instant of UTC, to the microsecond.

use core::fmt;

use crate::civil::{Date, DateTime, Offset, Time};

const MICROS: u64 = 1_000_000;
const DAY: u64 = 86_400 * MICROS;

/// 9999-12-31T23:59:59.999999Z.
const LAST: u64 = 253_402_300_800 * MICROS - 1;

/// An instant of UTC, to the microsecond.
///
/// It counts from 1970-01-01, without leap seconds, as Unix time does. It ends with the year
/// 9999.
///
/// ```
/// use tickwire_drivers::gps::{Date, Time, pps::Utc};
///
/// let (date, time) = (Date::new(2018, 12, 31).unwrap(), Time::new(23, 59, 59, 0).unwrap());
/// let second = Utc::new(date, time).unwrap();
/// assert_eq!(second.unix_micros(), 1_546_300_799_000_000);
/// let next = Utc::from_unix_micros(second.unix_micros() + 1_000_001);
/// assert_eq!(next.to_string(), "2019-01-01T00:00:00.000001Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Utc(u64);

impl Utc {
    /// Creates an instant at a millisecond. Returns `None` before 1970 and after 9999.
    pub const fn new(date: Date, time: Time) -> Option<Self> {
        if date.year() < 1970 || date.year() > 9_999 {
            return None;
        }
        Some(Self(date.unix_day() as u64 * DAY + time.millis_of_day() as u64 * 1_000))
    }

    /// Creates an instant from the microseconds since 1970-01-01. Stops at the end of the year
    /// 9999.
    pub const fn from_unix_micros(micros: u64) -> Self {
        Self(if micros > LAST { LAST } else { micros })
    }

    /// Returns the number of microseconds since 1970-01-01.
    pub const fn unix_micros(self) -> u64 {
        self.0
    }

    /// Returns the date.
    pub const fn date(self) -> Date {
        match Date::from_unix_day((self.0 / DAY) as i32) {
            Some(date) => date,
            None => Date::UNIX_EPOCH,
        }
    }

    /// Returns the time of day, rounded down to the millisecond.
    pub const fn time(self) -> Time {
        let millis = (self.0 % DAY / 1_000) as u32;
        let seconds = millis / 1_000;
        let (hour, minute) = ((seconds / 3_600) as u8, (seconds / 60 % 60) as u8);
        match Time::new(hour, minute, (seconds % 60) as u8, (millis % 1_000) as u16) {
            Some(time) => time,
            None => Time::MIDNIGHT,
        }
    }

    /// Returns the local date and time, rounded down to the millisecond.
    pub const fn local(self, offset: Offset) -> DateTime {
        let utc = DateTime::new(self.date(), self.time());
        match utc.local(offset) {
            Some(local) => local,
            None => utc, // Not within the years of UTC.
        }
    }

    /// Returns the number of microseconds since the second began, 0 to 999,999.
    pub const fn subsec_micros(self) -> u32 {
        (self.0 % MICROS) as u32
    }
}

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.time();
        write!(f, "{}T", self.date())?;
        write!(f, "{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        write!(f, ".{:06}Z", self.subsec_micros())
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[track_caller]
    fn check(unix_micros: u64, expected: &str) {
        assert_eq!(Utc::from_unix_micros(unix_micros).to_string(), expected);
    }

    #[test]
    fn an_instant_has_its_local_time() {
        let utc = Utc::from_unix_micros(1_735_689_599_123_456);
        let offset = Offset::from_minutes(-570).unwrap();
        assert_eq!(utc.local(offset).to_string(), "2024-12-31T14:29:59.123");
        assert_eq!(utc.local(-offset).to_string(), "2025-01-01T09:29:59.123");
        let last = Utc::from_unix_micros(u64::MAX);
        assert_eq!(last.local(-offset).to_string(), "10000-01-01T09:29:59.999");
    }

    #[test]
    fn an_instant_has_its_date_and_time() {
        check(0, "1970-01-01T00:00:00.000000Z");
        check(951_782_399_999_999, "2000-02-28T23:59:59.999999Z");
        check(951_782_400_000_000, "2000-02-29T00:00:00.000000Z");
        check(951_868_800_000_000, "2000-03-01T00:00:00.000000Z");
        check(1_709_164_800_000_001, "2024-02-29T00:00:00.000001Z");
        check(1_735_689_599_123_456, "2024-12-31T23:59:59.123456Z");
        check(4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z");
        check(u64::MAX, "9999-12-31T23:59:59.999999Z");
    }
}
