//! Sentences in any order, changed in any way, compared with a model.

use std::collections::BTreeMap;
use std::fmt::Write;

use tickwire_drivers::gps::{Constellation, Receiver, Satellite, Satellites, Sentence};
use tickwire_traits::Instant;

use crate::random::Random;
use crate::sentences::{SENTENCES, body, sentence};

/// A signal of a system.
type Key = (Constellation, u8);

/// A sentence that was accepted.
enum Event {
    Page { key: (u8, u8), number: u8, of: u8, in_view: u8, satellites: String },
    Other,
}

/// The sentences so far, and by them the sets that are published.
///
/// The driver knows what may come next. The model looks back at what came.
#[derive(Default)]
struct Model {
    events: Vec<Event>,
    published: BTreeMap<(u8, u8), String>,
}

impl Model {
    fn take(&mut self, kind: Sentence, body: &str) {
        let event = if kind == Sentence::Gsv { page(body) } else { Event::Other };
        self.events.push(event);
        if let Some(Event::Page { key, number, of, .. }) = self.events.last()
            && number == of
            && let Some(satellites) = self.whole(*key)
        {
            self.published.insert(*key, satellites);
        }
    }

    /// Looks back from the last sentence to the first of its set.
    fn whole(&self, wanted: (u8, u8)) -> Option<String> {
        let mut all = String::new();
        let mut next = None;
        for event in self.events.iter().rev() {
            let Event::Page { key, number, of, in_view, satellites } = event else { return None };
            if *key != wanted {
                continue;
            }
            if next.is_some_and(|next| next != (*number, *of, *in_view)) {
                return None;
            }
            all.insert_str(0, satellites);
            if *number == 1 {
                return Some(all);
            }
            next = Some((number - 1, *of, *in_view));
        }
        None
    }
}

fn page(body: &str) -> Event {
    let fields: Vec<_> = body.split(',').collect();
    let system = match &fields[0][..2] {
        "GP" => 0,
        "GL" => 1,
        "GA" => 2,
        "GB" | "BD" | "PQ" => 3,
        "GQ" | "QZ" => 4,
        "GI" => 5,
        other => unreachable!("{other}"),
    };
    let count = |at: usize| fields[at].parse().unwrap();
    let mut satellites = String::new();
    let mut signal = 0;
    for group in fields[4..].chunks(4) {
        match group {
            [number, elevation, azimuth, snr @ ..] => {
                let number = whole(number).filter(|number| (1..65_536).contains(number));
                let elevation = rounded(elevation).filter(|it| (-90..=90).contains(it));
                let azimuth = rounded(azimuth).filter(|it| (0..=360).contains(it));
                let azimuth = azimuth.map(|it| if it == 360 { 0 } else { it });
                let snr = snr.first().and_then(|it| rounded(it)).filter(|it| (0..255).contains(it));
                let seen = [number, elevation, azimuth, snr];
                if seen != [None; 4] {
                    write!(satellites, "{seen:?}").unwrap();
                }
            }
            [id, ..] => {
                let digit = id.parse::<char>().ok().and_then(|digit| digit.to_digit(16));
                signal = digit.unwrap_or(0) as u8;
            }
            [] => unreachable!(),
        }
    }
    Event::Page {
        key: (system, signal),
        number: count(2),
        of: count(1),
        in_view: count(3),
        satellites,
    }
}

fn whole(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let significant = text.trim_start_matches('0');
    // No field of more digits is in range.
    let value =
        if significant.len() > 9 { i64::MAX } else { format!("0{significant}").parse().ok()? };
    is_number.then_some(value)
}

/// Rounds half away from zero.
fn rounded(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    whole(&format!("{integer}{fraction}"))?;
    let up = fraction.bytes().next().is_some_and(|first| first >= b'5');
    let integer = if integer.is_empty() { 0 } else { whole(integer)? };
    Some(sign * integer.saturating_add(i64::from(up)))
}

