//! The machine: which key a level means.

use tickwire_traits::Instant;

use super::{InvalidSettings, Settings};
use crate::analog_watch::BeyondFullScale;
use crate::contact::{Change, Contact};
use crate::full_scale::FullScale;
use crate::span::Span;
use crate::steady::Steady;

/// Decides when to read, and which key is down. Pure: takes readings and times, returns changes.
///
/// ```
/// use tickwire_drivers::contact::{Change, Contact};
/// use tickwire_drivers::ladder::{Decoder, Settings, Share};
///
/// let settings = Settings::new([Share::percent(0), Share::percent(50)]).with_readings(1);
/// let mut decoder = Decoder::new(settings, 1_000).unwrap();
/// let now = decoder.deadline();
/// let change = decoder.reading(507, now).unwrap();
/// assert_eq!(change, Some(Change { key: 1, contact: Contact::Closed, at: now }));
/// // Key 0 hides key 1: one change is returned, and the other one is owed.
/// let change = decoder.reading(3, now).unwrap();
/// assert_eq!(change, Some(Change { key: 1, contact: Contact::Open, at: now }));
/// assert!(decoder.is_owing());
/// assert_eq!(decoder.owed(), Some(Change { key: 0, contact: Contact::Closed, at: now }));
/// ```
#[derive(Clone, Debug)]
pub struct Decoder<const N: usize> {
    due: Instant,
    levels: [u32; N],
    rest: u32,
    tolerance: u32,
    full_scale: u32,
    idle: Span,
    active: Span,
    key: Steady<Option<u8>>,
    scale: FullScale,
    between: u16,
    /// A key is down whose change is not returned yet.
    owes: bool,
}

impl<const N: usize> Decoder<N> {
    /// Creates a decoder of readings up to `full_scale`, of which the first is due immediately.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] if the settings contradict one another.
    pub fn new(settings: Settings<N>, full_scale: u32) -> Result<Self, InvalidSettings> {
        settings.check(full_scale)?;
        Ok(Self {
            due: Instant::EPOCH,
            levels: settings.levels.map(|level| level.of(full_scale)),
            rest: settings.rest.of(full_scale),
            tolerance: settings.tolerance.of(full_scale),
            full_scale,
            idle: Span::new(settings.idle),
            active: Span::new(settings.active),
            key: Steady::new(None, settings.readings),
            scale: FullScale::new(),
            between: 0,
            owes: false,
        })
    }

    /// Returns when to read, or to call [`owed`](Self::owed).
    pub const fn deadline(&self) -> Instant {
        self.due
    }

    /// Returns the key that is down, as reported.
    pub const fn key(&self) -> Option<u8> {
        if self.owes { None } else { self.key.state() }
    }

    /// Returns the number of readings between the levels, up to 65 535.
    pub const fn between(&self) -> u16 {
        self.between
    }

    /// Returns the number of readings above the full scale, up to 65 535.
    pub const fn beyond(&self) -> u16 {
        self.scale.beyond()
    }

    /// Returns whether a change has to be [returned](Self::owed) before the next reading.
    pub const fn is_owing(&self) -> bool {
        self.owes
    }

    /// Returns the change that is owed.
    pub fn owed(&mut self) -> Option<Change<u8>> {
        let key = self.key.state().filter(|_| self.owes)?;
        let at = self.due;
        self.owes = false;
        self.due = self.active.after(at);
        Some(Change { key, contact: Contact::Closed, at })
    }

    /// Takes a reading that was complete at `now`. Returns the change that it confirms.
    ///
    /// If another key is down at once, the first change is that the former one is up, and the
    /// second one is [owed](Self::owed). While a change is owed, a reading is ignored, and the change
    /// is returned.
    ///
    /// # Errors
    ///
    /// [`BeyondFullScale`] for the first reading above the full scale. It means no key. Further
    /// such readings are only counted, until one is within the full scale.
    pub fn reading(
        &mut self,
        reading: u32,
        now: Instant,
    ) -> Result<Option<Change<u8>>, BeyondFullScale> {
        if self.owes {
            return Ok(self.owed());
        }
        let checked = self.scale.check(reading, self.full_scale);
        let change = match checked {
            Ok(Some(reading)) => self.locate(reading, now),
            Ok(None) | Err(_) => {
                self.key.doubt();
                None
            }
        };
        self.skip(now);
        checked.map(|_| change)
    }

    /// Moves on to the next reading without one, because the input has failed.
    pub fn skip(&mut self, now: Instant) {
        let is_idle = self.key.state().is_none() && self.key.is_still();
        let period = if is_idle { self.idle } else { self.active };
        self.due = if self.owes { now } else { period.after(now) };
    }

    fn locate(&mut self, reading: u32, now: Instant) -> Option<Change<u8>> {
        let is_at = |level: u32| level.abs_diff(reading) <= self.tolerance;
        let key = self.levels.iter().zip(0..).find(|(level, _)| is_at(**level));
        let key = key.map(|(_, key)| key);
        if key.is_none() && !is_at(self.rest) {
            self.between = self.between.saturating_add(1);
            self.key.doubt();
            return None;
        }
        let before = self.key.state();
        if !self.key.see(key) {
            return None;
        }
        match (before, key) {
            (Some(before), after) => {
                self.owes = after.is_some();
                Some(Change { key: before, contact: Contact::Open, at: now })
            }
            (None, after) => after.map(|key| Change { key, contact: Contact::Closed, at: now }),
        }
    }
}
