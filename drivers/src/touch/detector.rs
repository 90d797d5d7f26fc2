//! The machine: is a pad touched?

use tickwire_traits::Instant;

use super::{InvalidSettings, Settings};
use crate::analog_watch::BeyondFullScale;
use crate::contact::{Change, Contact};
use crate::full_scale::FullScale;
use crate::span::Span;
use crate::steady::Steady;

/// The untouched level falls once in so many readings, by such a part of the difference.
const DRIFT: u8 = 64;

/// Decides when to read, and whether the pad is touched. Pure: takes readings and times, returns
/// changes.
///
/// ```
/// use tickwire_drivers::contact::Contact::{Closed, Open};
/// use tickwire_drivers::touch::{Detector, Settings};
///
/// let mut pad = Detector::new(Settings::default().with_readings(1)).unwrap();
/// let mut seen = Vec::new();
/// // Below 80 % it is touched, and from 85 % on it is not.
/// for reading in [1_000, 1_000, 800, 799, 849, 850] {
///     let now = pad.deadline();
///     let change = pad.reading(reading, 1_023, now).unwrap();
///     seen.push(change.map(|change| change.contact));
/// }
/// assert_eq!(seen, [None, None, None, Some(Closed), None, Some(Open)]);
/// ```
#[derive(Clone, Debug)]
pub struct Detector {
    due: Instant,
    period: Span,
    untouched: u32,
    /// The reading before: a single one does not raise the level.
    last: u32,
    touched: Steady<bool>,
    scale: FullScale,
    threshold: u8,
    hysteresis: u8,
    /// Untouched readings since the level fell last.
    since_drift: u8,
}

impl Detector {
    /// Creates a detector of a pad that is not touched. The first reading is due immediately.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] if the settings contradict one another.
    pub const fn new(settings: Settings) -> Result<Self, InvalidSettings> {
        if let Err(invalid) = settings.check() {
            return Err(invalid);
        }
        Ok(Self {
            due: Instant::EPOCH,
            period: Span::new(settings.period),
            untouched: 0,
            last: 0,
            touched: Steady::new(false, settings.readings),
            scale: FullScale::new(),
            threshold: settings.threshold,
            hysteresis: settings.hysteresis,
            since_drift: 0,
        })
    }

    /// Returns when to read.
    pub const fn deadline(&self) -> Instant {
        self.due
    }

    /// Returns whether the pad is touched, as reported.
    pub const fn is_touched(&self) -> bool {
        self.touched.state()
    }

    /// Returns the untouched level, or 0 before the second reading.
    pub const fn untouched(&self) -> u32 {
        self.untouched
    }

    /// Takes the next two readings as untouched.
    pub const fn relearn(&mut self) {
        (self.untouched, self.last, self.since_drift) = (0, 0, 0);
    }

    /// Returns the number of readings above the full scale, up to 65 535.
    pub const fn beyond(&self) -> u16 {
        self.scale.beyond()
    }

    /// Takes a reading that was complete at `now`. Returns the change that it confirms.
    ///
    /// # Errors
    ///
    /// [`BeyondFullScale`] for the first reading above the full scale. It is ignored. Further such
    /// readings are only counted, until one is within the full scale.
    pub fn reading(
        &mut self,
        reading: u32,
        full_scale: u32,
        now: Instant,
    ) -> Result<Option<Change>, BeyondFullScale> {
        self.skip(now);
        let Some(reading) =
            self.scale.check(reading, full_scale).inspect_err(|_| self.touched.doubt())?
        else {
            return Ok(None);
        };
        self.untouched = self.untouched.max(reading.min(self.last));
        self.last = reading;
        // The bound below which a reading is touched.
        let percent = self.threshold + if self.is_touched() { self.hysteresis } else { 0 };
        let is_touched = reading < part(self.untouched, percent);
        if is_touched || self.is_touched() {
            self.since_drift = 0;
        } else {
            self.drift(reading);
        }
        let has_changed = self.touched.see(is_touched);
        let contact = if is_touched { Contact::Closed } else { Contact::Open };
        Ok(has_changed.then_some(Change { key: (), contact, at: now }))
    }

    /// Moves on to the next reading without one, because the input has failed.
    pub fn skip(&mut self, now: Instant) {
        self.due = self.period.next(self.due, now);
    }

    fn drift(&mut self, reading: u32) {
        self.since_drift += 1;
        if self.since_drift < DRIFT {
            return;
        }
        self.since_drift = 0;
        self.untouched -= self.untouched.saturating_sub(reading).div_ceil(DRIFT.into());
    }
}

/// Returns some percent of a value, rounded down, without a product of more than 32 bits.
fn part(value: u32, percent: u8) -> u32 {
    let percent = u32::from(percent.min(100));
    value / 100 * percent + value % 100 * percent / 100
}
