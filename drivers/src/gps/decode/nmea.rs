//! The crate `nmea` as the decoder.

use chrono::{Datelike, Timelike};
use nmea::sentences::gsa::GsaMode2;
use nmea::sentences::rmc::RmcStatusOfFix;
use nmea::sentences::{FixType, GgaData, GllData, GsaData, GsvData, RmcData, VtgData};
use nmea::{ParseResult, SENTENCE_MAX_LEN, parse_bytes};
use tickwire_traits::Instant;

use super::{Decode, Page, Refusal, Report, kind};
use crate::gps::{
    Constellation, Course, Date, Dimension, Dop, Latitude, Longitude, Position, Quality, Sentence,
    Speed, Status, Time,
};

/// The crate `nmea`, 0.8, as the decoder: an independent implementation.
///
/// It shares only the selection of sentences with [`FixedPoint`](super::FixedPoint), so each tests
/// the other. It takes about 50 KB more flash and three times the instructions. `nmea` is licensed
/// under Apache-2.0 alone.
///
/// ```
/// use tickwire_drivers::gps::{NmeaCrate, Receiver};
/// use tickwire_traits::Instant;
///
/// let mut receiver = Receiver::<102>::new().with_decoder(NmeaCrate);
/// receiver.push_all(b"$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r\n", Instant::EPOCH);
/// assert_eq!(receiver.fix().position().unwrap().value.latitude.e7(), 492_741_667);
/// ```
///
/// # Differences between the decoders
///
/// Both read a sentence of correct form (NMEA 0183, section 5.3) alike, to the last digit. The form
/// includes the ranges: latitudes up to 90°, minutes under 60, days that the month has. They differ
/// on other sentences:
///
/// | in the sentence | `FixedPoint` | `NmeaCrate` | why |
/// | --- | --- | --- | --- |
/// | no fix, and a field out of form: `V` with `36000.0000,N` | the fix is lost | malformed | `nmea` reads what it then ignores |
/// | a fix, and a field other than status, position, date, time is out of form or missing: a variation without its letter, an empty VDOP, `*` within a field | not reported, the rest is | malformed, or not reported | `nmea` stops at the first field that it cannot read |
/// | position, date or time is out of form: `487.038,N`, 71 minutes, `12:35:1x` | malformed | malformed, or read as far as it goes | `nmea` reads minutes and seconds as floats, and ignores the text after them |
/// | a leap second: `235960` | second 59, with [`leap_second`](crate::gps::Update::leap_second) | malformed | `nmea` has no second 60 |
/// | a time of more than fifteen digits | cut after the millisecond | may be a millisecond later | `nmea` reads seconds as the nearest float |
/// | any other number is out of form: `1e3`, `+1`, `1.2x`, `011.3,E7`; in VTG a unit of another kind | not reported | may be read as far as it goes | the same; in VTG, `nmea` may read km/h as knots |
/// | a number of more than three decimals, or beyond 8,388 | exact | may be off in the last digit | `nmea` reads it as an `f32` |
/// | GSA with other than twelve satellites, an integer DOP, or a system that is not that of the talker | DOPs not reported, or read | malformed, or read | `nmea` looks for the first number with a point |
/// | GSV with a satellite without its number | the other satellites are in view | those before it are in view | `nmea` stops there |
/// | more than 102 bytes, with a longer line | read | malformed | the limit of `nmea` |
///
/// Tests check both decoders against this table, with recorded logs and mutated sentences.
#[derive(Clone, Copy, Debug, Default)]
pub struct NmeaCrate;

impl Decode for NmeaCrate {
    fn decode(&mut self, sentence: &[u8], _: Instant, report: &mut Report) -> Result<(), Refusal> {
        let kind = kind(sentence).ok_or(Refusal::Unsupported)?;
        let nothing = Report { sentence: kind, ..Report::NOTHING };
        let mut longer = [0; SENTENCE_MAX_LEN];
        let parsed = match completed(kind, sentence, &mut longer) {
            Some(completed) => parse_bytes(completed),
            None => parse_bytes(sentence),
        };
        let read = match parsed.map_err(|_| Refusal::Malformed)? {
            ParseResult::GGA(gga) => self::gga(nothing, &gga),
            ParseResult::GLL(gll) => self::gll(nothing, &gll),
            ParseResult::GSA(gsa) => Some(self::gsa(nothing, &gsa)),
            ParseResult::GSV(gsv) => self::gsv(nothing, &gsv, sentence),
            ParseResult::RMC(rmc) => self::rmc(nothing, &rmc),
            ParseResult::VTG(vtg) => Some(self::vtg(nothing, &vtg, sentence)),
            _ => None,
        };
        *report = read.ok_or(Refusal::Malformed)?;
        Ok(())
    }
}

