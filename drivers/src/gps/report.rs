//! From a sentence to what it says.

use nmea::sentences::gsa::GsaMode2;
use nmea::sentences::rmc::RmcStatusOfFix;
use nmea::sentences::{FixType, GgaData, GsvData};
use nmea::{ParseResult, parse_bytes};

use super::{
    Constellation, Course, Date, Dimension, Dop, Position, Quality, Sentence, Speed, Status, Time,
    text,
};

/// What one sentence says; none for what it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) sentence: Sentence,
    pub(super) status: Option<Status>,
    pub(super) position: Option<Position>,
    pub(super) altitude_mm: Option<i32>,
    pub(super) geoid_mm: Option<i32>,
    pub(super) speed: Option<Speed>,
    pub(super) course: Option<Course>,
    pub(super) variation: Option<i16>,
    pub(super) date: Option<Date>,
    pub(super) time: Option<Time>,
    pub(super) quality: Option<Quality>,
    pub(super) dimension: Option<Dimension>,
    pub(super) used: Option<u8>,
    pub(super) pdop: Option<Dop>,
    pub(super) hdop: Option<Dop>,
    pub(super) vdop: Option<Dop>,
    pub(super) page: Option<Page>,
}

/// One sentence of a set of GSV sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) system: Constellation,
    /// Counted from 1.
    pub(super) number: u8,
    pub(super) of: u8,
    pub(super) in_view: u8,
}

/// Why a sentence with a good checksum says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Unsupported,
    Malformed,
}

/// Reads a sentence, `$` to checksum, whose checksum is good.
pub(super) fn read(sentence: &[u8]) -> Result<Report, Refusal> {
    let kind = kind(sentence).ok_or(Refusal::Unsupported)?;
    let report = Report::nothing(kind);
    let fields = Data::of(sentence);
    let read = match parse(kind, sentence).ok_or(Refusal::Malformed)? {
        ParseResult::RMC(rmc) => report.rmc(fields, rmc.status_of_fix),
        ParseResult::GGA(gga) => report.gga(fields, &gga),
        ParseResult::GLL(gll) => report.gll(fields, gll.valid),
        ParseResult::GSA(gsa) => report.gsa(fields, gsa.mode2),
        ParseResult::GSV(gsv) => report.gsv(sentence, &gsv),
        ParseResult::VTG(_) => report.vtg(fields),
        _ => None,
    };
    read.ok_or(Refusal::Malformed)
}

/// Returns which of our sentences it is.
fn kind(sentence: &[u8]) -> Option<Sentence> {
    let &[b'$', first, second, a, b, c, b',', ..] = sentence else { return None };
    let kind = match &[a, b, c] {
        b"GGA" => Sentence::Gga,
        b"GLL" => Sentence::Gll,
        b"GSA" => Sentence::Gsa,
        b"GSV" => Sentence::Gsv,
        b"RMC" => Sentence::Rmc,
        b"VTG" => Sentence::Vtg,
        _ => return None,
    };
    let known = Constellation::of_talker(&[first, second]).is_some();
    match kind {
        // Whose satellites would they be?
        Sentence::Gsv if !known => None,
        // Proprietary: `$PGRMC` of Garmin's is no RMC.
        _ if first == b'P' && !known => None,
        _ => Some(kind),
    }
}

/// Lets `nmea` judge.
fn parse(kind: Sentence, sentence: &[u8]) -> Option<ParseResult> {
    let parsed = parse_bytes(sentence).ok();
    if parsed.is_some() || !matches!(kind, Sentence::Gll | Sentence::Gsv) {
        return parsed;
    }
    // `nmea` 0.8 wants the comma before two things that may be left out: the
    // mode of a GLL, which came with NMEA 2.3, and the satellites of a GSV that
    // has none. A comma more does not hurt the others.
    let (data, &[b'*', _, _]) = sentence.split_last_chunk()? else { return None };
    let mut longer = [0; nmea::SENTENCE_MAX_LEN];
    let sum = data.get(1..)?.iter().fold(b',', |sum, byte| sum ^ byte);
    let digit = |digit: u8| digit + if digit < 10 { b'0' } else { b'A' - 10 };
    let tail = [b',', b'*', digit(sum >> 4), digit(sum & 0xf)];
    let longer = longer.get_mut(..sentence.len() + 1)?;
    longer.get_mut(..data.len())?.copy_from_slice(data);
    *longer.last_chunk_mut()? = tail;
    parse_bytes(longer).ok()
}

impl Report {
    const fn nothing(sentence: Sentence) -> Self {
        Self {
            sentence,
            status: None,
            position: None,
            altitude_mm: None,
            geoid_mm: None,
            speed: None,
            course: None,
            variation: None,
            date: None,
            time: None,
            quality: None,
            dimension: None,
            used: None,
            pdop: None,
            hdop: None,
            vdop: None,
            page: None,
        }
    }

