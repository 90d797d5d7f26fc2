//! The HTU21D(F), an I²C sensor of temperature and humidity.
//!
//! Follows its datasheet (Measurement Specialties, HPC199_3), and waits long enough for
//! its relatives with the same commands: SHT20, SHT21, SHT25, Si7021.

mod error;
mod link;
mod reading;
mod register;
mod settings;
mod units;

use core::fmt;

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::{Error as _, ErrorKind, I2c};

pub use error::Error;
pub use link::ADDRESS;
use link::{Link, RETRY_MS, Transfer};
use reading::Quantity;
pub use reading::{BadFrame, Measurement, Reading};
pub use register::{Resolution, UserRegister};
pub use units::{CentiCelsius, CentiPercent};

/// An HTU21D on an I²C bus.
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
/// sensor is certainly over. The waits of dropped calls count.
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
pub struct Htu21d<I2C, D> {
    link: Link<I2C, D>,
    begun: Begun,
    /// As read or written last; only used for the first wait.
    resolution: Resolution,
    /// The first half of a [`Measurement`], during the second.
    temperature: Option<CentiCelsius>,
}

/// The sensor's operation, as far as a dropped call knew it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    Nothing,
    Conversion(Quantity),
    Reset,
}

/// The allowed age of a result.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    /// A dropped call may have begun the measurement long ago.
    Any,
    /// This call began the measurement, or found the sensor still busy with it.
    Recent,
}

impl<I2C, D> Htu21d<I2C, D> {
    /// Creates a driver. Sends nothing: the first call waits for a sensor that is still
    /// powering up.
    pub const fn new(i2c: I2C, delay: D) -> Self {
        Self {
            link: Link::new(i2c, delay),
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

impl<I2C: I2c, D: DelayNs> Htu21d<I2C, D> {
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

    /// Resets the sensor, with the finest resolution. The heater stays as it is.
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

    async fn celsius(&mut self, age: Age) -> Result<CentiCelsius, Error<I2C::Error>> {
        match self.convert(Quantity::Temperature, age).await? {
            Reading::Temperature(temperature) => Ok(temperature),
            Reading::Humidity(_) => Err(Error::Mixup),
        }
    }

    async fn percent(&mut self) -> Result<CentiPercent, Error<I2C::Error>> {
        match self.convert(Quantity::Humidity, Age::Any).await? {
            Reading::Humidity(humidity) => Ok(humidity),
            Reading::Temperature(_) => Err(Error::Mixup),
        }
    }

    async fn convert(
        &mut self,
        quantity: Quantity,
        age: Age,
    ) -> Result<Reading, Error<I2C::Error>> {
        let mut pause_ms = 0;
        let mut frame = [0; 3];
        loop {
            if self.begun != Begun::Conversion(quantity) {
                self.begun = Begun::Nothing;
                self.link.insist(Transfer::Write(&[quantity.command()])).await?;
                self.begun = Begun::Conversion(quantity);
                pause_ms = self.resolution.typical_ms(quantity);
            }
            // Both pauses share one await point; a second would duplicate the sleep code in flash.
            if pause_ms != 0 {
                self.link.pause(pause_ms).await;
            }
            // A read that is dropped midway may have taken the result: until the sensor refuses,
            // a further result is not certain.
            self.begun = Begun::Nothing;
            match self.link.attempt(Transfer::Read(&mut frame)).await {
                // A dropped call began it, and it ended before the first read of this call.
                Ok(true) if age == Age::Recent && pause_ms == 0 => {}
                Ok(true) => return Ok(Reading::from_frame(frame)?),
                Ok(false) => {
                    self.begun = Begun::Conversion(quantity);
                    pause_ms = RETRY_MS;
                }
                Err(Error::Bus(error)) if matches!(error.kind(), ErrorKind::NoAcknowledge(_)) => {
                    return Err(Error::NotReady);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl<I2C, D> fmt::Debug for Htu21d<I2C, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Htu21d").field("resolution", &self.resolution).finish_non_exhaustive()
    }
}

// Datasheet, "Device command".
const SOFT_RESET: u8 = 0xfe;

/// Datasheet, "Soft reset", the maximum.
const RESET_MS: u8 = 15;
