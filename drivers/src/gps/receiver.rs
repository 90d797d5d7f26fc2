//! The receiver's state machine.

use tickwire_traits::Instant;

use super::counters::count;
use super::report::{self, Page, Refusal};
use super::{Constellation, Counters, Fix, Framer, LINE_LENGTH, Update};

/// Turns bytes into a [`Fix`]. No waiting, no clock: give it the time when the
/// byte was read.
///
/// ```text
/// byte, now ─► Framer ─► sentence ─► nmea ─► report ─► Fix ─► Update
///                └────── Counters ──────┘
/// ```
///
/// ```
/// use tickwire_drivers::gps::Receiver;
/// use tickwire_traits::Instant;
///
/// let mut receiver = Receiver::<102>::new();
/// for byte in *b"$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r\n" {
///     receiver.push(byte, Instant::EPOCH);
/// }
/// assert_eq!(receiver.counters().accepted, 1);
/// assert_eq!(receiver.fix().position().unwrap().value.latitude.e7(), 492_741_667);
/// ```
#[derive(Clone, Debug)]
pub struct Receiver<const LINE: usize = LINE_LENGTH> {
    framer: Framer<LINE>,
    fix: Fix,
    sets: [Set; Constellation::ALL.len()],
}

/// How much of a set of GSV sentences came, in order. Each system has its own:
/// receivers send them one after the other, and each talker numbers from 1.
#[derive(Clone, Copy, Debug, Default)]
struct Set {
    seen: u8,
    of: u8,
}

impl<const LINE: usize> Receiver<LINE> {
    /// Creates a receiver that knows nothing yet.
    pub const fn new() -> Self {
        const NOTHING: Set = Set { seen: 0, of: 0 };
        Self { framer: Framer::new(), fix: Fix::UNKNOWN, sets: [NOTHING; Constellation::ALL.len()] }
    }

    /// Takes the next byte, read at `now`. Returns what changed, if that byte
    /// ended a sentence that was understood.
    pub fn push(&mut self, byte: u8, now: Instant) -> Option<Update> {
        let report = match report::read(self.framer.push(byte)?) {
            Ok(report) => report,
            Err(refusal) => {
                let counters = &mut self.framer.counters;
                count(match refusal {
                    Refusal::Unsupported => &mut counters.unsupported,
                    Refusal::Malformed => &mut counters.malformed,
                });
                return None;
            }
        };
        count(&mut self.framer.counters.accepted);
        let in_view = report.page.and_then(|page| {
            let set = self.sets.get_mut(page.system as usize)?;
            set.turn(page).then_some((page.system, page.in_view))
        });
        Some(self.fix.apply(&report, in_view, now))
    }

    /// Returns what is known.
    pub const fn fix(&self) -> &Fix {
        &self.fix
    }

    /// Returns what has been counted since the receiver was made.
    pub const fn counters(&self) -> &Counters {
        self.framer.counters()
    }
}

impl<const LINE: usize> Default for Receiver<LINE> {
    fn default() -> Self {
        Self::new()
    }
}

impl Set {
    /// Takes the next sentence. `true` if the set is whole by it.
    fn turn(&mut self, page: Page) -> bool {
        let follows = page.of == self.of && page.number == self.seen.saturating_add(1);
        if page.number == 1 || follows {
            *self = Self { seen: page.number, of: page.of };
        } else {
            *self = Self::default();
        }
        self.seen == self.of && self.of != 0
    }
}
