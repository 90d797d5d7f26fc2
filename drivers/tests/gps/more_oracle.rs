//! `Extended` and the crate `nmea` read GNS, GST and ZDA alike, but for what is listed here.
//!
//! | in the sentence | `Extended` | `nmea` | why |
//! | --- | --- | --- | --- |
//! | GNS without a position and without modes, or without a fix | no value, or the fix is lost | malformed, or the same | `nmea` reads what it then ignores |
//! | GNS with modes of more than two systems | the modes | malformed | `nmea` knows two |
//! | GNS whose first mode is no fix, and another is estimated, manual or simulated | the position, without a status | no fix | `nmea` takes the first mode |
//! | position, date or time is out of form | malformed | malformed, or read as far as it goes | `nmea` reads them as floats, and each part of a date by itself |
//! | a leap second: `235960` | second 59 | malformed | `nmea` has no second 60 |
//! | any other field is out of form or missing | not reported, the rest is | malformed, or read as far as it goes | `nmea` stops at the first field that it cannot read |
//! | GST with fields, of which none is in form | malformed | read as far as it goes | a part of a number is none |
//! | minutes of a zone with a sign of their own | the sign of both | the product of both signs | – |

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use nmea::sentences::{FixType, GnsData, GstData, ZdaData};
use nmea::{ParseResult, parse_bytes};
use tickwire_drivers::gps::{Extended, Receiver};
use tickwire_traits::Instant;

use crate::form::{Form, form, without_leap_second};
use crate::sentences::sentence;

/// Sentences of each type that both read.
pub(crate) const COMMON: [&str; 10] = [
    "GNGNS,191503.01,3645.876324,N,03124.670280,E,AA,08,1.3,-6.7,32.0,,,V",
    "GPGNS,224749.00,3333.4268304,N,11153.3538273,W,D,19,0.6,406.110,-26.294,6.0,0138,S",
    "GNGNS,014035.00,4332.69262,S,17235.48549,E,RN,13,0.9,25.63,11.24,,",
    "GNGNS,191434.96,,,,,NN,00,,,,,",
    "GPGST,150119.000,004.0,008.7,004.7,132.3,006.8,007.2,00014",
    "GPGST,232713.000,1.3,105.1,9.1,-40.9,0.3,0.3,0.6",
    "GPGST,232712.000,,,,,,,",
    "GPZDA,202640.000,13,04,2015,,",
    "GPZDA,232712.000,28,03,2016,00,00",
    "GNZDA,172809.456,12,07,1996,-05,30",
];

/// The rows of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Row {
    NoFix,
    OddField,
    OddPlaceOrTime,
    LeapSecond,
    NoValue,
    ReadInPart,
    FirstMode,
}

/// The values of a sentence: those that have to be right, and the others.
#[derive(Debug, Default, PartialEq)]
struct Read {
    essential: Vec<String>,
    other: Vec<String>,
}

impl Read {
    fn must(&mut self, value: Option<impl ToString>) {
        self.essential.extend(value.map(|it| it.to_string()));
    }

    fn may<T: ToString>(&mut self, name: &str, value: Option<T>) {
        self.other.extend(value.map(|it| format!("{name}={}", it.to_string())));
    }
}

/// Returns what our decoder reads. Returns `None` if the sentence is malformed.
fn ours(body: &[u8]) -> Option<Read> {
    let mut receiver = Receiver::<120>::new().with_decoder(Extended::new());
    receiver.push_all(&sentence(body), Instant::EPOCH);
    if receiver.counters().accepted != 1 {
        return None;
    }
    let (fix, decoder, mut read) = (receiver.fix(), receiver.decoder(), Read::default());
    read.must(
        fix.position().map(|it| format!("{} {}", it.value.latitude.e7(), it.value.longitude.e7())),
    );
    read.must(fix.date().map(|it| it.value));
    read.must(fix.time().map(|it| it.value));
    read.may("status", fix.status().map(|it| format!("{:?}", it.value)));
    read.may("used", fix.satellites_used().map(|it| it.value));
    read.may("hdop", fix.hdop().map(|it| it.value.hundredths()));
    read.may("altitude", fix.altitude_mm().map(|it| it.value));
    read.may("geoid", fix.geoid_separation_mm().map(|it| it.value));
    if let Some(accuracy) = decoder.accuracy().map(|it| it.value) {
        read.may("rms", accuracy.rms_mm());
        read.may("major", accuracy.semi_major_mm());
        read.may("minor", accuracy.semi_minor_mm());
        read.may("orientation", accuracy.orientation().map(|it| it.hundredths()));
        read.may("latitude", accuracy.latitude_mm());
        read.may("longitude", accuracy.longitude_mm());
        read.may("height", accuracy.altitude_mm());
    }
    read.may("zone", decoder.zone().map(|it| it.value.minutes()));
    Some(read)
}

