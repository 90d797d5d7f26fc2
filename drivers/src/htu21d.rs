//! The HTU21D(F), the SHT21 and the Si7021: I²C sensors of temperature and humidity.
//!
//! The three have the same address, commands and formulas. A [`Sensor`] measures when it is
//! called. A [`Sampler`] measures again and again for any number of tasks, and recovers when
//! the sensor returns.

mod access;
pub mod chip;
mod conversion;
mod error;
mod link;
mod reading;
mod register;
mod sampler;
mod serial;
mod settings;
mod si7021;
mod units;

use core::fmt;
use core::marker::PhantomData;

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

pub use chip::Chip;
use conversion::{Age, Begun};
pub use error::Error;
pub use link::ADDRESS;
use link::{Link, Transfer};
use reading::Quantity;
pub use reading::{BadFrame, Measurement, Reading};
pub use register::{Resolution, UserRegister};
pub use sampler::{Health, Sample, Sampler, Samples};
pub use serial::SerialNumber;
pub use settings::Settings;
pub use si7021::{FirmwareRevision, HeaterCurrent};
pub use units::{CentiCelsius, CentiPercent};

/// An HTU21D(F) on an I²C bus.
pub type Htu21d<I2C, D> = Sensor<chip::Htu21d, I2C, D>;

/// An SHT21 on an I²C bus, or an SHT20 or SHT25. Compared with an [`Htu21d`], it takes longer.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use tickwire_drivers::htu21d::{self, CentiCelsius, Sht21};
/// use tickwire_sim::{Sim, i2c::Bus, models::htu21d::{Chip, Htu21d}};
/// use tickwire_traits::{Clock, Delay, Instant};
///
/// let sim = Sim::new();
/// let model = Rc::new(RefCell::new(Htu21d::of(Chip::Sht21)));
/// model.borrow_mut().set_temperature(2_381);
/// let mut bus = Bus::new(sim.clock());
/// bus.attach(htu21d::ADDRESS, model);
/// let mut sensor = Sht21::new(bus, Delay(sim.clock()));
/// assert_eq!(sim.run(sensor.temperature()), Ok(CentiCelsius(2381)));
/// // Typically 66 ms, at most 85, after a power-on of 15.
/// assert!(sim.clock().now() < Instant::from_millis(105));
/// ```
pub type Sht21<I2C, D> = Sensor<chip::Sht21, I2C, D>;

/// A Si7021 on an I²C bus, or a Si7020 or Si7006. Compared with an [`Htu21d`], it takes less
/// time, the current of its heater can be set, and it has a firmware revision.
pub type Si7021<I2C, D> = Sensor<chip::Si7021, I2C, D>;

/// A sensor of temperature and humidity on an I²C bus: an [`Htu21d`], an [`Sht21`] or a
/// [`Si7021`].
///
/// The bus is free during a measurement (the "no hold master" commands): the driver
/// waits for the typical duration of a measurement, and then polls the sensor until it
/// acknowledges.
///
/// ```text
///  80 f3                           81?      81?      81 66 f0 8d
/// ───┴──── typically 44 ms ─────────┴─ 2 ms ─┴─ 2 ms ─┴───────────
///  command                         NACK     NACK     result
/// ```
///
/// The sensor does not acknowledge its address while it is busy, and neither does a bus
/// without a sensor. The driver repeats a transfer until the longest busy time of the
/// sensor is certainly over. The waits of dropped calls count. Only the first wait depends on
/// the type of chip: with the wrong one, the driver works and waits longer.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use tickwire_drivers::htu21d::{CentiCelsius, Htu21d, Resolution};
/// use tickwire_sim::{Sim, i2c::Bus, models::htu21d};
/// use tickwire_traits::Delay;
///
/// let sim = Sim::new();
/// let model = Rc::new(RefCell::new(htu21d::Htu21d::new()));
/// model.borrow_mut().set_temperature(2_381);
/// model.borrow_mut().set_humidity(5_072);
/// let mut bus = Bus::new(sim.clock());
/// bus.attach(htu21d::Htu21d::ADDRESS, model.clone());
///
/// let mut sensor = Htu21d::new(bus, Delay(sim.clock()));
/// sim.run(async {
///     let room = sensor.measure().await.unwrap();
///     assert_eq!(room.temperature, CentiCelsius(2381));
///     assert_eq!(room.dew_point().unwrap().to_string(), "13.02");
///
///     sensor.set_resolution(Resolution::Rh8T12).await.unwrap();
///     assert_eq!(sensor.temperature().await.unwrap().to_string(), "23.81");
///
///     model.borrow_mut().corrupt(0);
///     assert!(sensor.temperature().await.is_err());
///     assert!(sensor.temperature().await.is_ok());
///
///     sensor.set_heater(true).await.unwrap();
///     sensor.soft_reset().await.unwrap(); // Leaves the heater as it is.
///     assert!(sensor.heater().await.unwrap());
///     assert!(!sensor.battery_low().await.unwrap());
///     assert_eq!(sensor.resolution().await.unwrap(), Resolution::Rh12T14);
/// });
/// ```
///
/// # Cancel safety
///
/// Every method is cancel-safe. A measurement continues in the sensor: the next call for
/// the same quantity takes its result, and any other call discards it. A caller that
/// drops a call and repeats it makes progress. A call repeated much later returns an old
/// result, unless [`forget`](Self::forget) comes first. The two values of a
/// [measurement](Self::measure) are of the same age nevertheless.
///
/// A call that is dropped *in the middle of a transfer* loses the data of that transfer
/// only: the next call repeats it. The state of the bus is up to the bus driver.
///
/// # Late executors
///
/// A transfer is given up after 35 waits of a millisecond, and is polled after each. A late
/// executor therefore does not make a healthy sensor look like a stuck bus. If each wait
/// takes 40 ms, a stuck bus is reported after 35 times 40 ms.
pub struct Sensor<M, I2C, D> {
    link: Link<I2C, D>,
    chip: PhantomData<M>,
    begun: Begun,
    /// As read or written last; only used for the first wait.
    resolution: Resolution,
    /// The first half of a [`Measurement`], during the second.
    temperature: Option<CentiCelsius>,
}

