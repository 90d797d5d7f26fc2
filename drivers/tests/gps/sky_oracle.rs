//! `Satellites` and the crate `nmea` read the satellites of a GSV alike, but for what is listed here.
//!
//! | in the sentence | `Satellites` | `nmea` | why |
//! | --- | --- | --- | --- |
//! | more than 255 satellites are announced | malformed | read | 8 bits are enough |
//! | a field is out of form, or there are more than four satellites | not reported, the rest is | not read, with those after it | `nmea` stops there |
//!
//! Three differences are not looked at: `nmea` takes the talker `PQ` of modems for QZSS, it wants a comma
//! after the number of satellites, and it has no ranges.
//!
//! The sentence is the only one of its set, which is then published.

use std::fmt::Write;

use nmea::{ParseResult, parse_bytes};
use tickwire_drivers::gps::{Constellation, Receiver, Satellites};
use tickwire_traits::Instant;

use crate::form::{Form, form};
use crate::sentences::sentence;

/// Sentences that both read.
pub(crate) const COMMON: [&str; 8] = [
    "GPGSV,1,1,04,28,72,355,39,01,52,063,33,17,51,272,44,08,46,184,38",
    "GPGSV,1,1,03,22,42,067,42,24,14,311,43,27,05,244,00,,,,",
    "GPGSV,1,1,02,04,12,204,34,11,34,053,,1",
    "GLGSV,1,1,01,65,,,35,1",
    "GAGSV,1,1,02,05,73,248,43,09,00,000,,7",
    "GBGSV,1,1,01,201,45,120,41",
    "PQGSV,1,1,02,02,20,116,,03,,,,0,4",
    "GQGSV,1,1,00",
];

/// The rows of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Row {
    Crowd,
    OddField,
}

/// Number, elevation, azimuth and signal strength.
type Seen = [Option<i64>; 4];

/// Returns whether both decoders see one sentence, of a set without others.
pub(crate) fn is_read_by_both(body: &[u8]) -> bool {
    let Some((talker, rest)) = body.split_at_checked(2) else { return false };
    body.iter().all(|byte| matches!(byte, b' '..=b'~') && !b"$*".contains(byte))
        && body.len() <= 98 // More is too long for `nmea`.
        && SYSTEMS.iter().any(|(known, _)| known.as_bytes() == talker)
        && rest.starts_with(b"GSV,1,1,")
}

const SYSTEMS: [(&str, Constellation); 9] = [
    ("GP", Constellation::Gps),
    ("GL", Constellation::Glonass),
    ("GA", Constellation::Galileo),
    ("GB", Constellation::BeiDou),
    ("BD", Constellation::BeiDou),
    ("PQ", Constellation::BeiDou),
    ("GQ", Constellation::Qzss),
    ("QZ", Constellation::Qzss),
    ("GI", Constellation::NavIc),
];

fn written(system: Constellation, in_view: u16, seen: impl Iterator<Item = Seen>) -> String {
    let mut read = format!("{system} {in_view}");
    for seen in seen.filter(|seen| *seen != [None; 4]) {
        write!(read, " {seen:?}").unwrap();
    }
    read
}

/// Returns the set that our decoder publishes. Returns `None` if the sentence is malformed.
fn ours(body: &[u8]) -> Option<String> {
    let mut receiver = Receiver::<120>::new().with_decoder(Satellites::<32>::new());
    receiver.push_all(&sentence(body), Instant::EPOCH);
    let mut sets = receiver.decoder().sets();
    let set = sets.next()?;
    assert!(sets.next().is_none(), "one sentence makes one set");
    let seen = set.satellites().map(|it| {
        let [number, azimuth] = [it.number(), it.azimuth()].map(|it| it.map(i64::from));
        [number, it.elevation().map(i64::from), azimuth, it.snr().map(i64::from)]
    });
    Some(written(set.system(), set.in_view().into(), seen))
}

/// Returns what `nmea` reads. Returns `None` if the sentence is malformed.
fn theirs(body: &[u8]) -> Option<String> {
    let has_satellites = body.iter().filter(|byte| **byte == b',').count() > 3;
    let line = sentence(&[body, if has_satellites { b"" } else { b"," }].concat());
    let ParseResult::GSV(gsv) = parse_bytes(line.trim_ascii_end()).ok()? else { return None };
    let (_, system) = SYSTEMS.into_iter().find(|(known, _)| body.starts_with(known.as_bytes()))?;
    let seen = gsv.sats_info.iter().flatten().map(|it| {
        let [elevation, azimuth, snr] =
            [it.elevation(), it.azimuth(), it.snr()].map(|it| it.map(|it| it as i64));
        [
            Some(it.prn().into()).filter(|number| (1..=65_535).contains(number)),
            elevation.filter(|it| *it <= 90),
            azimuth.filter(|it| *it <= 360).map(|it| it % 360),
            snr.filter(|it| *it < 255),
        ]
    });
    Some(written(system, gsv.sats_in_view, seen))
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
    let fields = || body.split(|byte| *byte == b',');
    let announced = fields().nth(3).and_then(|it| str::from_utf8(it).ok()?.parse::<u16>().ok());
    let is_odd = form(body) == Form::OddField || fields().count() > 4 + 4 * 4 + 2;
    match (&own, &other) {
        (None, Some(_)) if announced > Some(255) => Some(Row::Crowd),
        (Some(_), _) if is_odd => Some(Row::OddField),
        _ => panic!("{}\n{own:?}\n{other:?}", String::from_utf8_lossy(body)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn satellites_and_nmea_agree_on_mutated_sentences_but_for_what_is_documented() {
        let mut random = Random(0x5a7);
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
        assert_eq!(rows, [Row::Crowd, Row::OddField], "each row is needed");
    }

    #[test]
    fn satellites_and_nmea_agree_on_sentences_as_they_should_be() {
        for body in COMMON {
            assert!(is_read_by_both(body.as_bytes()), "{body}");
            assert_eq!(explained(body.as_bytes()), None, "{body}");
        }
        for (body, row) in [
            ("GPGSV,1,1,256,28,72,355,39", Row::Crowd),
            ("GPGSV,1,1,02,28,-2,355,39,01,52,063,33", Row::OddField),
        ] {
            assert_eq!(explained(body.as_bytes()), Some(row), "{body}");
        }
    }
}