/// Returns what `nmea` reads, in our units. Returns `None` if the sentence is malformed.
fn theirs(body: &[u8]) -> Option<Read> {
    let line = sentence(body);
    let mut read = Read::default();
    match parse_bytes(line.trim_ascii_end()).ok()? {
        ParseResult::GNS(gns) => self::gns(&mut read, &gns)?,
        ParseResult::GST(gst) => self::gst(&mut read, &gst),
        ParseResult::ZDA(zda) => self::zda(&mut read, &zda)?,
        _ => return None,
    }
    Some(read)
}

fn gns(read: &mut Read, gns: &GnsData) -> Option<()> {
    let status = match FixType::from(gns.faa_modes) {
        FixType::Invalid => {
            read.may("status", Some("Lost"));
            return Some(());
        }
        FixType::Estimated | FixType::Manual | FixType::Simulation => None,
        _ => Some("Valid"),
    };
    read.must(Some(format!("{} {}", e7(gns.lat?), e7(gns.lon?))));
    read.must(gns.fix_time.map(time));
    read.may("status", status);
    read.may("used", u8::try_from(gns.nsattelites).ok());
    read.may("hdop", gns.hdop.and_then(|it| u16::try_from(hundredths(it)).ok()));
    read.may("altitude", gns.alt.map(thousandths));
    read.may("geoid", gns.geoid_separation.map(thousandths));
    Some(())
}

fn gst(read: &mut Read, gst: &GstData) {
    read.may("rms", gst.rms_sd.map(thousandths));
    read.may("major", gst.ellipse_semi_major_sd.map(thousandths));
    read.may("minor", gst.ellipse_semi_minor_sd.map(thousandths));
    let clockwise = |it| if it < 0 { it + 36_000 } else { it };
    read.may("orientation", gst.err_ellipse_orientation.map(|it| clockwise(hundredths(it))));
    read.may("latitude", gst.lat_sd.map(thousandths));
    read.may("longitude", gst.long_sd.map(thousandths));
    read.may("height", gst.alt_sd.map(thousandths));
}

fn zda(read: &mut Read, zda: &ZdaData) -> Option<()> {
    if let (Some(day), Some(month), Some(year)) = (zda.day, zda.month, zda.year) {
        let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())?;
        read.must(Some(format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())));
    }
    read.must(zda.utc_time.map(time));
    let (hours, minutes) = (zda.local_zone_hours, zda.local_zone_minutes);
    let sum = |hours: i8| i16::from(hours) * 60 + i16::from(minutes.unwrap_or(0));
    read.may("zone", hours.map(sum));
    Some(())
}

/// Rounds to 1e-7, ties to the even neighbor.
fn e7(degrees: f64) -> f64 {
    // A tie of decimals is not quite one in a float.
    let scaled = degrees * 1e7;
    let half = (scaled * 2.0).round() / 2.0;
    if (scaled - half).abs() < 1e-6 { half.round_ties_even() } else { scaled.round() }
}

fn time(it: NaiveTime) -> String {
    // Cut, as ours is. A nearest float may be below its decimal.
    let millis = (it.nanosecond() + 1) / 1_000_000;
    format!("{:02}:{:02}:{:02}.{millis:03}", it.hour(), it.minute(), it.second())
}

fn thousandths(it: f32) -> i64 {
    (f64::from(it) * 1e3).round() as i64
}

fn hundredths(it: f32) -> i64 {
    let thousandths = thousandths(it);
    thousandths / 10 + thousandths % 10 / 5
}

