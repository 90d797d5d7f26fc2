//! Two decoders read the same sentences, and differ only where the documentation of
//! `NmeaCrate` says so.

use tickwire_drivers::gps::{Decoder, FixedPoint, NmeaCrate, Receiver};
use tickwire_traits::Instant;

use crate::form::{Form, form, without_leap_second};
use crate::random::Random;
use crate::sentences::{SENTENCES, body, sentence};
use crate::vectors::verdict;

/// The result of a decoder for one sentence.
#[derive(Debug, PartialEq)]
enum Verdict {
    Refused(String),
    /// The essential values, and the others.
    Read {
        essential: Vec<String>,
        other: Vec<String>,
    },
}

/// More forms of sentences than those of the reference.
const MORE: [&str; 8] = [
    "$GNRMC,014506.00,A,4404.1306017,N,12118.8447518,W,0.013,,231221,12.5,W,D,V*",
    "$GNGGA,014506.00,4404.1306017,N,12118.8447518,W,2,12,0.49,1130.138,M,-21.350,M,,0278*",
    "$GNGSA,A,3,13,31,01,09,04,26,21,,,,,,0.98,0.49,0.84,3*",
    "$GPGSA,A,2,04,11,23,,,,,,,,,,02.4,02.4,02.4*",
    "$GPGSV,1,1,00,01,25,069,37,14,66,,,15,,,,17,73,154,31,6*",
    "$PQGSV,1,1,00,02,20,116,,03,,,,0,4*",
    "$GNGLL,4404.1306017,N,12118.8447518,W,014506.00,A,D*",
    "$GNVTG,,T,,M,0.145,N,0.024,K,D*",
];

/// The rows of the table in the documentation of `NmeaCrate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Row {
    NoFix,
    OddField,
    OddPlaceOrTime,
    ReadInPart,
    LeapSecond,
}

fn outcome(decoder: impl Decoder, body: &[u8]) -> Verdict {
    let mut receiver = Receiver::<102>::new().with_decoder(decoder);
    receiver.push_all(&sentence(body), Instant::EPOCH);
    let verdict = verdict(&receiver);
    if ["malformed", "unsupported"].contains(&&*verdict) {
        return Verdict::Refused(verdict);
    }
    let names = ["lat=", "lon=", "date=", "time=", "Valid", "Lost"];
    let is_essential = |value: &String| names.iter().any(|name| value.starts_with(name));
    let (essential, other) = verdict.split(' ').map(str::to_owned).partition(is_essential);
    Verdict::Read { essential, other }
}

/// Returns why the two decoders differ, or `None` if they do not.
///
/// # Panics
///
/// If there is no row in the table for it.
#[track_caller]
pub(crate) fn explained(body: &[u8]) -> Option<Row> {
    let (own, theirs) = (outcome(FixedPoint, body), outcome(NmeaCrate, body));
    if own == theirs {
        return None;
    }
    let form = form(body);
    let row = match (&own, &theirs) {
        (Verdict::Read { essential, other }, Verdict::Refused(_))
            if essential == &["Lost"] || other == &["NoFix"] =>
        {
            Row::NoFix
        }
        (Verdict::Read { .. }, Verdict::Refused(_)) if form == Form::OddField => Row::OddField,
        (Verdict::Refused(_), Verdict::Read { .. }) if form == Form::OddPlaceOrTime => {
            Row::OddPlaceOrTime
        }
        (Verdict::Read { essential: ours, .. }, Verdict::Read { essential: theirs, .. })
            if ours == theirs && form == Form::OddField =>
        {
            Row::ReadInPart
        }
        (Verdict::Read { .. }, Verdict::Refused(_))
            if form != self::form(&without_leap_second(body)) =>
        {
            Row::LeapSecond
        }
        _ => panic!("{}\n{own:?}\n{theirs:?}\n{form:?}", String::from_utf8_lossy(body)),
    };
    Some(row)
}

#[test]
fn the_decoders_agree_on_mutated_sentences_but_for_what_is_documented() {
    let mut random = Random(0x0dd);
    let mut rows = Vec::new();
    for _ in 0..100_000 {
        let all = SENTENCES.len() + MORE.len();
        let original = SENTENCES.iter().chain(&MORE).nth(random.below(all)).unwrap();
        let original = original.split('*').next().unwrap().as_bytes();
        let body = random.mutated(&original[1..]);
        // Others do not get to a decoder as one sentence.
        if body.iter().all(|byte| matches!(byte, b' '..=b'~') && *byte != b'$') {
            rows.extend(explained(&body));
        }
    }
    rows.sort();
    rows.dedup();
    use Row::{NoFix, OddField, OddPlaceOrTime, ReadInPart};
    assert_eq!(rows, [NoFix, OddField, OddPlaceOrTime, ReadInPart], "each row is needed");
}

#[test]
fn the_decoders_agree_on_sentences_as_they_should_be() {
    for original in SENTENCES {
        // One has 71 minutes.
        let expected = original.contains("08671").then_some(Row::OddPlaceOrTime);
        assert_eq!(explained(body(original)), expected, "{original}");
    }
    for original in MORE {
        let body = original.trim_start_matches('$').trim_end_matches('*');
        assert_eq!(explained(body.as_bytes()), None, "{original}");
    }
    let leap = "GPRMC,235960,A,5224.740736,N,00944.0740680,E,1.00,,311216,,";
    assert_eq!(explained(leap.as_bytes()), Some(Row::LeapSecond));
}
