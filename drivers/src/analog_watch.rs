//! Analog values: waits until one leaves a band, or enters it.
//!
//! An [`AnalogWatch`] samples any [`AnalogInput`]:
//!
//! | input | of |
//! | --- | --- |
//! | [`analog::from_fn`](tickwire_traits::analog::from_fn) | an async closure, for example around embassy-rp's ADC |
//! | [`mcp3008::Channel`](crate::mcp3008::Channel) | an MCP3008 on an SPI bus |
//! | `tickwire_exec_std::adc::Input` | a converter of a Linux board |
//! | `tickwire_sim::analog::Source` | a wave in virtual time |
//!
//! To wait for changes of the value by more than a limit, put the band around what was reported:
//!
//! ```
//! use tickwire_drivers::analog_watch::{AnalogWatch, Band, Settings};
//! use tickwire_sim::{Sim, analog::Source};
//! use tickwire_traits::Instant;
//!
//! let sim = Sim::new();
//! let knob = Source::new(sim.clock(), 65_535);
//! knob.set(10_000);
//! knob.ramp_to(Instant::from_millis(1_000), 20_000); // 10 per millisecond.
//!
//! let settings = Settings::new(Band::around_current(2_000));
//! let mut watch = AnalogWatch::new(knob, sim.clock(), settings).unwrap();
//! let mut seen = Vec::new();
//! sim.run(async {
//!     for _ in 0..3 {
//!         let sample = watch.leave().await.unwrap();
//!         seen.push(sample.value);
//!         watch.set_band(Band::around(sample.value, 2_000)).unwrap();
//!     }
//! });
//! assert_eq!(seen, [12_100, 14_200, 16_300]);
//! ```
//!
//! That band moves with the reports: a change between two calls is reported by the second call.
//! If [`Band::around_current`] is set there instead, the band is around the next value, and a
//! change before it is lost.

mod error;
mod settings;
mod watcher;

use futures_util::Stream;
use futures_util::stream::unfold;
use tickwire_traits::{AnalogInput, Timer, TimerQueue};

pub use error::Error;
pub use settings::{Band, InvalidSettings, Settings};
pub use watcher::{BeyondFullScale, Place, Sample, Watcher};

/// A watch over an analog input: is its value inside a band?
///
/// ```
/// use tickwire_drivers::analog_watch::{AnalogWatch, Band, Place, Settings};
/// use tickwire_sim::{Sim, analog::Source};
/// use tickwire_traits::{Duration, Instant};
///
/// let sim = Sim::new();
/// let tank = Source::new(sim.clock(), 1_023);
/// tank.set(500);
/// tank.set_noise(1, 4);
/// tank.play(&[(10, 900), (20, 500)].map(|(s, level)| (Instant::from_millis(s * 1_000), level)));
///
/// // The mean of 10 readings, each second.
/// let settings = Settings::new(Band::between(200, 700).with_hysteresis(50))
///     .with_period(Duration::from_millis(100))
///     .with_mean_of(10);
/// let mut watch = AnalogWatch::new(tank, sim.clock(), settings).unwrap();
/// sim.run(async {
///     let full = watch.leave().await.unwrap();
///     assert!(full.value > 700 && full.at < Instant::from_millis(7_000));
///     let drained = watch.enter().await.unwrap();
///     assert!(drained.value <= 650 && drained.at > Instant::from_millis(16_000));
/// });
/// ```
///
/// # Times
///
/// The first reading is taken immediately. Others follow at whole periods after it, only while a
/// future of the watch is awaited; in between, it waits for its clock. A task that is late misses
/// readings, and the next one is taken at its time, so that they are not taken in a burst. After
/// a pause between two calls, the first reading is taken immediately again.
///
/// # Errors
///
/// If the input fails, or returns a value above its own full scale, the call returns the
/// [`Error`]. The next call goes on: a mean continues, and the place is kept.
#[derive(Debug)]
pub struct AnalogWatch<A, T> {
    input: A,
    clock: T,
    watcher: Watcher,
}

impl<A: AnalogInput, T: TimerQueue> AnalogWatch<A, T> {
    /// Creates a watch. Reads nothing yet.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] if the settings contradict one another, or the full scale of the input.
    pub fn new(input: A, clock: T, settings: Settings) -> Result<Self, InvalidSettings> {
        let watcher = Watcher::new(settings, input.full_scale())?;
        Ok(Self { input, clock, watcher })
    }

