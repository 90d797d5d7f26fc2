//! Satellites in view, counted over the signals on which they are received.

use super::Constellation;
use super::decode::Page;

/// The satellites that GSV sentences name.
///
/// A receiver of several bands sends a set of sentences for each signal of a system (NMEA 0183,
/// version 4.10). A satellite is in the set of each signal on which it is received, so the
/// satellites in view are the union of the sets of one cycle.
///
/// ```text
/// ┌──────────────── a cycle of one system ────────────────┐
///  1 of 2, signal 1 │ 2 of 2, signal 1 │ 1 of 1, signal 6 │ 1 of 2, signal 1 ...
///                          └ set complete     └ set complete └ repeated signal: next cycle
/// ```
///
/// The number changes at the end of a cycle, and no sentence marks that end. It is known when
/// either of these comes:
///
/// - The last sentence of the last known signal. The number changes at once.
/// - A sentence of a signal that the cycle already has, which begins the next cycle. The number of
///   the first cycle changes then, because no signals are known before. So does the number of a
///   cycle that lacks a known signal, if the cycle before lacked one too: a set that is lost once
///   looks like a signal that is no longer received.
///
/// A cycle in which a sentence is missing changes nothing. A signal stays known. In the first
/// cycle of a new one, the number changes twice: first without it, then with it.
///
/// Signal 0 stands for all signals, and a sentence without a signal is read as signal 0. Such a
/// set is a cycle of its own.
#[derive(Clone, Debug)]
pub(super) struct InView {
    seen: [u32; PLACES / 32],
    cycles: [Cycle; Constellation::ALL.len()],
    /// A bit for each system: whether its last cycle lacked a known signal.
    lacking: u8,
}

/// The current cycle of a system.
#[derive(Clone, Copy, Debug)]
struct Cycle {
    /// A bit for each signal whose set has begun; 0 during a set of all signals.
    signals: u16,
    /// A bit for each signal of the cycles before.
    known: u16,
    /// The last page of the current set, its number of pages, and its signal.
    page: u8,
    of: u8,
    signal: u8,
    /// The number of satellites that were named.
    named: u8,
    /// The largest number that a set announced: a receiver may omit the number of a satellite.
    announced: u8,
    /// Whether a page is missing.
    torn: bool,
}

/// Places for the satellites of a GPS talker: 1 to 202, which includes those of other systems that
/// old receivers report under that talker.
const OF_GPS: usize = 256;

/// Places for the satellites of another talker. Each numbering (from 1, 65, 201, 301 or 401) has at
/// most as many.
const OF_OTHERS: usize = 64;

/// Places for the satellites of all systems, each of which a set of bits begins with a word.
pub(super) const PLACES: usize = OF_GPS + (Constellation::ALL.len() - 1) * OF_OTHERS;

const _: () = assert!(Constellation::ALL.len() <= u8::BITS as usize, "`lacking` has a bit each");

impl InView {
    pub(super) const NOTHING: Self = Self {
        seen: [0; PLACES / 32],
        cycles: [Cycle::knowing(0); Constellation::ALL.len()],
        lacking: 0,
    };

    /// Takes the next page. Returns the number of satellites of its system at the end of a cycle.
    // Inlined into the task on a Cortex-M0+, it takes 200 bytes more flash.
    #[inline(never)]
    pub(super) fn take(&mut self, page: &Page) -> Option<u8> {
        let (first, places) = places(page.system);
        let cycle = self.cycles.get_mut(page.system as usize)?;
        let mut ended = None;
        if !cycle.continues(page) {
            if cycle.ends_before(page.signal) {
                if cycle.signals != 0 {
                    ended = cycle.ended(&mut self.lacking, 1 << page.system as u8);
                }
                *cycle = Cycle::knowing(cycle.known | cycle.signals);
                self.seen.get_mut(first / 32..(first + places) / 32)?.fill(0);
            }
            cycle.begin(page);
        }
        cycle.page = page.number;
        cycle.announced = cycle.announced.max(page.in_view);
        for id in page.ids.iter().filter(|id| **id != 0) {
            let place = first + usize::from(*id) % places;
            let word = self.seen.get_mut(place / 32)?;
            let bit = 1 << (place % 32);
            if *word & bit == 0 {
                *word |= bit;
                cycle.named = cycle.named.saturating_add(1);
            }
        }
        if cycle.is_first() || cycle.is_lacking() { ended } else { cycle.count().or(ended) }
    }
}

impl Cycle {
    const fn knowing(known: u16) -> Self {
        Self { signals: 0, known, page: 0, of: 0, signal: 0, named: 0, announced: 0, torn: false }
    }

    fn continues(&self, page: &Page) -> bool {
        page.number > 1
            && page.number == self.page.saturating_add(1)
            && (page.of, page.signal) == (self.of, self.signal)
    }

    /// Returns whether a set of `signal` belongs to the next cycle.
    const fn ends_before(&self, signal: u8) -> bool {
        self.signals == 0 || bit(signal) == 0 || self.signals & bit(signal) != 0
    }

    /// Begins a set, at any page.
    fn begin(&mut self, page: &Page) {
        self.torn |= page.number != 1 || self.page != self.of;
        self.signals |= bit(page.signal);
        (self.of, self.signal) = (page.of, page.signal);
    }

    /// Returns whether no signals were known before.
    const fn is_first(&self) -> bool {
        self.signals != 0 && self.known == 0
    }

    /// Returns whether a known signal has not come yet.
    const fn is_lacking(&self) -> bool {
        self.signals != 0 && self.signals & self.known != self.known
    }

    /// Returns the number of satellites, unless a page is missing.
    // Three callers: inlined, it takes more flash.
    #[inline(never)]
    fn count(&self) -> Option<u8> {
        (self.page == self.of && !self.torn).then(|| self.named.max(self.announced))
    }

    /// Returns the number of satellites at the beginning of the next cycle, if it changes then.
    fn ended(&self, lacking: &mut u8, system: u8) -> Option<u8> {
        if self.is_first() {
            return self.count();
        }
        let was_lacking = *lacking & system != 0;
        *lacking &= !system;
        if !self.is_lacking() {
            return None;
        }
        *lacking |= system;
        if was_lacking { self.count() } else { None }
    }
}

/// Returns the bit of a signal, or 0 for signal 0, which stands for all signals.
const fn bit(signal: u8) -> u16 {
    1 << (signal & 0xf) & !1
}

/// Returns the first place of the satellites of a system, and the number of places.
pub(super) const fn places(system: Constellation) -> (usize, usize) {
    match system as usize {
        0 => (0, OF_GPS),
        index => (OF_GPS + (index - 1) * OF_OTHERS, OF_OTHERS),
    }
}