impl<M: Chip, I2C, D> Sensor<M, I2C, D> {
    /// Creates a driver. Sends nothing: the first call waits for a sensor that is still
    /// powering up.
    pub const fn new(i2c: I2C, delay: D) -> Self {
        Self {
            link: Link::new(i2c, delay),
            chip: PhantomData,
            begun: Begun::Nothing,
            resolution: Resolution::Rh12T14,
            temperature: None,
        }
    }

    /// Discards the progress of dropped calls, so that the next call measures anew.
    pub const fn forget(&mut self) {
        self.begun = Begun::Nothing;
        self.temperature = None;
    }

    /// Returns the bus and the delay.
    pub fn release(self) -> (I2C, D) {
        (self.link.i2c, self.link.delay)
    }
}

impl<M: Chip, I2C: I2c, D: DelayNs> Sensor<M, I2C, D> {
    /// Measures the temperature.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but [`Error::Register`]. Measure again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the next call takes the result of the measurement begun here.
    pub async fn temperature(&mut self) -> Result<CentiCelsius, Error<I2C::Error>> {
        self.temperature = None;
        self.celsius(Age::Any).await
    }

    /// Measures the relative humidity.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but [`Error::Register`]. Measure again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the next call takes the result of the measurement begun here.
    pub async fn humidity(&mut self) -> Result<CentiPercent, Error<I2C::Error>> {
        self.temperature = None;
        self.percent().await
    }

    /// Measures the temperature, and then the humidity.
    ///
    /// The temperature is begun at most 0.3 s before the humidity, counted in the driver's
    /// waits. The waits of transfers on a shared bus add to that, and the delays of a late
    /// executor. A temperature that may be older is discarded and measured again.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but [`Error::Register`]; a temperature already measured is discarded.
    /// Measure again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the next call resumes. It takes a temperature begun by a dropped call only
    /// if the sensor is still converting, and a temperature taken by a dropped call only with
    /// the humidity begun right after it. A caller that lets each call run for 3 ms makes
    /// progress; one that always drops earlier begins anew forever.
    pub async fn measure(&mut self) -> Result<Measurement, Error<I2C::Error>> {
        let temperature = match self.temperature {
            Some(measured) if self.begun == Begun::Conversion(Quantity::Humidity) => measured,
            _ => self.celsius(Age::Recent).await?,
        };
        self.temperature = Some(temperature);
        let humidity = self.percent().await;
        // After the last await: until then, the next call may use the temperature.
        self.temperature = None;
        Ok(Measurement { temperature, humidity: humidity? })
    }

    /// Resets the sensor, with the finest resolution. The heater stays as it is, except for that of
    /// a [`Si7021`], which turns it off.
    ///
    /// # Errors
    ///
    /// As for [`user_register`](Self::user_register). Reset it again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the next call waits for the end of this reset.
    pub async fn soft_reset(&mut self) -> Result<(), Error<I2C::Error>> {
        self.temperature = None;
        if self.begun != Begun::Reset {
            self.begun = Begun::Nothing;
            self.link.insist(Transfer::Write(&[SOFT_RESET])).await?;
            self.begun = Begun::Reset;
            self.link.pause(RESET_MS).await;
        }
        let register = self.register().await;
        // After the last await: until then, the next call resumes here.
        self.begun = Begun::Nothing;
        match register?.resolution() {
            Resolution::Rh12T14 => Ok(()),
            _ => Err(Error::Register),
        }
    }
}

impl<M: Chip, I2C, D> fmt::Debug for Sensor<M, I2C, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(M::NAME).field("resolution", &self.resolution).finish_non_exhaustive()
    }
}

// HTU21D's datasheet, "Device command". The other chips have the same commands.
const SOFT_RESET: u8 = 0xfe;

/// HTU21D's datasheet, "Soft reset", the maximum. It is that of the SHT21 and of the Si7021 too.
const RESET_MS: u8 = 15;
