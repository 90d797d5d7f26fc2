//! Measurements again and again, by one task for any number of others.

mod cycle;
mod samples;

use core::convert::Infallible;
use core::fmt;

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;
use tickwire_sync::RawMutex;
use tickwire_traits::{Duration, Timer, TimerQueue};

use super::{Chip, Error, Sensor, Settings};
use cycle::{Cycle, Event, Output, Step};
pub use samples::{Health, Sample, Samples};

/// A task's part of sampling: it asks the sensor, and publishes to [`Samples`].
///
/// The sensor is reset, gets its [settings](Self::with_settings), and is measured each
/// [period](Self::with_period). After each measurement, the sampler reads the user register: a
/// sample is published only if the settings were in force.
///
/// After an error, the sensor is reset and gets its settings again: at once after the first error,
/// and [`retry`](Self::with_retry) after each further one. So a sensor that was unplugged returns by
/// itself, and so does one that lost its power between two measurements.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use tickwire_drivers::htu21d::{self, Htu21d, Resolution, Sampler, Samples, Settings};
/// use tickwire_sim::{Sim, i2c::Bus, models};
/// use tickwire_sync::NoopRawMutex;
/// use tickwire_traits::{Clock, Delay, Duration, race};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let model = Rc::new(RefCell::new(models::htu21d::Htu21d::new()));
/// let mut bus = Bus::new(clock.clone());
/// bus.attach(htu21d::ADDRESS, model.clone());
/// let sensor = Htu21d::new(bus, Delay(clock.clone()));
///
/// let climate = Samples::<NoopRawMutex>::new();
/// let mut sampler = Sampler::new(sensor, clock.clone(), &climate)
///     .with_period(Duration::from_secs(2))
///     .with_settings(Settings::new().with_resolution(Resolution::Rh8T12));
/// let other_task = async {
///     let sample = climate.next().await;
///     assert_eq!(sample.measurement.temperature.to_string(), "19.99");
///
///     model.borrow_mut().unplug();
///     assert_eq!(climate.health_change().await.failing, 1);
///     assert!(climate.latest().unwrap().age(clock.now()) > Duration::from_secs(1));
///
///     model.borrow_mut().plug(clock.now());
///     climate.next().await;
///     assert_eq!(climate.health().recoveries, 1);
///     assert_eq!(model.borrow().register(), 0x03); // The settings are there again.
/// };
/// sim.run(race(sampler.run(), other_task));
/// ```
pub struct Sampler<'a, R, M, I2C, D, C> {
    sensor: Sensor<M, I2C, D>,
    clock: C,
    samples: &'a Samples<R>,
    cycle: Cycle,
}

impl<'a, R, M, I2C, D, C> Sampler<'a, R, M, I2C, D, C> {
    /// Creates a sampler with a period of 10 s, and the settings of power-on.
    pub const fn new(sensor: Sensor<M, I2C, D>, clock: C, samples: &'a Samples<R>) -> Self {
        Self { sensor, clock, samples, cycle: Cycle::new() }
    }

    /// Sets the time between the begins of two measurements. After one that took longer, the sensor
    /// rests for a period.
    ///
    /// A sensor warms itself up if it measures more often than once per second or two.
    #[must_use]
    pub fn with_period(mut self, period: Duration) -> Self {
        self.cycle.period = period;
        self
    }

    /// Sets the pause before an attempt at a sensor that has failed more than once: 1 s by default.
    /// A pause of zero becomes one microsecond.
    #[must_use]
    pub fn with_retry(mut self, retry: Duration) -> Self {
        // Without a pause, a bus that fails at once would keep other tasks from running.
        self.cycle.retry = retry.max(Duration::from_micros(1));
        self
    }

    /// Sets the settings of the sensor, which it gets whenever it may have lost them.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.cycle.settings = settings;
        self
    }

    /// Returns the sensor and the clock.
    pub fn release(self) -> (Sensor<M, I2C, D>, C) {
        (self.sensor, self.clock)
    }
}

impl<R, M, I2C, D, C> Sampler<'_, R, M, I2C, D, C>
where
    R: RawMutex,
    M: Chip,
    I2C: I2c,
    D: DelayNs,
    C: TimerQueue,
{
    /// Publishes samples forever. Errors are counted in [`Health`].
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: as for [`sample`](Self::sample).
    pub async fn run(&mut self) -> Infallible {
        loop {
            // Counted in the health.
            let _ = self.sample().await;
        }
    }

    /// Waits until a sample is due, measures it, and publishes it. Call it again and again, as
    /// [`run`](Self::run) does.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. It is also counted in [`Health`]. The next call tries again, and waits first
    /// if that is due.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the next call continues where a dropped one was, and makes progress if each is
    /// dropped at its first pending poll. A measurement begun more than 10 s ago is begun anew.
    pub async fn sample(&mut self) -> Result<Sample, Error<I2C::Error>> {
        if self.cycle.resume(self.clock.now()) {
            self.sensor.forget();
        }
        loop {
            let ended = match self.cycle.step() {
                Step::Rest => {
                    self.clock.sleep_until(self.cycle.due()).await;
                    Ok(Event::Done)
                }
                Step::Reset => self.sensor.soft_reset().await.map(|()| Event::Done),
                Step::Configure => {
                    self.sensor.apply(self.cycle.settings).await.map(|()| Event::Done)
                }
                Step::Temperature { .. } => self.sensor.temperature().await.map(Event::Temperature),
                Step::Humidity { .. } => self.sensor.humidity().await.map(Event::Humidity),
                Step::Check { .. } => self.sensor.user_register().await.map(Event::Register),
            };
            // No await below: a step that ended is taken, and its outcome is published.
            let now = self.clock.now();
            let error = match ended.map(|event| self.cycle.event(event, now)) {
                Ok(None) => continue,
                Ok(Some(Output::Sample(sample))) => {
                    // Of this sampler, or of one before it.
                    if self.samples.health().failing > 0 {
                        self.samples.change_health(Health::recovered);
                    }
                    self.samples.publish(sample);
                    return Ok(sample);
                }
                Ok(Some(Output::Lost)) => Error::Register,
                Err(error) => {
                    self.cycle.event(Event::Failed, now);
                    error
                }
            };
            self.samples.change_health(|health| health.failed(error.of_kind()));
            return Err(error);
        }
    }
}

impl<R: RawMutex, M: Chip, I2C, D, C> fmt::Debug for Sampler<'_, R, M, I2C, D, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampler")
            .field("sensor", &self.sensor)
            .field("samples", &self.samples)
            .finish_non_exhaustive()
    }
}