    /// Returns the input and the clock.
    pub fn release(self) -> (A, T) {
        (self.input, self.clock)
    }

    /// Replaces the band. The next sample is of readings from now on.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] if the band contradicts itself or the full scale of the input. Nothing
    /// has changed.
    pub fn set_band(&mut self, band: Band) -> Result<(), InvalidSettings> {
        self.watcher.set_band(band, self.input.full_scale())
    }

    /// Returns where the last sample was, or `None` before the first one with this band.
    pub const fn place(&self) -> Option<Place> {
        self.watcher.place()
    }

    /// Returns the number of readings above the full scale of the input, up to 65 535.
    pub const fn beyond_full_scale(&self) -> u16 {
        self.watcher.beyond()
    }

    /// Waits for the next sample.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. The watch may be used again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a reading is taken in the poll that ends its conversion. A conversion in
    /// progress is lost, and the next call starts another.
    pub async fn sample(&mut self) -> Result<Sample, Error<A::Error>> {
        loop {
            self.clock.sleep_until(self.watcher.deadline()).await;
            let reading = self.input.read().await;
            // No await below: a reading that was taken is counted.
            let (now, full_scale) = (self.clock.now(), self.input.full_scale());
            let reading = match reading {
                Ok(reading) => reading,
                Err(error) => {
                    self.watcher.skip(now);
                    return Err(Error::Input(error));
                }
            };
            if let Some(sample) = self.watcher.reading(reading, full_scale, now)? {
                return Ok(sample);
            }
        }
    }

    /// Waits for a sample outside the band, which may be the next one.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. The watch may be used again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: as [`sample`](Self::sample).
    pub async fn leave(&mut self) -> Result<Sample, Error<A::Error>> {
        loop {
            let sample = self.sample().await?;
            if sample.place == Place::Outside {
                return Ok(sample);
            }
        }
    }

    /// Waits for a sample inside the band, which may be the next one.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. The watch may be used again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: as [`sample`](Self::sample).
    pub async fn enter(&mut self) -> Result<Sample, Error<A::Error>> {
        loop {
            let sample = self.sample().await?;
            if sample.place == Place::Inside {
                return Ok(sample);
            }
        }
    }

    /// Waits until the value leaves the band or enters it. The first sample with a band is a
    /// change as well: it tells where the value is.
    ///
    /// ```
    /// use tickwire_drivers::analog_watch::{AnalogWatch, Band, Error, Place, Settings};
    /// use tickwire_sim::Sim;
    /// use tickwire_traits::analog;
    ///
    /// let sim = Sim::new();
    /// let mut readings = [500_u16, 701, 670, 650].into_iter();
    /// let input = analog::from_fn(1_023, async || readings.next().ok_or("unplugged"));
    /// let settings = Settings::new(Band::between(300, 700).with_hysteresis(50));
    /// let mut watch = AnalogWatch::new(input, sim.clock(), settings).unwrap();
    /// let mut change = || sim.run(watch.change()).map(|sample| (sample.value, sample.place));
    /// assert_eq!(change(), Ok((500, Place::Inside)));
    /// assert_eq!(change(), Ok((701, Place::Outside)));
    /// assert_eq!(change(), Ok((650, Place::Inside)));
    /// assert_eq!(change(), Err(Error::Input("unplugged")));
    /// ```
    ///
    /// # Errors
    ///
    /// Any [`Error`]. The watch may be used again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: as [`sample`](Self::sample). A change is recorded in the poll that returns it.
    pub async fn change(&mut self) -> Result<Sample, Error<A::Error>> {
        loop {
            let before = self.place();
            let sample = self.sample().await?;
            if before != Some(sample.place) {
                return Ok(sample);
            }
        }
    }

    /// Returns a stream of the changes. The stream never ends.
    ///
    /// # Cancel safety
    ///
    /// As for [`change`](Self::change): dropping the stream loses nothing.
    pub fn changes(&mut self) -> impl Stream<Item = Result<Sample, Error<A::Error>>> {
        unfold(self, async |watch| Some((watch.change().await, watch)))
    }
}

#[cfg(test)]
mod tests;