/// Adds the comma that `nmea` requires before two optional parts: the mode of a GLL, which exists
/// since NMEA 2.3, and the satellites of a GSV without any.
fn completed<'a>(
    kind: Sentence,
    sentence: &[u8],
    longer: &'a mut [u8; SENTENCE_MAX_LEN],
) -> Option<&'a [u8]> {
    let (data, &[b'*', _, _]) = sentence.split_last_chunk()? else { return None };
    let commas = data.iter().filter(|byte| **byte == b',').count();
    if !matches!((kind, commas), (Sentence::Gll, 6) | (Sentence::Gsv, 3)) {
        return None;
    }
    let sum = data.get(1..)?.iter().fold(b',', |sum, byte| sum ^ byte);
    let digit = |digit: u8| digit + if digit < 10 { b'0' } else { b'A' - 10 };
    let tail = [b',', b'*', digit(sum >> 4), digit(sum & 0xf)];
    let longer = longer.get_mut(..sentence.len() + 1)?;
    longer.get_mut(..data.len())?.copy_from_slice(data);
    *longer.last_chunk_mut()? = tail;
    Some(longer)
}

fn rmc(report: Report, rmc: &RmcData) -> Option<Report> {
    if rmc.status_of_fix == RmcStatusOfFix::Invalid {
        return Some(Report { status: Some(Status::Lost), ..report });
    }
    let variation = rmc.magnetic_variation.and_then(hundredths);
    Some(Report {
        status: Some(Status::Valid),
        time: time(rmc.fix_time)?,
        position: Some(position(rmc.lat, rmc.lon)?),
        speed: rmc.speed_over_ground.and_then(speed),
        course: rmc.true_course.and_then(course),
        date: date(rmc.fix_date)?,
        magnetic_variation_hundredths: variation
            .filter(|it| it.unsigned_abs() <= 18_000)
            .and_then(|it| it.try_into().ok()),
        ..report
    })
}

fn gga(report: Report, gga: &GgaData) -> Option<Report> {
    let quality = quality(gga.fix_type?);
    let report = Report { status: quality.status(), quality: Some(quality), ..report };
    if quality == Quality::NoFix {
        return Some(report);
    }
    Some(Report {
        time: time(gga.fix_time)?,
        position: Some(position(gga.latitude, gga.longitude)?),
        satellites_used: gga.fix_satellites.and_then(|used| used.try_into().ok()),
        hdop: gga.hdop.and_then(dop),
        altitude_mm: gga.altitude.and_then(thousandths),
        geoid_separation_mm: gga.geoid_separation.and_then(thousandths),
        ..report
    })
}

fn gll(report: Report, gll: &GllData) -> Option<Report> {
    if !gll.valid {
        return Some(Report { status: Some(Status::Lost), ..report });
    }
    Some(Report {
        status: Some(Status::Valid),
        position: Some(position(gll.latitude, gll.longitude)?),
        time: time(gll.fix_time)?,
        ..report
    })
}

fn gsa(report: Report, gsa: &GsaData) -> Report {
    let dimension = match gsa.mode2 {
        GsaMode2::NoFix => return Report { dimension: Some(Dimension::NoFix), ..report },
        GsaMode2::Fix2D => Dimension::Two,
        GsaMode2::Fix3D => Dimension::Three,
    };
    Report {
        dimension: Some(dimension),
        pdop: gsa.pdop.and_then(dop),
        hdop: gsa.hdop.and_then(dop),
        vdop: gsa.vdop.and_then(dop),
        ..report
    }
}

fn gsv(report: Report, gsv: &GsvData, sentence: &[u8]) -> Option<Report> {
    // Not `gnss_type`: to `nmea`, `PQ` is QZSS.
    let system = Constellation::of_talker(sentence.get(1..)?.first_chunk()?)?;
    let mut page = Page {
        system,
        number: gsv.sentence_num.try_into().ok()?,
        of: gsv.number_of_sentences.try_into().ok()?,
        in_view: gsv.sats_in_view.try_into().ok()?,
        signal: signal(sentence).unwrap_or(0),
        ids: [0; 4],
    };
    for (id, satellite) in page.ids.iter_mut().zip(gsv.sats_info.iter().flatten()) {
        *id = satellite.prn().try_into().unwrap_or(0);
    }
    (1..=page.of).contains(&page.number).then_some(Report { page: Some(page), ..report })
}