/// Reads sentences by their bodies, and compares what is published with the model after each.
/// Returns the counters of sets.
#[track_caller]
pub(crate) fn agrees(bodies: impl IntoIterator<Item = Vec<u8>>) -> (u32, u32) {
    let mut receiver = Receiver::<102>::new().with_decoder(Satellites::<512>::new());
    let mut model = Model::default();
    for body in bodies {
        let (_, update) = receiver.push_all(&sentence(&body), Instant::EPOCH);
        if let Some(update) = update {
            model.take(update.sentence, std::str::from_utf8(&body).unwrap());
        }
        let satellites = receiver.decoder();
        let found = satellites.sets().map(|set| {
            let key = (set.system() as u8, set.signal());
            (key, set.satellites().map(written).collect::<String>())
        });
        let found: BTreeMap<_, _> = found.collect();
        assert_eq!(found, model.published, "after {:?}", String::from_utf8_lossy(&body));
        assert_eq!(satellites.counters().omitted, 0);
    }
    let counters = receiver.decoder().counters();
    (counters.sets, counters.torn)
}

fn written(satellite: &Satellite) -> String {
    let number = satellite.number().map(i64::from);
    let elevation = satellite.elevation().map(i64::from);
    let azimuth = satellite.azimuth().map(i64::from);
    format!("{:?}", [number, elevation, azimuth, satellite.snr().map(i64::from)])
}

/// The sentences of a cycle of two systems, of which one has two signals.
fn cycle() -> Vec<String> {
    let mut bodies: Vec<_> = [12, 14, 15, 16, 17, 18, 19]
        .map(|at| String::from_utf8(body(SENTENCES[at]).to_vec()).unwrap())
        .into();
    bodies.extend((1..=2).map(|number| super::page("GP", number, 2, &[7, 8, 9], "6")));
    bodies.extend((1..=2).map(|number| super::page("GL", number, 2, &[65, 66], "1")));
    bodies.push("GPRMC,,V,,,,,,,,,,N".into());
    bodies
}

#[test]
fn sentences_that_are_lost_doubled_and_swapped_give_what_the_model_gives() {
    let cycle = cycle();
    let mut random = Random(0x5a7);
    let mut bodies = Vec::new();
    let mut at = 0;
    for _ in 0..4_000 {
        at = match random.below(12) {
            0 => random.below(cycle.len()),
            1 => at,
            2 => at + 2,
            _ => at + 1,
        } % cycle.len();
        bodies.push(cycle[at].clone().into_bytes());
    }
    let (sets, torn) = agrees(bodies);
    assert!(sets > 500 && torn > 200, "{sets} sets, {torn} torn");
}

#[test]
fn changed_sentences_give_what_the_model_gives() {
    let cycle = cycle();
    let mut random = Random(0x6a1);
    let bodies = (0..8_000).map(|step| {
        let original = cycle[step % cycle.len()].as_bytes();
        let mut body = original.to_vec();
        if random.below(3) == 0 {
            body = random.mutated(original);
            body.retain(|byte| (b' '..=b'~').contains(byte) && !b"$*".contains(byte));
            body.truncate(98);
        }
        body
    });
    let (sets, torn) = agrees(bodies.collect::<Vec<_>>());
    assert!(sets > 1_000 && torn > 200, "{sets} sets, {torn} torn");
}

#[test]
fn any_bytes_are_survived_and_the_next_set_is_whole() {
    let mut random = Random(0xdead);
    let mut receiver = Receiver::<102>::new().with_decoder(Satellites::<16>::new());
    let expected = |receiver: &Receiver<102, Satellites<16>>, key: Key| {
        let mut sets = receiver.decoder().sets();
        sets.find(|set| (set.system(), set.signal()) == key).map(|set| set.satellites().count())
    };
    for _ in 0..2_000 {
        for byte in random.noise(200) {
            let _ = receiver.push(byte, Instant::EPOCH);
        }
        let original = random.below(SENTENCES.len());
        let _ = receiver
            .push_all(&sentence(&random.mutated(body(SENTENCES[original]))), Instant::EPOCH);
        for at in 1..=2 {
            let page = super::page("GI", at, 2, &[at.into()], "5");
            receiver.push_all(&[b"\r", &sentence(page.as_bytes())[..]].concat(), Instant::EPOCH);
        }
        assert_eq!(expected(&receiver, (Constellation::NavIc, 5)), Some(2));
    }
}
