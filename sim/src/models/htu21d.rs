//! The HTU21D, a sensor of temperature and humidity, and its relatives SHT21 and Si7021.

mod chip;
mod dialogue;

use tickwire_traits::{Duration, Instant};

pub use chip::Chip;
use dialogue::{Dialogue, State};

/// A model of the HTU21D(F), the SHT21 or the Si7021: see [`Chip`].
///
/// The chips differ in their conversion times, registers and serial numbers. Not modeled: the
/// temperature of a Si7021's last humidity (command 0xe0). Its heater warms it by one degree at
/// any current. The datasheet of the HTU21D does not have a serial number; the chip has one.
///
/// While converting, the model does not acknowledge its address (no-hold commands), or
/// holds the clock line (hold commands). A conversion takes the ambient conditions at its
/// start. Where the datasheet is silent, the model is strict: a result can be taken once,
/// and any new command discards it.
///
/// The faults of the bus are in [`Faults`](crate::i2c::Faults); the faults of the sensor
/// are methods of the model.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal_async::i2c::I2c;
/// use tickwire_sim::{Sim, i2c::Bus, models::htu21d::Htu21d};
/// use tickwire_traits::{Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let sensor = Rc::new(RefCell::new(Htu21d::new()));
/// sensor.borrow_mut().set_temperature(2_381);
/// let mut bus = Bus::new(clock.clone());
/// bus.attach(Htu21d::ADDRESS, sensor.clone());
/// let mut frame = [0; 3];
/// sim.run(async {
///     bus.write(Htu21d::ADDRESS, &[0xf3]).await.unwrap();
///     bus.read(Htu21d::ADDRESS, &mut frame).await.unwrap_err(); // Not ready.
///     clock.sleep(Duration::from_millis(50)).await;
///     bus.read(Htu21d::ADDRESS, &mut frame).await.unwrap();
/// });
/// assert_eq!(frame, [0x66, 0xf0, 0x8d]);
/// assert_eq!(sensor.borrow().counts().premature, 1);
/// ```
#[derive(Clone, Debug)]
pub struct Htu21d {
    chip: Chip,
    /// In hundredths of a degree, and of a percent.
    ambient: [i32; 2],
    battery_low: bool,
    /// The duration of every conversion, if not the datasheet's maximum.
    conversion: Option<Duration>,
    /// The number of readings before one with a wrong checksum.
    corrupt_after: Option<u32>,
    dead: bool,
    unplugged: bool,
    register: u8,
    /// Of a Si7021.
    heater_current: u8,
    serial: u64,
    /// The answer to the last command, if that was no measurement.
    answer: Option<Vec<u8>>,
    state: State,
    dialogue: Dialogue,
    counts: Counts,
}

/// The requests that a [`Htu21d`] has received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Commands that were acknowledged.
    pub commands: u64,
    /// Results that were read, in whole or in part.
    pub reads: u64,
    /// Times that the sensor was addressed while busy, and did not acknowledge.
    pub premature: u64,
    /// Unknown commands, bytes that no command takes, reads without a result, and attempts to
    /// change reserved bits.
    pub violations: u64,
}

impl Htu21d {
    /// The sensor's 7-bit address.
    pub const ADDRESS: u8 = 0x40;

    /// Creates a sensor that has long been powered, in a room of 20.00 °C and 50.00 % relative
    /// humidity.
    pub fn new() -> Self {
        Self::of(Chip::Htu21d)
    }

    /// Creates such a sensor of another chip.
    ///
    /// ```
    /// use tickwire_sim::models::htu21d::{Chip, Htu21d};
    ///
    /// assert_eq!(Htu21d::of(Chip::Si7021).register(), 0x3a);
    /// ```
    pub fn of(chip: Chip) -> Self {
        Self {
            chip,
            ambient: [2_000, 5_000],
            battery_low: false,
            conversion: None,
            corrupt_after: None,
            dead: false,
            unplugged: false,
            register: chip.power_on(),
            heater_current: 0,
            serial: chip.serial(),
            answer: None,
            state: State::Idle,
            dialogue: Dialogue::Over,
            counts: Counts::default(),
        }
    }

    /// Sets the ambient temperature, in hundredths of a degree Celsius.
    pub fn set_temperature(&mut self, centi_celsius: i32) {
        self.ambient[0] = centi_celsius;
    }

    /// Sets the ambient relative humidity, in hundredths of a percent.
    pub fn set_humidity(&mut self, centi_percent: i32) {
        self.ambient[1] = centi_percent;
    }

    /// Sets whether the supply is under 2.25 V. The user register reports it from the next
    /// measurement on.
    pub fn set_battery_low(&mut self, low: bool) {
        self.battery_low = low;
    }

    /// Sets the duration of conversions from now on; `None` for the datasheet's maximum at the
    /// resolution in use.
    pub fn set_conversion_time(&mut self, time: Option<Duration>) {
        self.conversion = time;
    }

    /// Sets the serial number.
    pub fn set_serial_number(&mut self, serial: u64) {
        self.serial = serial;
    }

    /// Gives one reading a wrong checksum, after `readings` correct ones.
    pub fn corrupt(&mut self, readings: u32) {
        self.corrupt_after = Some(readings);
    }

    /// Sets whether conversions never end.
    pub fn set_dead(&mut self, dead: bool) {
        self.dead = dead;
    }

    /// Removes the sensor from the bus.
    pub fn unplug(&mut self) {
        self.unplugged = true;
        self.stop_answering();
    }

    /// Returns the sensor to the bus, in its power-on state.
    pub fn plug(&mut self, now: Instant) {
        self.unplugged = false;
        self.register = self.chip.power_on();
        self.heater_current = 0;
        self.state = State::Resetting { until: now + self.chip.power_up() };
        self.stop_answering();
    }

    /// Returns whether the sensor is on the bus.
    pub fn is_plugged(&self) -> bool {
        !self.unplugged
    }

    /// Returns the requests received so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Returns the content of the user register.
    pub fn register(&self) -> u8 {
        self.register
    }

    /// Returns the content of a Si7021's register of the heater's current.
    pub fn heater_current(&self) -> u8 {
        self.heater_current
    }
}

impl Default for Htu21d {
    fn default() -> Self {
        Self::new()
    }
}

/// CRC-8 with x⁸ + x⁵ + x⁴ + 1, from 0 ("CRC checksum").
fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| crc << 1 ^ if crc & 0x80 != 0 { 0x31 } else { 0 })
    })
}
