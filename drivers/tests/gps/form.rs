//! Checks the form of a sentence against NMEA 0183, by a grammar that is independent of the
//! decoders.

/// The extent to which a sentence has its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// All fields have their form.
    Whole,
    /// Only status, position, date and time have their form.
    OddField,
    /// Not even status, position, date and time have their form.
    OddPlaceOrTime,
}

/// Returns the form of the part of a sentence between `$` and `*`.
pub(crate) fn form(body: &[u8]) -> Form {
    let text = std::str::from_utf8(body).unwrap();
    // A talker may be any two characters.
    let (Some(kind), Some(data)) = (text.get(..5), text.get(6..)) else {
        return Form::OddPlaceOrTime;
    };
    let fields: Vec<_> = data.split(',').collect();
    let at = |index: usize| fields.get(index).copied().unwrap_or_default();
    let has = |count: usize| fields.len() >= count && !data.contains('*');
    let place = |first| is_place([at(first), at(first + 1), at(first + 2), at(first + 3)]);
    let (essential, other) = match kind.get(2..) {
        Some("RMC") => (
            is_time(at(0)) && ["A", "D"].contains(&at(1)) && place(2) && is_date(at(8)),
            has(11)
                && all_decimal(&[at(6), at(7), at(9)])
                && (at(9).is_empty() || ["E", "W"].contains(&at(10))),
        ),
        Some("GGA") => (
            is_time(at(0)) && place(1) && is_one_of(at(5), "12345678"),
            has(12)
                && is_count(at(6))
                && all_decimal(&[at(7)])
                && is_height(at(8))
                && is_height(at(10))
                && all_of(&[at(9), at(11)], "M"),
        ),
        Some("GLL") => (
            place(0) && is_time(at(4)) && at(5) == "A",
            has(6)
                && fields.len() <= 7
                && (at(6).is_empty() || "ACDEFMNPRSU".contains(&at(6)[..1])),
        ),
        Some("GSA") => (
            is_one_of(at(1), "23"),
            has(17)
                && fields.len() <= 18
                && is_one_of(at(0), "AM")
                && (2..14).all(|index| is_count(at(index)))
                && (14..17).all(|index| all_decimal(&[at(index)]) && at(index).contains('.'))
                && is_system(&kind[..2], at(17)),
        ),
        Some("GSV") => (
            [at(0), at(1), at(2)].iter().all(|count| count.parse::<u16>().is_ok()),
            has(3) && fields.iter().all(|field| is_count(field)) && has_numbers(&fields[3..]),
        ),
        Some("GNS") => (
            is_time(at(0)) && place(1) && is_modes(at(5)),
            has(12)
                && is_count(at(6))
                && at(6).parse::<u16>().is_ok()
                && all_decimal(&[at(7)])
                && is_height(at(8))
                && is_height(at(9))
                && at(5).len() <= 2
                && at(5).bytes().all(|mode| b"NADPRF".contains(&mode)),
        ),
        Some("GST") => (
            true,
            has(8)
                && is_time(at(0))
                && all_decimal(&[at(1), at(2), at(3), at(5), at(6), at(7)])
                && (at(4).is_empty()
                    || is_short(at(4)) && at(4).parse().is_ok_and(|it: f64| it.abs() <= 360.0)),
        ),
        Some("ZDA") => {
            (is_time(at(0)) && is_long_date([at(1), at(2), at(3)]), has(6) && is_zone(at(4), at(5)))
        }
        Some("VTG") => (
            true,
            has(7)
                && all_decimal(&[at(0), at(2), at(4)])
                && all_of(&[at(1)], "T")
                && all_of(&[at(3)], "M")
                && all_of(&[at(5)], "N")
                && all_of(&[at(7)], "K"),
        ),
        _ => (false, false),
    };
    match (essential, other) {
        (false, _) => Form::OddPlaceOrTime,
        (true, false) => Form::OddField,
        (true, true) => Form::Whole,
    }
}

fn is_place([latitude, north_south, longitude, east_west]: [&str; 4]) -> bool {
    let is_angle = |text: &str, digits: usize, most: f64| {
        let Some((degrees, minutes)) = text.split_at_checked(digits) else { return false };
        let whole = minutes.split('.').next().unwrap_or_default();
        let value = |text: &str| text.parse().unwrap_or(f64::INFINITY);
        is_decimal(text)
            && !text.starts_with('-')
            && whole.len() == 2
            && value(minutes) < 60.0
            && value(degrees) + value(minutes) / 60.0 <= most
    };
    is_angle(latitude, 2, 90.0)
        && is_one_of(north_south, "NS")
        && is_angle(longitude, 3, 180.0)
        && is_one_of(east_west, "EW")
}

