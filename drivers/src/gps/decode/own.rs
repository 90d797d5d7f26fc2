//! The decoder of this crate. It computes with integers and reads each field once.

use tickwire_traits::Instant;

use super::fields::{Fields, if_any};
use super::{Decode, Page, Refusal, Report, kind, text};
use crate::gps::{Constellation, Dimension, Quality, Sentence, Status};

/// The default decoder of a receiver.
///
/// It reads digits as integers. A decimal is exact to its last place, and no floating-point
/// arithmetic is linked.
///
/// # Fields that cannot be read
///
/// The essential fields of a sentence are the status, with a fix the position, and the date and
/// the time if they are not empty. If one of them cannot be read, the sentence is
/// [malformed](crate::gps::Counters::malformed).
///
/// If any other field is missing or out of range, that value is not reported, and the other values
/// are. Receivers send `999.9` for an unknown variation, and a dilution of precision without
/// digits.
///
/// In a sentence that reports no fix, no other field is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct FixedPoint;

impl Decode for FixedPoint {
    // Inlined into the task that reads, it takes more flash.
    #[inline(never)]
    fn decode(&mut self, sentence: &[u8], _: Instant, report: &mut Report) -> Result<(), Refusal> {
        report.sentence = kind(sentence).ok_or(Refusal::Unsupported)?;
        let fields = Fields::of(sentence);
        let read = match report.sentence {
            Sentence::Gga => gga(report, fields),
            Sentence::Gll => gll(report, fields),
            Sentence::Gsa => gsa(report, fields),
            Sentence::Gsv => gsv(report, fields, sentence),
            Sentence::Rmc => rmc(report, fields),
            Sentence::Vtg => vtg(report, fields),
            // `Extended` reads these.
            Sentence::Gns | Sentence::Gst | Sentence::Zda => return Err(Refusal::Unsupported),
        };
        read.ok_or(Refusal::Malformed)
    }
}

// Each of these functions returns `None` if the sentence is malformed.

fn rmc(report: &mut Report, mut fields: Fields<'_>) -> Option<()> {
    let time = fields.next()?;
    match fields.next()? {
        b"A" | b"D" => report.status = Some(Status::Valid),
        b"V" => {
            report.status = Some(Status::Lost);
            return Some(());
        }
        _ => return None,
    }
    report.time = text::time_if_any(time)?;
    report.position = Some(fields.place()?.position()?);
    report.speed = fields.next().and_then(text::speed);
    report.course = fields.next().and_then(text::course);
    report.date = if_any(fields.next().unwrap_or_default(), text::date)?;
    let variation = fields.next().unwrap_or_default();
    report.magnetic_variation_hundredths =
        text::variation(variation, fields.next().unwrap_or_default());
    Some(())
}

fn gga(report: &mut Report, mut fields: Fields<'_>) -> Option<()> {
    let time = fields.next()?;
    let place = fields.place()?;
    let quality = quality(fields.next()?)?;
    report.quality = Some(quality);
    report.status = quality.status();
    if quality == Quality::NoFix {
        return Some(());
    }
    report.time = text::time_if_any(time)?;
    report.position = Some(place.position()?);
    report.satellites_used = fields.next().and_then(text::whole);
    report.hdop = fields.next().and_then(text::dop);
    report.altitude_mm = fields.next_in(b"M").and_then(text::millimeters);
    report.geoid_separation_mm = fields.next_in(b"M").and_then(text::millimeters);
    Some(())
}

fn gll(report: &mut Report, mut fields: Fields<'_>) -> Option<()> {
    let place = fields.place()?;
    let time = fields.next()?;
    match fields.next()? {
        b"A" => report.status = Some(Status::Valid),
        b"V" => {
            report.status = Some(Status::Lost);
            return Some(());
        }
        _ => return None,
    }
    report.position = Some(place.position()?);
    report.time = text::time_if_any(time)?;
    Some(())
}

fn gsa(report: &mut Report, mut fields: Fields<'_>) -> Option<()> {
    fields.next(); // Automatic or manual selection of the dimension.
    report.dimension = Some(match fields.next()? {
        b"1" => {
            report.dimension = Some(Dimension::NoFix);
            return Some(());
        }
        b"2" => Dimension::Two,
        b"3" => Dimension::Three,
        _ => return None,
    });
    for _ in 0..12 {
        fields.next();
    }
    let (pdop, hdop, vdop) = (fields.next(), fields.next(), fields.next());
    // The system may follow. With fewer or more fields, the sentence does not have twelve
    // satellites, and these three fields may not be the dilutions of precision.
    if vdop.is_some() && (fields.next().is_none() || fields.next().is_none()) {
        report.pdop = pdop.and_then(text::dop);
        report.hdop = hdop.and_then(text::dop);
        report.vdop = vdop.and_then(text::dop);
    }
    Some(())
}

fn gsv(report: &mut Report, mut fields: Fields<'_>, sentence: &[u8]) -> Option<()> {
    let system = Constellation::of_talker(sentence.get(1..)?.first_chunk()?)?;
    let mut number = || text::whole(fields.next()?);
    let (of, number, in_view) = (number()?, number()?, number()?);
    if !(1..=of).contains(&number) {
        return None;
    }
    let mut page = Page { system, number, of, in_view, signal: 0, ids: [0; 4] };
    let mut ids = page.ids.iter_mut();
    // Number, elevation, azimuth and signal strength of each satellite. The signal follows, and
    // on some modems the system: one or two fields, fewer than those of a satellite.
    while let Some(id) = fields.next() {
        let is_signal = fields.next().is_none() || fields.next().is_none();
        if is_signal {
            page.signal = text::hexadecimal(id).unwrap_or(0);
            break;
        }
        fields.next();
        if let (Some(slot), Some(id)) = (ids.next(), text::whole(id)) {
            *slot = id;
        }
    }
    report.page = Some(page);
    Some(())
}

fn vtg(report: &mut Report, mut fields: Fields<'_>) -> Option<()> {
    let course = fields.next_in(b"T").and_then(text::course);
    fields.next_in(b"M"); // From magnetic north.
    if fields.is_empty() {
        return None;
    }
    let speed = fields.next_in(b"N").and_then(text::speed);
    fields.next_in(b"K");
    // The mode, since NMEA 2.3; an older sentence ends before it.
    if fields.next() != Some(b"N") {
        (report.course, report.speed) = (course, speed);
    }
    Some(())
}

fn quality(text: &[u8]) -> Option<Quality> {
    Some(match text {
        b"0" => Quality::NoFix,
        b"1" => Quality::Autonomous,
        b"2" => Quality::Differential,
        b"3" => Quality::Precise,
        b"4" => Quality::RtkFixed,
        b"5" => Quality::RtkFloat,
        b"6" => Quality::Estimated,
        b"7" => Quality::Manual,
        b"8" => Quality::Simulated,
        _ => return None,
    })
}
