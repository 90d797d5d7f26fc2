//! Numbers in sentences, as integers.
//!
//! A float that is made of decimals only to become decimals again rounds twice, and where
//! there is no floating-point unit its conversion takes 50 KB of flash. Nothing here needs
//! more than 32 bits.

use crate::civil::Offset;
use crate::gps::{Course, Date, Dop, Latitude, Longitude, Speed, Time};

/// Reads `[-]digits[.digits]` in units of 10^-`places`, rounded half away from
/// zero. None if it is anything else, or beyond 32 bits.
fn decimal(text: &[u8], places: u32) -> Option<i32> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        text => (false, text),
    };
    let mut bytes = text.iter();
    let mut value = 0;
    let mut has_point = false;
    for byte in bytes.by_ref() {
        if *byte == b'.' {
            has_point = true;
            break;
        }
        value = append(value, digit(byte)?)?;
    }
    if text.len() == usize::from(has_point) {
        return None; // No digit.
    }
    for _ in 0..places {
        value = append(value, bytes.next().map_or(Some(0), digit)?)?;
    }
    if let Some(byte) = bytes.next() {
        value += u32::from(digit(byte)? >= 5);
    }
    for byte in bytes {
        digit(byte)?;
    }
    let value = i32::try_from(value).ok()?;
    Some(if negative { -value } else { value })
}

/// Reads a number without sign or decimals.
pub(super) fn whole<T: TryFrom<u32>>(text: &[u8]) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let mut value = 0;
    for byte in text {
        value = append(value, digit(byte)?)?;
    }
    value.try_into().ok()
}

/// Reads a number, and rounds it to the next integer.
pub(super) fn rounded<T: TryFrom<i32>>(text: &[u8]) -> Option<T> {
    decimal(text, 0)?.try_into().ok()
}

pub(super) fn hexadecimal(text: &[u8]) -> Option<u8> {
    let &[digit] = text else { return None };
    char::from(digit).to_digit(16)?.try_into().ok()
}

pub(super) fn millimeters(text: &[u8]) -> Option<i32> {
    decimal(text, 3)
}

pub(super) fn speed(text: &[u8]) -> Option<Speed> {
    Some(Speed::from_hundredths(decimal(text, 2)?.try_into().ok()?))
}

pub(super) fn course(text: &[u8]) -> Option<Course> {
    Course::from_hundredths(decimal(text, 2)?.try_into().ok()?)
}

pub(super) fn dop(text: &[u8]) -> Option<Dop> {
    Some(Dop::from_hundredths(decimal(text, 2)?.try_into().ok()?))
}

/// A length in meters that is not negative, in millimeters.
#[inline]
pub(super) fn error(text: &[u8]) -> Option<u32> {
    millimeters(text)?.try_into().ok()
}

/// The direction of an axis, which some receivers count from -180 degrees.
#[inline]
pub(super) fn orientation(text: &[u8]) -> Option<Course> {
    let hundredths = decimal(text, 2).filter(|hundredths| *hundredths >= -36_000)?;
    let clockwise = if hundredths < 0 { hundredths + 36_000 } else { hundredths };
    Course::from_hundredths(clockwise.try_into().ok()?)
}

