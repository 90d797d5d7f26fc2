//! The satellites that a receiver hears, by system and signal.

mod counters;
mod satellite;
mod set;
mod used;

use tickwire_traits::Instant;

use super::counters::count;
use super::decode::{self, Decode, Page, Refusal, Report, Seen};
use super::{Decoder, FixedPoint, Sentence};
use satellite::Key;
use set::{Head, Taken};
use used::Used;

pub use counters::SatelliteCounters;
pub use satellite::Satellite;
pub use set::SatelliteSet;

/// The number of sets, one for each signal of a system. A receiver of three bands and all systems
/// sends up to fifteen.
const SETS: usize = 16;

/// A decoder that also keeps the satellites in view: GSV, and of GSA which are used.
///
/// It is a decoder around another, to which it passes each sentence. A [`Gps`](super::Gps) without
/// it has none of its code and none of its memory.
///
/// A receiver sends a set of GSV sentences per system, and since NMEA 0183, version 4.10, one per
/// signal of a system. The sentences of a set are collected behind the set that was published
/// before. The last sentence replaces that set at once. So a caller always reads whole sets, each
/// with its [age](SatelliteSet::age).
///
/// ```
/// use tickwire_drivers::gps::{Error, Gps, Satellites};
/// use tickwire_sim::{Sim, models::gps};
///
/// let sim = Sim::new();
/// let line = gps::Receiver::new(sim.clock(), gps::sky_log(2), 9_600);
/// let mut gps = Gps::new(line, sim.clock()).with_decoder(Satellites::<32>::new());
/// sim.run(async { while gps.update().await != Err(Error::EndOfStream) {} });
/// let satellites = gps.decoder();
/// for set in satellites.sets() {
///     let used = set.satellites().filter(|satellite| satellite.is_used()).count();
///     let best = set.satellites().filter_map(|satellite| satellite.snr()).max();
///     println!("{} {}: {used} used, {} dBHz", set.system(), set.signal(), best.unwrap_or(0));
/// }
/// assert_eq!(satellites.sets().count(), 4);
/// assert_eq!(satellites.counters().torn, 0);
/// ```
///
/// # Sets that are not whole
///
/// A sentence that is missing, doubled or in the wrong place, a number of satellites that changes,
/// and a sentence of another kind tear the set that is being collected. It is counted in
/// [`SatelliteCounters::torn`], and the set before stays published.
///
/// Sentences that no decoder supports tear nothing, nor do GSV sentences of other signals. If a
/// receiver sends GSV alone and the line loses the end of a set and the beginning of the next one
/// of equal length, the two look like one set.
///
/// # Used satellites
///
/// GSA sentences in a row are one list. It applies to all sets when the next sentence comes.
///
/// # Memory
///
/// `N` satellites have room, those being collected included: as many as the receiver hears on all
/// signals, and those of its largest set once more. 48 are enough for GPS and GLONASS on one
/// signal each, and 128 for four systems on two. Satellites that do not fit are
/// [counted](SatelliteSet::omitted). When room is needed, a set that was not renewed for a minute
/// is given up.
///
/// A satellite takes 8 bytes. The rest takes at most 400, which the compiler checks. On a Cortex-M0+
/// the code takes 2.9 KB of flash.
#[derive(Clone, Debug)]
pub struct Satellites<const N: usize, D = FixedPoint> {
    decoder: D,
    entries: [Satellite; N],
    /// The number of entries in use, from the first on.
    len: usize,
    heads: [Head; SETS],
    used: Used,
    used_at: Option<Instant>,
    counters: SatelliteCounters,
}

const _: () = assert!(size_of::<Satellites<0, ()>>() <= 400);

impl<const N: usize> Satellites<N> {
    /// Creates a decoder without any set, around [`FixedPoint`].
    pub const fn new() -> Self {
        Self {
            decoder: FixedPoint,
            entries: [Satellite::NONE; N],
            len: 0,
            heads: [const { Head::NONE }; SETS],
            used: Used::NOTHING,
            used_at: None,
            counters: SatelliteCounters::NONE,
        }
    }
}

impl<const N: usize, D> Satellites<N, D> {
    /// Replaces the decoder that reads the sentences. The default is [`FixedPoint`].
    pub fn with_decoder<E: Decoder>(self, decoder: E) -> Satellites<N, E> {
        let Self { entries, len, heads, used, used_at, counters, .. } = self;
        Satellites { decoder, entries, len, heads, used, used_at, counters }
    }

    /// Returns the decoder that reads the sentences.
    pub const fn decoder(&self) -> &D {
        &self.decoder
    }

