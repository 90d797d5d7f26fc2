//! What readings mean for a band.

use tickwire_traits::Instant;

use super::settings::{Ends, around, entrance};
use super::{Band, InvalidSettings, Settings};
use crate::full_scale::FullScale;
use crate::span::Span;

/// A value, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Sample {
    /// The mean of the readings, rounded to the nearest value; halves are rounded up.
    pub value: u32,
    /// Where the value is, with hysteresis.
    pub place: Place,
    /// When its last reading was complete.
    pub at: Instant,
}

/// A place relative to a [`Band`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Place {
    /// In the band, or at one of its ends.
    Inside,
    /// Below or above the band.
    Outside,
}

/// A reading above the full scale of its input: this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BeyondFullScale(pub u32);

/// Decides when to read, and where the value is. Pure: takes readings and times, returns samples.
///
/// ```text
///     deadline: read ──► reading ──► mean of n ──► value ──► inside or outside
///          ▲                │
///          └── a period ────┘
/// ```
///
/// ```
/// use tickwire_drivers::analog_watch::{Band, Place, Settings, Watcher};
/// use tickwire_traits::{Duration, Instant};
///
/// let band = Band::between(300, 700).with_hysteresis(10);
/// let mut watcher = Watcher::new(Settings::new(band), 1_023).unwrap();
/// let places = [700, 701, 695, 690].map(|reading| {
///     let now = watcher.deadline();
///     watcher.reading(reading, 1_023, now).unwrap().unwrap().place
/// });
/// assert_eq!(places, [Place::Inside, Place::Outside, Place::Outside, Place::Inside]);
/// assert_eq!(watcher.deadline(), Instant::from_millis(40));
/// ```
#[derive(Clone, Debug)]
pub struct Watcher {
    due: Instant,
    period: Span,
    /// Of the readings for the next value.
    sum: u32,
    low: u32,
    /// The span, while the band has no place.
    high: u32,
    hysteresis: u32,
    full_scale: FullScale,
    /// The readings in the sum.
    taken: u8,
    /// The readings of a value before its last one.
    before_last: u8,
    state: State,
    has_begun: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The next value tells where the band is.
    Unplaced,
    /// The next value tells where it is.
    Unknown,
    At(Place),
}

impl Watcher {
    /// Creates a watcher for readings from 0 to `full_scale`, of which the first is due
    /// immediately.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] if the settings contradict one another.
    pub fn new(settings: Settings, full_scale: u32) -> Result<Self, InvalidSettings> {
        settings.check(full_scale)?;
        let mut watcher = Self {
            due: Instant::EPOCH,
            period: Span::new(settings.period),
            sum: 0,
            low: 0,
            high: 0,
            hysteresis: 0,
            full_scale: FullScale::new(),
            taken: 0,
            before_last: settings.readings.saturating_sub(1).try_into().unwrap_or(u8::MAX),
            state: State::Unknown,
            has_begun: false,
        };
        watcher.place_band(settings.band, full_scale);
        Ok(watcher)
    }

    /// Replaces the band. The next value is of readings from now on.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] if the band contradicts itself or the full scale. Nothing has changed.
    pub fn set_band(&mut self, band: Band, full_scale: u32) -> Result<(), InvalidSettings> {
        band.check(full_scale)?;
        self.place_band(band, full_scale);
        Ok(())
    }

    fn place_band(&mut self, band: Band, full_scale: u32) {
        (self.sum, self.taken) = (0, 0);
        self.hysteresis = band.hysteresis;
        self.state = State::Unknown;
        (self.low, self.high) = match band.ends {
            Ends::Between { low, high } => (low, high),
            Ends::Around { value, span } => around(value, span, full_scale),
            Ends::AroundCurrent { span } => {
                self.state = State::Unplaced;
                (0, span)
            }
        };
    }

    /// Returns when to read.
    pub const fn deadline(&self) -> Instant {
        self.due
    }

    /// Returns where the last value was, or `None` before the first one of a band.
    pub const fn place(&self) -> Option<Place> {
        match self.state {
            State::At(place) => Some(place),
            State::Unplaced | State::Unknown => None,
        }
    }

    /// Returns the number of readings above the full scale, up to 65 535.
    pub const fn beyond(&self) -> u16 {
        self.full_scale.beyond()
    }

    /// Takes a reading that was complete at `now`. Returns a sample if it completes a value.
    ///
    /// The next reading is due at the next whole number of periods after the first one, however
    /// late this one is: those that were missed are not made up for.
    ///
    /// # Errors
    ///
    /// [`BeyondFullScale`] for the first reading above the full scale. It is counted, and is in no
    /// value. The watcher may be used again. Further such readings are only counted, until one is
    /// within the full scale.
    pub fn reading(
        &mut self,
        reading: u32,
        full_scale: u32,
        now: Instant,
    ) -> Result<Option<Sample>, BeyondFullScale> {
        self.skip(now);
        let Some(reading) = self.full_scale.check(reading, full_scale)? else { return Ok(None) };
        // Saturates only if the full scale is not that of the settings.
        self.sum = self.sum.saturating_add(reading);
        if self.taken < self.before_last {
            self.taken += 1;
            return Ok(None);
        }
        let readings = u32::from(self.before_last) + 1;
        let value = self.sum.saturating_add(readings / 2) / readings;
        (self.sum, self.taken) = (0, 0);
        let place = self.locate(value, full_scale);
        self.state = State::At(place);
        Ok(Some(Sample { value, place, at: now }))
    }

    /// Moves on to the next period without a reading, because the input has failed.
    pub fn skip(&mut self, now: Instant) {
        // The first reading is where the periods begin.
        let from = if self.has_begun { self.due } else { now };
        self.has_begun = true;
        self.due = self.period.next(from, now);
    }

    fn locate(&mut self, value: u32, full_scale: u32) -> Place {
        let (low, high) = match self.state {
            State::Unplaced => {
                (self.low, self.high) = around(value, self.high, full_scale);
                return Place::Inside;
            }
            State::At(Place::Outside) => entrance(self.low, self.high, self.hysteresis, full_scale),
            State::Unknown | State::At(Place::Inside) => (self.low, self.high),
        };
        if low <= value && value <= high { Place::Inside } else { Place::Outside }
    }
}
