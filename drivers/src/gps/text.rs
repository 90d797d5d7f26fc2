//! Numbers in sentences, as integers.
//!
//! `nmea` reads them as `f32` and `f64`. An `f32` holds no millimetre above
//! 8388 m, where balloons fly; it takes `nan`, `inf` and `1e9` for numbers; and
//! a float that is made from decimals only to become decimals again rounds
//! twice. So `nmea` says whether a sentence is well formed and what it means,
//! and the digits are read here.

use super::{Date, Dop, Latitude, Longitude, Time};

/// Reads `[-]digits[.digits]` in units of 10^-`places`, rounded half away from
/// zero. None if it is anything else, or too large.
pub(super) fn decimal(text: &[u8], places: u32) -> Option<i64> {
    let (negative, text) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut parts = text.splitn(2, |byte| *byte == b'.');
    let whole = parts.next()?;
    let fraction = parts.next().unwrap_or_default();
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0_i64;
    for byte in whole {
        value = value.checked_mul(10)?.checked_add(digit(*byte)?)?;
    }
    let mut digits = fraction.iter();
    for _ in 0..places {
        let next = digits.next().map_or(Some(0), |byte| digit(*byte))?;
        value = value.checked_mul(10)?.checked_add(next)?;
    }
    if let Some(byte) = digits.next() {
        value = value.checked_add(i64::from(digit(*byte)? >= 5))?;
    }
    for byte in digits {
        digit(*byte)?;
    }
    Some(if negative { -value } else { value })
}

/// Reads a decimal into whatever integer holds it.
pub(super) fn scaled<T: TryFrom<i64>>(text: &[u8], places: u32) -> Option<T> {
    T::try_from(decimal(text, places)?).ok()
}

pub(super) fn dop(text: &[u8]) -> Option<Dop> {
    scaled(text, 2).map(Dop::from_hundredths)
}

/// `ddmm.mmmm` and `N` or `S`.
pub(super) fn latitude(text: &[u8], hemisphere: &[u8]) -> Option<Latitude> {
    let e7 = angle(text.split_at_checked(2)?)?;
    Latitude::from_e7(match hemisphere {
        b"N" => e7,
        b"S" => -e7,
        _ => return None,
    })
}

/// `dddmm.mmmm` and `E` or `W`.
pub(super) fn longitude(text: &[u8], hemisphere: &[u8]) -> Option<Longitude> {
    let e7 = angle(text.split_at_checked(3)?)?;
    Longitude::from_e7(match hemisphere {
        b"E" => e7,
        b"W" => -e7,
        _ => return None,
    })
}

/// Degrees and minutes in 1e-7 degrees, both unsigned, minutes under 60.
fn angle((degrees, minutes): (&[u8], &[u8])) -> Option<i32> {
    // 1e-9 minutes: receivers send up to 8 decimals.
    const MINUTE: i64 = 1_000_000_000;
    const PER_E7: i64 = 60 * MINUTE / 10_000_000;
    let minutes = decimal(minutes, 9).filter(|minutes| (0..60 * MINUTE).contains(minutes))?;
    // Ties go to the even neighbour, as IEEE 754 rounds: six decimals of minutes
    // make ties, and other decoders work in floats.
    let (floor, rest) = (minutes / PER_E7, minutes % PER_E7);
    let up = rest * 2 > PER_E7 || (rest * 2 == PER_E7 && floor % 2 == 1);
    let e7 = whole(degrees)? * 10_000_000 + floor + i64::from(up);
    i32::try_from(e7).ok()
}

/// `hhmmss` or `hhmmss.sss`, cut to milliseconds: a clock does not round up.
pub(super) fn time(text: &[u8]) -> Option<Time> {
    let (clock, fraction) = text.split_at_checked(6)?;
    let [hour, minute, second] = pairs(clock)?;
    let mut milli = 0;
    if let Some((point, digits)) = fraction.split_first() {
        if *point != b'.' || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let digits = digits.get(..3).unwrap_or(digits);
        milli = u16::try_from(decimal_or_zero(digits)?).ok()?;
    }
    Time::new(hour, minute, second, milli)
}

/// `ddmmyy`. The years 80 to 99 are of the last century: GPS began in 1980.
pub(super) fn date(text: &[u8]) -> Option<Date> {
    let [day, month, year] = pairs(text)?;
    let century = if year >= 80 { 1900 } else { 2000 };
    Date::new(century + u16::from(year), month, day)
}

