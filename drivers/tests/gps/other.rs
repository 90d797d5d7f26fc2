//! Sentences that the decoder does not take, as fields.

use futures_util::FutureExt;
use tickwire_drivers::gps::{Error, Event, Gps, Receiver};
use tickwire_sim::{Sim, drop_after, models::gps};
use tickwire_traits::Instant;

use crate::sentences::sentence;

/// The event as text: the address and the fields, or the type of the sentence.
fn told(event: Event<'_>) -> String {
    let text = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
    match event {
        Event::Update(update) => format!("{:?}", update.sentence),
        Event::Other(raw) => {
            let fields: Vec<_> = raw.fields().map(text).collect();
            format!("{} {}", text(raw.address()), fields.join("|"))
        }
    }
}

const BODIES: [&str; 7] = [
    "PUBX,00,081350.00,4717.113210,N,,",
    "GPGLL,4916.45,N,12311.12,W,225444,A,",
    "PMTK001,314,3",
    "PMTK605",
    "PAIR001,002,0",
    "GPGLL,4916.45,N,12311.12,W,2254,A,", // Malformed, so passed over.
    "PGTOP,11,3",
];

const TOLD: [&str; 6] = [
    "PUBX 00|081350.00|4717.113210|N||",
    "Gll",
    "PMTK001 314|3",
    "PMTK605 ",
    "PAIR001 002|0",
    "PGTOP 11|3",
];

fn stream() -> Vec<u8> {
    let mut bytes: Vec<u8> = BODIES.iter().flat_map(|body| sentence(body.as_bytes())).collect();
    bytes.splice(0..0, *b"$PUBX,04*00\r\nnoise"); // A wrong checksum.
    bytes
}

#[test]
fn other_sentences_come_in_their_place_however_the_bytes_are_cut() {
    for size in 1..80 {
        let mut receiver = Receiver::<102>::new();
        let mut events = Vec::new();
        for chunk in stream().chunks(size) {
            let mut rest = chunk;
            while !rest.is_empty() {
                let (taken, event) = receiver.push_any(rest, Instant::EPOCH);
                events.extend(event.map(told));
                rest = &rest[taken..];
            }
        }
        assert_eq!(events, TOLD, "{size} bytes at once");
        let counters = receiver.counters();
        assert_eq!((counters.unsupported, counters.accepted, counters.malformed), (5, 1, 1));
    }
}

#[test]
fn a_dropped_wait_loses_no_sentence() {
    for polls in 1..4 {
        let sim = Sim::new();
        let line = gps::Receiver::new(sim.clock(), stream(), 9_600);
        let mut gps = Gps::new(line, sim.clock());
        let events = sim.run(async {
            let mut events = Vec::new();
            loop {
                // A wait that is dropped is followed by one that is not.
                let dropped = drop_after(polls, gps.next().map(|next| next.map(told))).await;
                let next = match dropped {
                    None => gps.next().await.map(told),
                    Some(next) => next,
                };
                match next {
                    Ok(event) => events.push(event),
                    Err(Error::EndOfStream) => break events,
                    Err(error) => panic!("{error}"),
                }
            }
        });
        assert_eq!(events, TOLD, "dropped at poll {polls}");
    }
}

#[test]
fn several_sentences_of_one_read_come_one_after_another() {
    let sim = Sim::new();
    let bytes = stream();
    let mut gps = Gps::new(&bytes[..], sim.clock());
    let mut events = Vec::new();
    let error = sim.run(async {
        loop {
            match gps.next().await {
                Ok(event) if events.len() < TOLD.len() => events.push(told(event)),
                Ok(event) => panic!("once more: {}", told(event)),
                Err(error) => break error,
            }
        }
    });
    assert_eq!((events, error), (TOLD.map(str::to_owned).to_vec(), Error::EndOfStream));
}
