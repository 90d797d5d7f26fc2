//! A pad that a finger touches, as a button.
//!
//! The pad is an [`AnalogInput`] whose value falls when it is touched: the touch sensor of an
//! ESP32, how often a pin charges within a fixed time, or a light sensor that a hand covers. Where
//! a value rises, such as the time that a pin takes to charge, subtract it from a full scale in
//! [`analog::from_fn`](tickwire_traits::analog::from_fn). The driver compares the value with the
//! one of the untouched pad, which it learns.

mod detector;

use core::fmt;

use tickwire_traits::{AnalogInput, Duration, Instant, Timer, TimerQueue};

use crate::contact::{Change, ContactSource};

pub use crate::analog_watch::Error;
pub use detector::Detector;

/// A touch pad: a [`ContactSource`] for [`Button`](crate::button::Button).
///
/// ```
/// use tickwire_drivers::button::{Button, Event};
/// use tickwire_drivers::touch::{Settings, Touch};
/// use tickwire_sim::{Sim, analog::Source};
/// use tickwire_traits::Instant;
///
/// let sim = Sim::new();
/// let pad = Source::new(sim.clock(), 65_535);
/// pad.set(30_000);
/// pad.set_at(Instant::from_millis(500), 21_000);
/// pad.set_at(Instant::from_millis(700), 29_800);
///
/// let touch = Touch::new(pad, sim.clock(), Settings::default()).unwrap();
/// let mut button = Button::of(touch);
/// assert_eq!(sim.run(button.gesture()).unwrap().event, Event::Press);
/// assert_eq!(sim.run(button.gesture()).unwrap().event, Event::Release);
/// ```
///
/// # The untouched level
///
/// It is the highest level of two readings in a row so far: a single disturbed one is not taken
/// for it. While the pad is not touched, it falls toward lower readings:
/// every 64 readings by a 64th of the difference, so that it follows temperature and moisture
/// within some minutes. While the pad is touched, it stays.
///
/// A pad that is touched at the start is taken as untouched. It reports nothing until it is
/// released and touched again.
///
/// # Readings
///
/// The pad is read every 20 ms, only while a future is awaited; in between, the driver waits for
/// its clock. A change is reported at the second reading in a row that shows it, and its time is
/// that of this reading.
///
/// The time limit of [`change_until`](ContactSource::change_until) does not end a conversion that
/// has begun.
#[derive(Debug)]
pub struct Touch<A, T> {
    pad: A,
    clock: T,
    detector: Detector,
}

/// When a pad is touched, and how often it is read.
///
/// ```
/// use tickwire_drivers::touch::Settings;
/// use tickwire_traits::Duration;
///
/// let settings = Settings::default()
///     .with_threshold(60)
///     .with_hysteresis(10)
///     .with_period(Duration::from_millis(30))
///     .with_readings(3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Settings {
    threshold: u8,
    hysteresis: u8,
    period: Duration,
    readings: u8,
}

/// Settings that contradict one another.
///
/// ```
/// use tickwire_drivers::touch::{Detector, InvalidSettings, Settings};
///
/// let settings = Settings::default().with_threshold(96);
/// let error = Detector::new(settings).unwrap_err();
/// assert_eq!(error, InvalidSettings::Hysteresis);
/// assert_eq!(error.to_string(), "threshold and hysteresis are more than 100 % together");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum InvalidSettings {
    /// The threshold is not 1 to 99 %.
    Threshold,
    /// The threshold and the hysteresis are more than 100 % together: a touch would not end.
    Hysteresis,
    /// There is no time between two readings.
    ZeroPeriod,
    /// A change takes no readings.
    NoReadings,
}

impl Settings {
    /// Sets the part of the untouched level below which the pad is touched, 1 to 99 %. It is
    /// 80 % by default.
    pub const fn with_threshold(mut self, percent: u8) -> Self {
        self.threshold = percent;
        self
    }

    /// Sets by how much of the untouched level a reading has to be above the threshold to end a
    /// touch, in percent. It is 5 % by default.
    pub const fn with_hysteresis(mut self, percent: u8) -> Self {
        self.hysteresis = percent;
        self
    }

    /// Sets the time between two readings. More than an hour is taken as an hour.
    pub const fn with_period(mut self, period: Duration) -> Self {
        self.period = period;
        self
    }

    /// Sets how many readings in a row have to agree on a change. It is 2 by default.
    pub const fn with_readings(mut self, readings: u8) -> Self {
        self.readings = readings;
        self
    }

    const fn check(&self) -> Result<(), InvalidSettings> {
        if self.threshold == 0 || self.threshold > 99 {
            Err(InvalidSettings::Threshold)
        } else if self.hysteresis > 100 - self.threshold {
            Err(InvalidSettings::Hysteresis)
        } else if self.period.is_zero() {
            Err(InvalidSettings::ZeroPeriod)
        } else if self.readings == 0 {
            Err(InvalidSettings::NoReadings)
        } else {
            Ok(())
        }
    }
}

impl Default for Settings {
    /// 80 %, with a hysteresis of 5 %, read every 20 ms, two readings in a row.
    fn default() -> Self {
        Self { threshold: 80, hysteresis: 5, period: Duration::from_millis(20), readings: 2 }
    }
}

impl<A: AnalogInput, T: TimerQueue> Touch<A, T> {
    /// Creates a pad that is not touched. Reads nothing yet.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] if the settings contradict one another.
    pub fn new(pad: A, clock: T, settings: Settings) -> Result<Self, InvalidSettings> {
        Ok(Self { pad, clock, detector: Detector::new(settings)? })
    }

    /// Returns the pad and the clock.
    pub fn release(self) -> (A, T) {
        (self.pad, self.clock)
    }

    /// Returns whether the pad is touched, as reported.
    pub const fn is_touched(&self) -> bool {
        self.detector.is_touched()
    }

    /// Returns the untouched level, or 0 before the second reading.
    pub const fn untouched(&self) -> u32 {
        self.detector.untouched()
    }

    /// Learns the untouched level anew: the next two readings are taken as untouched, which ends a
    /// touch.
    pub const fn relearn(&mut self) {
        self.detector.relearn();
    }

    /// Returns the number of readings above the full scale of the input, up to 65 535.
    pub const fn beyond_full_scale(&self) -> u16 {
        self.detector.beyond()
    }
}

impl<A: AnalogInput, T: TimerQueue> ContactSource for Touch<A, T> {
    type Key = ();
    type Error = Error<A::Error>;

    fn now(&self) -> Instant {
        self.clock.now()
    }

    async fn change_until(&mut self, until: Instant) -> Result<Option<Change>, Error<A::Error>> {
        loop {
            let due = self.detector.deadline();
            if until < due {
                self.clock.sleep_until(until).await;
                return Ok(None);
            }
            self.clock.sleep_until(due).await;
            let reading = self.pad.read().await;
            // No await below: a reading that was taken is recorded.
            let (now, full_scale) = (self.clock.now(), self.pad.full_scale());
            let change = match reading {
                Ok(reading) => self.detector.reading(reading, full_scale, now)?,
                Err(error) => {
                    self.detector.skip(now);
                    return Err(Error::Input(error));
                }
            };
            // Without a change, the next reading is due after a limit that is past.
            if change.is_some() {
                return Ok(change);
            }
        }
    }
}

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Threshold => "the threshold is not 1 to 99 %",
            Self::Hysteresis => "threshold and hysteresis are more than 100 % together",
            Self::ZeroPeriod => "there is no time between two readings",
            Self::NoReadings => "a change takes no readings",
        })
    }
}

impl core::error::Error for InvalidSettings {}

#[cfg(test)]
mod tests;
