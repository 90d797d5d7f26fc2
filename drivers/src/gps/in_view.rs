//! Satellites in view, counted over the signals on which a receiver hears them.

use super::Constellation;
use super::decode::Page;

/// The satellites that GSV sentences name.
///
/// A receiver of several bands sends a set of sentences for each signal of a system
/// (NMEA 0183, version 4.10), and a satellite is in the sets of all signals on which it
/// is heard. So the satellites in view are the union of the sets of one cycle.
///
/// ```text
/// ┌──────────────── a cycle of one system ────────────────┐
///  1 of 2, signal 1 │ 2 of 2, signal 1 │ 1 of 1, signal 6 │ 1 of 2, signal 1 ...
///                          └ set whole        └ set whole  └ heard already: next cycle
/// ```
///
/// A cycle ends when the set of a signal begins again. To report a whole union at its
/// last sentence, and not a partial one before, a cycle is expected to have the signals
/// of the cycle before it. One that has fewer reports nothing; the next one does.
#[derive(Clone, Debug)]
pub(super) struct InView {
    seen: [u32; PLACES / 32],
    cycles: [Cycle; Constellation::ALL.len()],
}

/// What came of a system's present cycle.
#[derive(Clone, Copy, Debug)]
struct Cycle {
    /// The signals whose sets began, a bit each.
    signals: u16,
    /// Those of the cycle before.
    expected: u16,
    /// The last page of the present set, its number of pages, and its signal.
    page: u8,
    of: u8,
    signal: u8,
    /// How many satellites were named.
    named: u8,
    /// The most that a set announced: a receiver may leave out the number of a satellite.
    announced: u8,
    /// Whether a page is missing.
    torn: bool,
}

/// Places for the satellites of a GPS talker: 1 to 202, with those of other systems that
/// old receivers send under it.
const OF_GPS: usize = 256;

/// Places for the satellites of another talker. Each numbering (1 on, 65 on, 201 on, 301
/// on, 401 on) has at most as many.
const OF_OTHERS: usize = 64;

const PLACES: usize = OF_GPS + (Constellation::ALL.len() - 1) * OF_OTHERS;

impl InView {
    pub(super) const NOTHING: Self =
        Self { seen: [0; PLACES / 32], cycles: [Cycle::expecting(0); Constellation::ALL.len()] };

    /// Takes the next page. Returns the number of satellites of its system, if it is known
    /// anew.
    pub(super) fn take(&mut self, page: &Page) -> Option<u8> {
        let (first, places) = places(page.system);
        let cycle = self.cycles.get_mut(page.system as usize)?;
        if !cycle.continues(page) {
            if cycle.has(page.signal) {
                *cycle = Cycle::expecting(cycle.signals);
                self.seen.get_mut(first / 32..(first + places) / 32)?.fill(0);
            }
            cycle.begin(page);
        }
        cycle.page = page.number;
        cycle.announced = cycle.announced.max(page.in_view);
        for id in page.ids.into_iter().filter(|id| *id != 0) {
            let place = first + usize::from(id) % places;
            let word = self.seen.get_mut(place / 32)?;
            let bit = 1 << (place % 32);
            cycle.named = cycle.named.saturating_add(u8::from(*word & bit == 0));
            *word |= bit;
        }
        cycle.told()
    }
}

impl Cycle {
    const fn expecting(expected: u16) -> Self {
        Self {
            signals: 0,
            expected,
            page: 0,
            of: 0,
            signal: 0,
            named: 0,
            announced: 0,
            torn: false,
        }
    }

    fn continues(&self, page: &Page) -> bool {
        page.number > 1
            && page.number == self.page.saturating_add(1)
            && (page.of, page.signal) == (self.of, self.signal)
    }

    fn has(&self, signal: u8) -> bool {
        self.signals & 1 << (signal & 0xf) != 0
    }

    /// Begins a set, at whichever page.
    fn begin(&mut self, page: &Page) {
        self.torn |= page.number != 1 || self.page != self.of;
        self.signals |= 1 << (page.signal & 0xf);
        (self.of, self.signal) = (page.of, page.signal);
    }

    /// The number of satellites, once every expected set is whole.
    fn told(&self) -> Option<u8> {
        let is_whole = self.page == self.of && !self.torn;
        let is_last = self.signals & self.expected == self.expected;
        (is_whole && is_last).then(|| self.named.max(self.announced))
    }
}

/// The first place of a system's satellites, and how many places there are.
const fn places(system: Constellation) -> (usize, usize) {
    match system as usize {
        0 => (0, OF_GPS),
        index => (OF_GPS + (index - 1) * OF_OTHERS, OF_OTHERS),
    }
}
