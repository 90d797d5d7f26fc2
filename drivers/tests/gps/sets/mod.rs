//! Satellites by system and signal: `Satellites`.

mod model;
mod room;
mod shell;
mod torn;
mod used;
mod vectors;

use tickwire_drivers::gps::{Decoder, Receiver, Satellite, Satellites};
use tickwire_traits::{Duration, Instant};

use crate::sentences::sentence;

/// A receiver that reads a sentence per millisecond.
struct Reader<const N: usize> {
    receiver: Receiver<102, Satellites<N>>,
    now: Instant,
}

impl<const N: usize> Reader<N> {
    fn new() -> Self {
        let receiver = Receiver::new().with_decoder(Satellites::new());
        Self { receiver, now: Instant::EPOCH }
    }

    fn read(&mut self, body: &str) {
        self.now += Duration::from_millis(1);
        self.receiver.push_all(&sentence(body.as_bytes()), self.now);
    }

    fn satellites(&self) -> &Satellites<N> {
        self.receiver.decoder()
    }

    /// What is published, as by [`shown`].
    fn shown(&self) -> String {
        shown(self.satellites())
    }

    /// Sets that were published, sets that were torn, satellites that were omitted.
    fn counted(&self) -> (u32, u32, u32) {
        let counters = self.satellites().counters();
        (counters.sets, counters.torn, counters.omitted)
    }
}

/// Writes the sets in order of their names: `GPS/1: 7 8*; GLONASS/1: 65`, with a star for each
/// satellite that is used.
fn shown<const N: usize, D: Decoder>(satellites: &Satellites<N, D>) -> String {
    let name = |it: &Satellite| {
        let number = it.number().map_or("-".to_owned(), |number| number.to_string());
        format!("{number}{}", if it.is_used() { "*" } else { "" })
    };
    let mut sets: Vec<_> = satellites.sets().collect();
    sets.sort_by_key(|set| (set.system() as u8, set.signal()));
    let sets = sets.iter().map(|set| {
        let names: Vec<_> = set.satellites().map(name).collect();
        format!("{}/{}: {}", set.system(), set.signal(), names.join(" "))
    });
    sets.collect::<Vec<_>>().join("; ")
}

/// Reads sentences by their bodies.
fn after<const N: usize>(bodies: &[&str]) -> Reader<N> {
    let mut reader = Reader::new();
    for body in bodies {
        reader.read(body);
    }
    reader
}

/// Checks what is published after some sentences, and the numbers of sets that were published and
/// torn.
#[track_caller]
fn check(bodies: &[&str], expected: &str, counted: (u32, u32)) {
    let reader = after::<64>(bodies);
    assert_eq!(reader.shown(), expected, "{bodies:?}");
    assert_eq!(reader.counted(), (counted.0, counted.1, 0), "{bodies:?}");
}

/// A GSV sentence of a set: `page("GP", 1, 2, &[3, 4], "1")` is the first of two.
fn page(talker: &str, number: u8, of: u8, ids: &[u16], signal: &str) -> String {
    let satellites: String = ids.iter().map(|id| format!(",{id:02},45,180,30")).collect();
    let in_view = of * 4;
    let signal = if signal.is_empty() { String::new() } else { format!(",{signal}") };
    format!("{talker}GSV,{of},{number},{in_view:02}{satellites}{signal}")
}