/// Returns whether both decoders see one sentence of these types, by a talker of two letters or
/// digits. An address that begins with `P` is proprietary.
pub(crate) fn is_read_by_both(body: &[u8]) -> bool {
    let [first, second, kind @ ..] = body else { return false };
    body.iter().all(|byte| matches!(byte, b' '..=b'~') && !b"$*".contains(byte))
        && body.len() <= 98 // More is too long for `nmea`.
        && [first, second].iter().all(|byte| byte.is_ascii_alphanumeric())
        && *first != b'P'
        && ["GNS,", "GST,", "ZDA,"].iter().any(|it| kind.starts_with(it.as_bytes()))
}

/// Returns why the two differ, or `None` if they do not.
///
/// # Panics
///
/// If there is no row in the table for it.
#[track_caller]
pub(crate) fn explained(body: &[u8]) -> Option<Row> {
    let (own, other) = (ours(body), theirs(body));
    if own == other {
        return None;
    }
    let (form, is_gst) = (form(body), body.get(2..5) == Some(b"GST"));
    let is_lost = |read: &Read| read.essential.is_empty() && is_void(&read.other);
    let row = match (&own, &other) {
        (Some(own), None) if is_lost(own) => Row::NoFix,
        (Some(_), None) if form == Form::OddField => Row::OddField,
        (Some(_), None) if form != self::form(&without_leap_second(body)) => Row::LeapSecond,
        (None, Some(_)) if form == Form::OddPlaceOrTime => Row::OddPlaceOrTime,
        (None, Some(other)) if is_gst && (form == Form::OddField || is_void(&other.other)) => {
            Row::NoValue
        }
        (Some(_), Some(other)) if is_void(&other.other) && has_late_mode(body) => Row::FirstMode,
        (Some(own), Some(other)) if own.essential == other.essential && form == Form::OddField => {
            Row::ReadInPart
        }
        _ => panic!("{}\n{own:?}\n{other:?}\n{form:?}", String::from_utf8_lossy(body)),
    };
    Some(row)
}

/// Returns whether a mode that is no valid fix and not the absence of one follows another.
fn has_late_mode(body: &[u8]) -> bool {
    let modes = body.split(|byte| *byte == b',').nth(6).and_then(|modes| modes.get(1..));
    modes.is_some_and(|modes| modes.iter().any(|mode| b"EMS".contains(mode)))
}

fn is_void(other: &[String]) -> bool {
    other.is_empty() || other == ["status=Lost"]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn extended_and_nmea_agree_on_mutated_sentences_but_for_what_is_documented() {
        let mut random = Random(0xe77);
        let mut rows = Vec::new();
        for _ in 0..60_000 {
            let original = COMMON[random.below(COMMON.len())];
            let mut body = random.mutated(original.as_bytes());
            body.truncate(98);
            if is_read_by_both(&body) {
                rows.extend(explained(&body));
            }
        }
        rows.sort();
        rows.dedup();
        rows.retain(|row| *row != Row::LeapSecond);
        use Row::{FirstMode, NoFix, NoValue, OddField, OddPlaceOrTime, ReadInPart};
        let all = [NoFix, OddField, OddPlaceOrTime, NoValue, ReadInPart, FirstMode];
        assert_eq!(rows, all, "each row is needed");
    }

    #[test]
    fn extended_and_nmea_agree_on_sentences_as_they_should_be() {
        for body in COMMON {
            assert_eq!(explained(body.as_bytes()), None, "{body}");
        }
        for (body, row) in [
            (
                "GNGNS,191503.01,3645.876324,N,03124.670280,E,AAN,08,1.3,-6.7,32.0,,,V",
                Row::OddField,
            ),
            ("GNGNS,191503.01,,,,,,08,1.3,-6.7,32.0,,,V", Row::NoFix),
            ("GPZDA,235960.00,31,12,2016,,", Row::LeapSecond),
            ("GPZDA,202640.000,13,04,2015,05,-30", Row::ReadInPart),
        ] {
            assert_eq!(explained(body.as_bytes()), Some(row), "{body}");
        }
    }
}