fn is_time(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    text.is_empty()
        || (is_in(clock, [24, 60, 60]) && fraction.bytes().all(|it| it.is_ascii_digit()))
}

fn is_date(text: &str) -> bool {
    let pair = |at: usize| text.get(at..at + 2).and_then(|it| it.parse().ok()).unwrap_or(0);
    let days = match pair(2) {
        2 if pair(4) % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    text.is_empty() || (is_in(text, [days + 1, 13, 100]) && pair(0) > 0 && pair(2) > 0)
}

/// Returns whether the fields are a day, a month and a year of four digits, or all empty.
fn is_long_date([day, month, year]: [&str; 3]) -> bool {
    let number = |text: &str| text.bytes().all(|it| it.is_ascii_digit()).then(|| text.parse().ok());
    let [Some(days), Some(months), Some(years)] = [day, month, year].map(|it| number(it).flatten())
    else {
        return day.is_empty() && month.is_empty() && year.is_empty();
    };
    let is_leap_year = years % 4 == 0 && (years % 100 != 0 || years % 400 == 0);
    let most = match months {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(is_leap_year),
        _ => 0,
    };
    year.len() == 4 && (1..=most).contains(&days)
}

/// Returns whether the fields are the hours and minutes of a zone, whose sign the hours have.
fn is_zone(hours: &str, minutes: &str) -> bool {
    let is_in = |text: &str, most: u8| {
        text.len() == 2 && is_count(text) && text.parse().is_ok_and(|it: u8| it <= most)
    };
    (hours.is_empty() && minutes.is_empty())
        || (is_in(hours.strip_prefix('-').unwrap_or(hours), 13)
            && (minutes.is_empty() || is_in(minutes, 59)))
}

/// Returns whether a mode indicator has a letter that is known.
fn is_modes(text: &str) -> bool {
    text.bytes().any(|mode| b"NADPRFEMS".contains(&mode))
}

/// Returns the sentence with second 59 in place of second 60.
pub(crate) fn without_leap_second(body: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(body).replace("5960", "5959").into_bytes()
}

/// Returns whether `text` is three numbers of two digits, each under its bound.
fn is_in(text: &str, bounds: [u8; 3]) -> bool {
    text.len() == 6
        && is_count(text)
        && (0..3).all(|nth| text[2 * nth..2 * nth + 2].parse().is_ok_and(|it: u8| it < bounds[nth]))
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_plain && text.parse::<f64>().is_ok()
}

/// Returns whether an `f32`, the type in `nmea`, holds the number to the third decimal.
fn is_short(text: &str) -> bool {
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    is_decimal(text) && decimals <= 3 && text.parse().is_ok_and(|it: f64| it.abs() < 8_388.0)
}

fn all_decimal(fields: &[&str]) -> bool {
    fields.iter().all(|it| it.is_empty() || (is_short(it) && !it.starts_with('-')))
}

fn is_height(text: &str) -> bool {
    text.is_empty() || is_short(text)
}

fn is_count(text: &str) -> bool {
    text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_one_of(text: &str, letters: &str) -> bool {
    text.len() == 1 && letters.contains(text)
}

fn all_of(fields: &[&str], unit: &str) -> bool {
    fields.iter().all(|field| field.is_empty() || *field == unit)
}

/// Whether each satellite is whole and has its number, but for those that only fill the
/// sentence. One or two fields may follow: the signal and the system.
fn has_numbers(satellites: &[&str]) -> bool {
    if satellites.len() % 4 == 3 {
        return false;
    }
    let groups = satellites.chunks(4).filter(|group| group.len() == 4);
    let mut rest = groups.skip_while(|satellite| !satellite[0].is_empty());
    rest.all(|satellite| satellite.iter().all(|field| field.is_empty()))
}

/// `nmea` expects the system of a GSA to be that of its talker.
fn is_system(talker: &str, system: &str) -> bool {
    let expected = match talker {
        "GP" => "1",
        "GL" => "2",
        "GA" => "3",
        "GB" | "BD" => "4",
        _ => return is_count(system),
    };
    system.is_empty() || system == expected
}
