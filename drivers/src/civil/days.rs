//! The days of the Gregorian calendar as numbers.

use super::Date;

const OF_FOUR_CENTURIES: u32 = 146_097;

/// From 0400-03-01 backward, so that each date has a number that is not negative: the days from
/// 400 years before 0000-03-01 to 1970-01-01.
const UNIX_EPOCH: i32 = 719_468 + OF_FOUR_CENTURIES as i32;

/// A day of the week.
///
/// ```
/// use tickwire_drivers::civil::{Date, Weekday};
///
/// assert_eq!(Date::new(2024, 2, 29).unwrap().weekday(), Weekday::Thursday);
/// assert_eq!(Weekday::Monday as u8, 1); // As in ISO 8601.
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday = 1,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Date {
    /// Returns the number of days since 1970-01-01, which is negative before.
    pub const fn unix_day(self) -> i32 {
        // Years begin in March here, so a leap day is the last day of its year.
        let (month, day) = (self.month() as u32, self.day() as u32);
        let year = self.year() as u32 + 400 - (month < 3) as u32;
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day = 365 * year + year / 4 - year / 100 + year / 400 + of_year;
        day as i32 - UNIX_EPOCH
    }

    /// Creates the date that is a number of days after 1970-01-01, or before it. Returns `None`
    /// before the year 0 and after the year 65,535.
    ///
    /// ```
    /// use tickwire_drivers::civil::Date;
    ///
    /// let new_years_eve = Date::new(2023, 12, 31).unwrap();
    /// assert_eq!(Date::from_unix_day(new_years_eve.unix_day() + 1), Date::new(2024, 1, 1));
    /// ```
    pub const fn from_unix_day(day: i32) -> Option<Self> {
        let Some(day) = day.checked_add(UNIX_EPOCH) else { return None };
        if day < 0 {
            return None;
        }
        let day = day as u32;
        let of_era = day % OF_FOUR_CENTURIES;
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let of_month = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = day / OF_FOUR_CENTURIES * 400 + year_of_era + (month < 3) as u32;
        if year < 400 || year - 400 > u16::MAX as u32 {
            return None;
        }
        Self::new((year - 400) as u16, month as u8, of_month as u8)
    }

    /// Returns the day of the week.
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match (self.unix_day() + 3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check((year, month, day): (u16, u8, u8), expected: i32) {
        let date = Date::new(year, month, day).unwrap();
        assert_eq!(date.unix_day(), expected, "{date}");
        assert_eq!(Date::from_unix_day(expected), Some(date));
    }

    #[test]
    fn a_date_has_its_number() {
        check((1970, 1, 1), 0);
        check((1969, 12, 31), -1);
        check((2000, 2, 29), 11_016);
        check((2000, 3, 1), 11_017);
        check((2100, 3, 1), 47_541);
        check((9999, 12, 31), 2_932_896);
        check((0, 1, 1), -719_528);
        check((u16::MAX, 12, 31), 23_217_003);
    }

    #[test]
    fn numbers_beyond_the_years_of_a_date_have_none() {
        for day in [-719_529, 23_217_004, i32::MIN, i32::MAX] {
            assert_eq!(Date::from_unix_day(day), None, "{day}");
        }
    }

    #[test]
    fn each_day_until_2200_follows_the_day_before() {
        let mut before = Date::UNIX_EPOCH;
        for day in 1..84_000 {
            let date = Date::from_unix_day(day).unwrap();
            assert_eq!(date.unix_day(), day);
            let (year, month) = (before.year(), before.month());
            let next = Date::new(year, month, before.day() + 1)
                .or(Date::new(year, month + 1, 1))
                .or(Date::new(year + 1, 1, 1));
            assert_eq!(Some(date), next);
            before = date;
        }
    }

    #[test]
    fn a_date_has_its_weekday() {
        for (year, month, day, expected) in [
            (2020, 7, 30, Weekday::Thursday),
            (2000, 2, 29, Weekday::Tuesday),
            (2011, 5, 28, Weekday::Saturday),
            (2018, 12, 31, Weekday::Monday),
            (2024, 2, 29, Weekday::Thursday),
            (2100, 3, 1, Weekday::Monday),
            (1969, 12, 31, Weekday::Wednesday),
            (1900, 1, 1, Weekday::Monday),
            (2024, 11, 3, Weekday::Sunday),
            (2024, 11, 1, Weekday::Friday),
        ] {
            let date = Date::new(year, month, day).unwrap();
            assert_eq!(date.weekday(), expected, "{date}");
        }
    }
}