/// A magnitude and `E` or `W`, in hundredths of a degree.
pub(super) fn variation(text: &[u8], side: &[u8]) -> Option<i16> {
    let magnitude = decimal(text, 2).filter(|magnitude| (0..=18_000).contains(magnitude))?;
    let magnitude = i16::try_from(magnitude).ok()?;
    match side {
        b"E" => Some(magnitude),
        b"W" => Some(-magnitude),
        _ => None,
    }
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

/// Degrees, and `mm.mmmm` minutes under 60, in 1e-7 degrees.
fn angle((degrees, minutes): (&[u8], &[u8])) -> Option<i32> {
    let degrees = whole::<u32>(degrees).filter(|degrees| *degrees <= 180)?;
    let (&[tens, ones], fraction) = minutes.split_first_chunk()?;
    let mut digits = match fraction {
        [] => fraction.iter(),
        [b'.', digits @ ..] => digits.iter(),
        _ => return None,
    };
    // A step of 1e-7 degrees is six of 1e-6 minutes.
    let mut micros = u32::from(pair(tens, ones).filter(|minutes| *minutes < 60)?);
    for _ in 0..6 {
        micros = micros * 10 + digits.next().map_or(Some(0), digit)?;
    }
    let (floor, sixths) = (micros / 6, micros % 6);
    let mut is_more = false;
    for byte in digits {
        is_more |= digit(byte)? != 0;
    }
    // Ties go to the even neighbor, as IEEE 754 rounds: six decimals of minutes
    // make ties, and other decoders work in floats.
    let is_up = sixths > 3 || (sixths == 3 && (is_more || floor % 2 == 1));
    i32::try_from(degrees * 10_000_000 + floor + u32::from(is_up)).ok()
}

/// [`time`], if the field is not empty.
// Inlined into each sentence, it takes 200 bytes more flash.
#[inline(never)]
pub(super) fn time_if_any(text: &[u8]) -> Option<Option<Time>> {
    if text.is_empty() { Some(None) } else { time(text).map(Some) }
}

/// `hhmmss` or `hhmmss.sss`, cut to milliseconds: a clock does not round up. A time in a leap
/// second is [marked](Time::marked).
fn time(text: &[u8]) -> Option<Time> {
    let (clock, fraction) = text.split_at_checked(6)?;
    let [hour, minute, second] = pairs(clock)?;
    let digits = match fraction {
        [] => fraction,
        [b'.', digits @ ..] => digits,
        _ => return None,
    };
    let (mut millis, mut place) = (0, 100);
    for byte in digits {
        millis += digit(byte)? * place;
        place /= 10;
    }
    // A `Time` has no second 60, and the position is worth more. Second 59 is repeated.
    let is_leap = minute == 59 && second == 60;
    let second = if is_leap { 59 } else { second };
    let time = Time::new(hour, minute, second, u16::try_from(millis).ok()?)?;
    Some(if is_leap { time.marked() } else { time })
}

/// `ddmmyy`. The years 80 to 99 are of the last century: GPS began in 1980.
pub(super) fn date(text: &[u8]) -> Option<Date> {
    let [day, month, year] = pairs(text)?;
    let century = if year >= 80 { 1900 } else { 2000 };
    Date::new(century + u16::from(year), month, day)
}

/// Day, month, and a year of four digits.
#[inline]
pub(super) fn long_date(day: &[u8], month: &[u8], year: &[u8]) -> Option<Date> {
    if year.len() != 4 {
        return None;
    }
    Date::new(whole(year)?, whole(month)?, whole(day)?)
}

/// Hours, -13 to 13, and minutes, which may be empty. The sign of either is that of both.
#[inline]
pub(super) fn zone(hours: &[u8], minutes: &[u8]) -> Option<Offset> {
    let is_minus = hours.first() == Some(&b'-') || minutes.first() == Some(&b'-');
    let hours = magnitude(hours).filter(|hours| *hours <= 13)?;
    let minutes = if minutes.is_empty() { 0 } else { magnitude(minutes)? };
    let sum = (minutes < 60).then_some(hours * 60 + minutes)?;
    Offset::from_minutes(if is_minus { -sum } else { sum })
}

/// Reads a whole number without its sign.
#[inline]
fn magnitude(text: &[u8]) -> Option<i16> {
    match text {
        [b'+' | b'-', digits @ ..] => whole(digits),
        digits => whole(digits),
    }
}

/// Six digits, as three numbers.
fn pairs(text: &[u8]) -> Option<[u8; 3]> {
    let &[a, b, c, d, e, f] = text else { return None };
    Some([pair(a, b)?, pair(c, d)?, pair(e, f)?])
}

fn pair(tens: u8, ones: u8) -> Option<u8> {
    u8::try_from(digit(&tens)? * 10 + digit(&ones)?).ok()
}

/// Appends a digit to a number, unless 32 bits cannot hold it.
fn append(value: u32, digit: u32) -> Option<u32> {
    const MOST: u32 = (u32::MAX - 10) / 10; // A carry may come on top.
    (value <= MOST).then(|| value * 10 + digit)
}

fn digit(byte: &u8) -> Option<u32> {
    let digit = byte.wrapping_sub(b'0');
    (digit <= 9).then_some(u32::from(digit))
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::ToString;

    use super::*;

    #[track_caller]
    fn check(text: &str, places: u32, expected: Option<i32>) {
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
            ("2147483.647", 3, Some(i32::MAX)),
            ("2147483647", 0, Some(i32::MAX)),
            ("-2147483647", 0, Some(-i32::MAX)),
            ("2147483647.5", 0, None),
            ("2147483648", 0, None),
            ("4294967295.9", 0, None),
            ("4294967296", 0, None),
            ("99999999999999999999", 2, None),
            ("000000000000000000000000000012.5", 1, Some(125)),
            ("12.500000000000000000000000000000", 1, Some(125)),
            ("1.499999999999999999999999999999", 0, Some(1)),
        ] {
            check(text, places, expected);
        }
        for text in [
            "", ".", "-", "-.", "--1", "1-", "+1", "1e3", "nan", "inf", "1.2.3", "1.2x", "1.005x",
            "1,2", " 1", "\u{0661}",
        ] {
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
            ("487.038", "N"), // 48° 7', or 4° 87'?
            ("48070.38", "N"),
            ("48.5", "N"),
            ("4807,038", "N"),
            ("4807.03-", "N"),
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
        let time = |text: &str| {
            let mut time = time(text.as_bytes())?;
            let is_leap = time.take_mark();
            Some(format!("{time}{}", if is_leap { " leap" } else { "" }))
        };
        assert_eq!(time("180041.896").as_deref(), Some("18:00:41.896"));
        assert_eq!(time("180042.900").as_deref(), Some("18:00:42.900"));
        assert_eq!(time("180042.9").as_deref(), Some("18:00:42.900"));
        assert_eq!(time("235959.9999").as_deref(), Some("23:59:59.999"));
        assert_eq!(time("235960").as_deref(), Some("23:59:59.000 leap"));
        assert_eq!(time("235960.75").as_deref(), Some("23:59:59.750 leap"));
        assert_eq!(time("235960.9999").as_deref(), Some("23:59:59.999 leap"));
        assert_eq!(time("235959.999").as_deref(), Some("23:59:59.999"));
        for text in [
            "240000", "236000", "235961", "235860", "233060", "23595", "235959x", "235959.x",
            "2359nan", "-10000", "",
        ] {
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