    /// Returns the last whole set of each signal, in no particular order.
    pub fn sets(&self) -> impl Iterator<Item = SatelliteSet<'_>> + Clone {
        let entries = self.entries.get(..self.len).unwrap_or_default();
        let published = self.heads.iter().filter(|head| head.is_published());
        published.map(move |head| SatelliteSet { head, entries })
    }

    /// Returns the time of the last list of used satellites.
    pub const fn used_at(&self) -> Option<Instant> {
        self.used_at
    }

    /// Returns what has been counted. [`SatelliteCounters::sets`] changes when a set is published.
    pub const fn counters(&self) -> &SatelliteCounters {
        &self.counters
    }

    /// Takes a sentence of a set.
    fn take(&mut self, page: &Page, sentence: &[u8], now: Instant) {
        let key = Key::new(page.system, page.signal);
        let Some(index) = self.head(key, now) else {
            // Not by another copy of `in_view`.
            for _ in page.ids.iter().filter(|id| **id != 0) {
                count(&mut self.counters.omitted);
            }
            return;
        };
        let Some(head) = self.heads.get_mut(index) else { return };
        let taken = head.take(page);
        let (Taken::Kept { tears } | Taken::Torn { tears }) = taken;
        if tears {
            count(&mut self.counters.torn);
            self.remove(key.pending());
        }
        if let Taken::Torn { .. } = taken {
            return;
        }
        for seen in decode::in_view(sentence) {
            self.keep(index, key, &seen, now);
        }
        if page.number == page.of {
            self.publish(index, key, now);
        }
    }

    /// Returns the place of a signal. Returns `None` if there is none.
    fn head(&mut self, key: Key, now: Instant) -> Option<usize> {
        let place = |heads: &[Head], key| heads.iter().position(|head| head.key == key);
        if let Some(index) = place(&self.heads, key) {
            return Some(index);
        }
        let free = |heads: &[Head]| place(heads, Key::NONE);
        let index = free(&self.heads).or_else(|| {
            self.give_up(key, now);
            free(&self.heads)
        })?;
        self.heads.get_mut(index)?.key = key;
        Some(index)
    }

    /// Keeps a satellite of the set that is being collected, if there is room.
    fn keep(&mut self, index: usize, key: Key, seen: &Seen, now: Instant) {
        let mut satellite = Satellite::new(key.pending(), seen);
        satellite.is_used = self.is_used(&satellite);
        if self.len >= N {
            self.give_up(key, now);
        }
        if let Some(entry) = self.entries.get_mut(self.len) {
            *entry = satellite;
            self.len += 1;
        } else if let Some(head) = self.heads.get_mut(index) {
            head.omit();
        }
    }

    fn publish(&mut self, index: usize, key: Key, now: Instant) {
        self.remove(key);
        for entry in self.entries.iter_mut().filter(|entry| entry.key == key.pending()) {
            entry.key = key;
        }
        if let Some(head) = self.heads.get_mut(index) {
            let omitted = u32::from(head.publish(now));
            self.counters.omitted = self.counters.omitted.saturating_add(omitted);
            count(&mut self.counters.sets);
        }
    }

    /// Gives up the sets that are stale or were never whole, except for that of `current`.
    #[inline(never)]
    fn give_up(&mut self, current: Key, now: Instant) {
        for index in 0..SETS {
            if let Some(head) = self.heads.get_mut(index)
                && head.key != current
                && head.is_stale(now)
            {
                let key = head.key;
                *head = Head::NONE;
                self.remove(key);
            }
        }
    }

    /// Removes the satellites of a set. The others keep their order.
    #[inline(never)]
    fn remove(&mut self, key: Key) {
        let mut kept = 0;
        for index in 0..self.len {
            let Some(entry) = self.entries.get(index).copied() else { break };
            if entry.key != key
                && let Some(slot) = self.entries.get_mut(kept)
            {
                *slot = entry;
                kept += 1;
            }
        }
        // No entry that is not in use has the key of a set.
        if let Some(rest) = self.entries.get_mut(kept..self.len) {
            rest.fill(Satellite::NONE);
        }
        self.len = kept;
    }

    /// Gives up each set that is being collected.
    fn tear(&mut self) {
        for index in 0..SETS {
            if let Some(head) = self.heads.get_mut(index)
                && head.is_collecting()
            {
                head.tear();
                let key = head.key;
                count(&mut self.counters.torn);
                self.remove(key.pending());
            }
        }
    }

    /// Applies the list of used satellites.
    fn mark(&mut self) {
        for index in 0..self.len {
            let Some(entry) = self.entries.get(index) else { break };
            let is_used = self.is_used(entry);
            if let Some(entry) = self.entries.get_mut(index) {
                entry.is_used = is_used;
            }
        }
    }

    fn is_used(&self, satellite: &Satellite) -> bool {
        satellite.number().is_some_and(|number| self.used.contains(satellite.system(), number))
    }
}

impl<const N: usize, D: Decode> Decode for Satellites<N, D> {
    fn decode(
        &mut self,
        sentence: &[u8],
        now: Instant,
        report: &mut Report,
    ) -> Result<(), Refusal> {
        self.decoder.decode(sentence, now, report)?;
        if report.sentence == Sentence::Gsa {
            if let Some((system, numbers)) = decode::in_use(sentence) {
                self.used.take(system, &numbers);
                self.used_at = Some(now);
            }
        } else if self.used.end() {
            self.mark();
        }
        match &report.page {
            Some(page) => self.take(page, sentence, now),
            None => self.tear(),
        }
        Ok(())
    }
}

impl<const N: usize> Default for Satellites<N> {
    fn default() -> Self {
        Self::new()
    }
}