/// Up to three digits after the point, in thousandths.
fn decimal_or_zero(digits: &[u8]) -> Option<i64> {
    let mut value = 0;
    for place in 0..3 {
        value = value * 10 + digits.get(place).map_or(Some(0), |byte| digit(*byte))?;
    }
    Some(value)
}

/// Six digits, as three numbers.
fn pairs(text: &[u8]) -> Option<[u8; 3]> {
    let &[a, b, c, d, e, f] = text else { return None };
    let pair = |high, low| u8::try_from(digit(high)? * 10 + digit(low)?).ok();
    Some([pair(a, b)?, pair(c, d)?, pair(e, f)?])
}

/// Digits only.
fn whole(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |value: i64, byte| value.checked_mul(10)?.checked_add(digit(*byte)?))
}

fn digit(byte: u8) -> Option<i64> {
    char::from(byte).to_digit(10).map(i64::from)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString;

    use super::*;

    #[track_caller]
    fn check(text: &str, places: u32, expected: Option<i64>) {
        assert_eq!(decimal(text.as_bytes(), places), expected, "{text} to {places}");
    }

    #[test]
    fn decimals_are_exact_and_round_half_away() {
        for (text, places, expected) in [
            ("545.4", 3, Some(545_400)),
            ("-32.5", 3, Some(-32_500)),
            ("38969.123", 3, Some(38_969_123)), // An f32 says 38969.121.
            ("0.117", 2, Some(12)),
            ("0.005", 2, Some(1)),
            ("-0.005", 2, Some(-1)),
            ("0.004999", 2, Some(0)),
            (".5", 1, Some(5)),
            ("5.", 1, Some(50)),
            ("007", 0, Some(7)),
            ("9223372036854775807", 0, Some(i64::MAX)),
            ("9223372036854775808", 0, None),
            ("9223372036854775807.5", 0, None),
            ("99999999999999999999", 2, None),
        ] {
            check(text, places, expected);
        }
        for text in
            ["", ".", "-", "-.", "+1", "1e3", "nan", "inf", "1.2.3", "1.2x", "1.005x", "1,2", " 1"]
        {
            check(text, 2, None);
        }
    }

    #[test]
    fn angles_are_whole_and_in_range() {
        let latitude = |text: &str, hemisphere: &str| {
            latitude(text.as_bytes(), hemisphere.as_bytes()).map(Latitude::e7)
        };
        assert_eq!(latitude("3751.65", "S"), Some(-378_608_333));
        assert_eq!(latitude("4134.50180291", "N"), Some(415_750_300));
        assert_eq!(latitude("9000.0000", "N"), Some(900_000_000));
        for (text, hemisphere) in [
            ("9000.0001", "N"),
            ("8960.0000", "N"),
            ("4807.038", ""),
            ("4807.038", "E"),
            ("48-7.038", "N"),
            ("-807.038", "N"),
            ("48", "N"),
            ("4", "N"),
            ("", ""),
        ] {
            assert_eq!(latitude(text, hemisphere), None, "{text},{hemisphere}");
        }
        let longitude = |text: &str| longitude(text.as_bytes(), b"W").map(Longitude::e7);
        assert_eq!(longitude("18000.0000"), Some(-1_800_000_000));
        assert_eq!(longitude("03124.652575"), Some(-314_108_762)); // A tie: ...762.5.
        assert_eq!(longitude("18000.0001"), None);
        assert_eq!(longitude("99959.9999"), None);
    }

    #[test]
    fn times_and_dates_are_of_this_world() {
        let time = |text: &str| time(text.as_bytes()).map(|time| time.to_string());
        assert_eq!(time("180041.896").as_deref(), Some("18:00:41.896"));
        assert_eq!(time("180042.900").as_deref(), Some("18:00:42.900"));
        assert_eq!(time("180042.9").as_deref(), Some("18:00:42.900"));
        assert_eq!(time("235959.9999").as_deref(), Some("23:59:59.999"));
        for text in
            ["240000", "236000", "235960", "23595", "235959x", "235959.x", "2359nan", "-10000", ""]
        {
            assert_eq!(time(text), None, "{text}");
        }
        let date = |text: &str| date(text.as_bytes()).map(|date| date.to_string());
        assert_eq!(date("130998").as_deref(), Some("1998-09-13"));
        assert_eq!(date("050180").as_deref(), Some("1980-01-05"));
        assert_eq!(date("311279").as_deref(), Some("2079-12-31"));
        assert_eq!(date("290224").as_deref(), Some("2024-02-29"));
        for text in ["290223", "310424", "000124", "010024", "011324", "32012", "3201244", ""] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