    fn rmc(self, data: Data<'_>, status: RmcStatusOfFix) -> Option<Self> {
        if status == RmcStatusOfFix::Invalid {
            return Some(Self { status: Some(Status::Lost), ..self });
        }
        Some(Self {
            status: Some(Status::Valid),
            time: data.optional(0, text::time)?,
            position: Some(data.position(2)?),
            speed: data.optional(6, speed)?,
            course: data.optional(7, course)?,
            date: data.optional(8, text::date)?,
            variation: data.variation(9)?,
            ..self
        })
    }

    fn gga(self, data: Data<'_>, gga: &GgaData) -> Option<Self> {
        let quality = quality(gga.fix_type?);
        if quality == Quality::NoFix {
            return Some(Self { status: Some(Status::Lost), quality: Some(quality), ..self });
        }
        Some(Self {
            status: Some(Status::Valid),
            quality: Some(quality),
            time: data.optional(0, text::time)?,
            position: Some(data.position(1)?),
            used: data.optional(6, |text| text::scaled(text, 0))?,
            hdop: data.optional(7, text::dop)?,
            altitude_mm: data.optional(8, |text| text::scaled(text, 3))?,
            geoid_mm: data.optional(10, |text| text::scaled(text, 3))?,
            ..self
        })
    }

    fn gll(self, data: Data<'_>, valid: bool) -> Option<Self> {
        if !valid {
            return Some(Self { status: Some(Status::Lost), ..self });
        }
        Some(Self {
            status: Some(Status::Valid),
            position: Some(data.position(0)?),
            time: data.optional(4, text::time)?,
            ..self
        })
    }

    fn gsa(self, data: Data<'_>, mode: GsaMode2) -> Option<Self> {
        let dimension = match mode {
            GsaMode2::NoFix => return Some(Self { dimension: Some(Dimension::NoFix), ..self }),
            GsaMode2::Fix2D => Dimension::Two,
            GsaMode2::Fix3D => Dimension::Three,
        };
        // Two modes and twelve satellites go before.
        Some(Self {
            dimension: Some(dimension),
            pdop: data.optional(14, text::dop)?,
            hdop: data.optional(15, text::dop)?,
            vdop: data.optional(16, text::dop)?,
            ..self
        })
    }

    fn gsv(self, sentence: &[u8], gsv: &GsvData) -> Option<Self> {
        // Not `gnss_type`: to `nmea`, `PQ` is QZSS.
        let system = Constellation::of_talker(sentence.get(1..)?.first_chunk()?)?;
        let page = Page {
            system,
            number: gsv.sentence_num.try_into().ok()?,
            of: gsv.number_of_sentences.try_into().ok()?,
            in_view: gsv.sats_in_view.try_into().ok()?,
        };
        (1..=page.of).contains(&page.number).then_some(Self { page: Some(page), ..self })
    }

    fn vtg(self, data: Data<'_>) -> Option<Self> {
        // The mode, since NMEA 2.3; an older sentence ends before it.
        if data.field(8) == Some(b"N") {
            return Some(self);
        }
        Some(Self { course: data.optional(0, course)?, speed: data.optional(4, speed)?, ..self })
    }
}

/// The data fields of a sentence.
#[derive(Clone, Copy)]
struct Data<'a>(&'a [u8]);

impl<'a> Data<'a> {
    /// What is between `$GPxxx,` and `*hh`.
    fn of(sentence: &'a [u8]) -> Self {
        Self(sentence.get(7..sentence.len().saturating_sub(3)).unwrap_or_default())
    }

    fn field(self, index: usize) -> Option<&'a [u8]> {
        self.0.split(|byte| *byte == b',').nth(index)
    }

    /// Reads a field that may be empty. None if it is missing, or not as it
    /// should be.
    fn optional<T>(self, index: usize, read: impl Fn(&[u8]) -> Option<T>) -> Option<Option<T>> {
        let field = self.field(index)?;
        if field.is_empty() { Some(None) } else { read(field).map(Some) }
    }

    fn position(self, first: usize) -> Option<Position> {
        Some(Position {
            latitude: text::latitude(self.field(first)?, self.field(first + 1)?)?,
            longitude: text::longitude(self.field(first + 2)?, self.field(first + 3)?)?,
        })
    }

    /// A magnitude and `E` or `W`. Receivers without a model leave out both.
    fn variation(self, first: usize) -> Option<Option<i16>> {
        let Some(magnitude) = self.optional(first, |text| text::scaled::<i16>(text, 2))? else {
            return Some(None);
        };
        if !(0..=18_000).contains(&magnitude) {
            return None;
        }
        match self.field(first + 1)? {
            b"E" => Some(Some(magnitude)),
            b"W" => Some(Some(-magnitude)),
            _ => None,
        }
    }
}

fn speed(text: &[u8]) -> Option<Speed> {
    text::scaled(text, 2).map(Speed::from_hundredths)
}

fn course(text: &[u8]) -> Option<Course> {
    Course::from_hundredths(text::scaled(text, 2)?)
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