/// Reads the signal of a GSV sentence, which `nmea` does not report.
fn signal(sentence: &[u8]) -> Option<u8> {
    let (data, _) = sentence.split_last_chunk::<3>()?;
    let satellites = || data.split(|byte| *byte == b',').skip(4);
    let after = match satellites().count() % 4 {
        after @ 1..=2 => after,
        _ => return None,
    };
    let &[digit] = satellites().nth(satellites().count() - after)? else { return None };
    char::from(digit).to_digit(16)?.try_into().ok()
}

fn vtg(report: Report, vtg: &VtgData, sentence: &[u8]) -> Report {
    // The mode is the last field. `nmea` does not report it.
    let mode = sentence.split(|byte| matches!(byte, b',' | b'*')).nth(9);
    if mode == Some(b"N") {
        return report;
    }
    Report {
        course: vtg.true_course.and_then(course),
        speed: vtg.speed_over_ground.and_then(speed),
        ..report
    }
}

fn quality(fix: FixType) -> Quality {
    match fix {
        FixType::Invalid => Quality::NoFix,
        FixType::Gps => Quality::Autonomous,
        FixType::DGps => Quality::Differential,
        FixType::Pps => Quality::Precise,
        FixType::Rtk => Quality::RtkFixed,
        FixType::FloatRtk => Quality::RtkFloat,
        FixType::Estimated => Quality::Estimated,
        FixType::Manual => Quality::Manual,
        FixType::Simulation => Quality::Simulated,
    }
}

fn position(latitude: Option<f64>, longitude: Option<f64>) -> Option<Position> {
    Some(Position {
        latitude: Latitude::from_e7(e7(latitude?)?)?,
        longitude: Longitude::from_e7(e7(longitude?)?)?,
    })
}

/// Rounds degrees to 1e-7, ties to the even neighbor.
fn e7(degrees: f64) -> Option<i32> {
    if !(-180.5..=180.5).contains(&degrees) {
        return None;
    }
    // A float differs from a tie of decimals by up to 3e-8. No other value of up to eleven
    // decimals of minutes is as near to a tie.
    const TIE: f64 = 1e-6;
    let scaled = degrees.abs() * 1e7;
    let floor = scaled as i32;
    let rest = scaled - f64::from(floor);
    let is_up = rest > 0.5 + TIE || (rest > 0.5 - TIE && floor % 2 == 1);
    let e7 = floor + i32::from(is_up);
    Some(if degrees < 0.0 { -e7 } else { e7 })
}

/// Rounds to thousandths, half away from zero.
fn thousandths(value: f32) -> Option<i32> {
    let scaled = f64::from(value) * 1e3;
    let rounded = if scaled < 0.0 { scaled - 0.5 } else { scaled + 0.5 };
    // Not a number is in no range.
    (-2_147_483_647.5..2_147_483_647.5).contains(&rounded).then_some(rounded as i32)
}

/// Rounds to thousandths and then to hundredths, half away from zero. The nearest float of a
/// decimal that ends in 5 is below it as often as above, so rounding once would be wrong.
fn hundredths(value: f32) -> Option<i32> {
    let thousandths = thousandths(value)?;
    Some(thousandths / 10 + thousandths % 10 / 5)
}

fn speed(knots: f32) -> Option<Speed> {
    Some(Speed::from_hundredths(hundredths(knots)?.try_into().ok()?))
}

fn course(degrees: f32) -> Option<Course> {
    Course::from_hundredths(hundredths(degrees)?.try_into().ok()?)
}

fn dop(dop: f32) -> Option<Dop> {
    Some(Dop::from_hundredths(hundredths(dop)?.try_into().ok()?))
}

/// Converts a time. Returns `None` if a day does not have it.
fn time(time: Option<impl Timelike>) -> Option<Option<Time>> {
    let Some(time) = time else { return Some(None) };
    let field = |value: u32| u8::try_from(value).ok();
    let millis = u16::try_from(time.nanosecond() / 1_000_000).ok()?;
    Time::new(field(time.hour())?, field(time.minute())?, field(time.second())?, millis).map(Some)
}

/// Converts a date. Returns `None` if the calendar does not have it.
fn date(date: Option<impl Datelike>) -> Option<Option<Date>> {
    let Some(date) = date else { return Some(None) };
    let field = |value: u32| u8::try_from(value).ok();
    // `nmea` reads the years 80 to 82 as 2080 to 2082.
    let year = u16::try_from(date.year()).ok()?;
    let year = if year >= 2080 { year - 100 } else { year };
    Date::new(year, field(date.month())?, field(date.day())?).map(Some)
}
