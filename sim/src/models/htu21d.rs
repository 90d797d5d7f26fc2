//! The HTU21D, a sensor of temperature and humidity.

use std::vec;

use tickwire_traits::{Duration, Instant};

use crate::i2c::{Ack, Device};

/// A model of the HTU21D(F), from its datasheet (Measurement Specialties, HPC199_3). It
/// fits an SHT21 as well, except for the conversion times.
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
    register_asked: bool,
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

#[derive(Clone, Copy, Debug)]
enum State {
    Idle,
    Converting { result: u16, hold: bool, ready: Instant },
    Resetting { until: Instant },
}

#[derive(Clone, Debug)]
enum Dialogue {
    /// No byte is expected.
    Over,
    Command,
    /// The content of the user register.
    Register,
    Answer {
        bytes: vec::IntoIter<u8>,
        result: bool,
    },
}

impl Htu21d {
    /// The sensor's 7-bit address.
    pub const ADDRESS: u8 = 0x40;

    /// Creates a sensor that has long been powered, in a room of 20.00 °C and 50.00 % relative
    /// humidity.
    pub fn new() -> Self {
        Self {
            ambient: [2_000, 5_000],
            battery_low: false,
            conversion: None,
            corrupt_after: None,
            dead: false,
            unplugged: false,
            register: POWER_ON,
            register_asked: false,
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
        self.register = POWER_ON;
        self.state = State::Resetting { until: now + RESET };
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

    fn stop_answering(&mut self) {
        self.register_asked = false;
        self.dialogue = Dialogue::Over;
    }

    fn is_busy(&self, now: Instant) -> bool {
        match self.state {
            State::Idle => false,
            State::Converting { ready, .. } => self.dead || now < ready,
            State::Resetting { until } => now < until,
        }
    }

    fn command(&mut self, now: Instant, command: u8) -> Ack {
        let known = [0xe3, 0xe5, 0xe6, 0xe7, 0xf3, 0xf5, 0xfe];
        if !known.contains(&command) {
            return self.violation();
        }
        self.counts.commands += 1;
        self.state = State::Idle;
        self.stop_answering();
        match command {
            0xe6 => self.dialogue = Dialogue::Register,
            0xe7 => self.register_asked = true,
            0xfe => {
                // The heater's setting survives a reset ("Soft reset").
                self.register = POWER_ON | self.register & HEATER;
                self.state = State::Resetting { until: now + RESET };
            }
            _ => self.convert(now, command & 0x06 == 0x04, command & 0x10 == 0),
        }
        Ack::Ack
    }

    fn convert(&mut self, now: Instant, humidity: bool, hold: bool) {
        if self.register & OTP_OFF == 0 {
            self.register &= !RESOLUTION;
        }
        self.register =
            self.register & !BATTERY_LOW | if self.battery_low { BATTERY_LOW } else { 0 };
        // "Measuring time", the maxima: humidity and temperature by resolution.
        let (bits, millis) = match (self.register & RESOLUTION, humidity) {
            (0x00, true) => (12, 16),
            (0x00, false) => (14, 50),
            (0x01, true) => (8, 3),
            (0x01, false) => (12, 13),
            (0x80, true) => (10, 5),
            (0x80, false) => (13, 25),
            (_, true) => (11, 8),
            (_, false) => (11, 7),
        };
        let [temperature, relative] = self.measured();
        // "Conversion of signal outputs", solved for the signal.
        let signal = match humidity {
            true => (relative + 6.0) / 125.0,
            false => (temperature + 46.85) / 175.72,
        };
        let steps = f64::from(1_u32 << bits);
        let step = (signal * steps).round().clamp(0.0, steps - 1.0) as u16;
        let result = step << (16 - bits) | if humidity { STATUS_HUMIDITY } else { 0 };
        let ready = now + self.conversion.unwrap_or(Duration::from_millis(millis));
        self.state = State::Converting { result, hold, ready };
    }

    /// Returns temperature and humidity at the sensor: the heater warms it, and so lowers the
    /// humidity.
    fn measured(&self) -> [f64; 2] {
        let [temperature, humidity] = self.ambient.map(|hundredths| f64::from(hundredths) / 100.0);
        if self.register & HEATER == 0 {
            return [temperature, humidity];
        }
        // The partial pressure stays; the pressure of saturation rises.
        let saturation = |celsius: f64| -1762.39 / (celsius + 235.66);
        let warm = temperature + HEATER_RISE;
        [warm, humidity * 10_f64.powf(saturation(temperature) - saturation(warm))]
    }

    fn frame(&mut self, result: u16) -> Vec<u8> {
        let [high, low] = result.to_be_bytes();
        let corrupt = self.corrupt_after == Some(0);
        vec![high, low, checksum(&[high, low]) ^ u8::from(corrupt)]
    }

    fn violation(&mut self) -> Ack {
        self.counts.violations += 1;
        Ack::Nack
    }
}

impl Default for Htu21d {
    fn default() -> Self {
        Self::new()
    }
}

impl Device for Htu21d {
    fn start(&mut self, now: Instant, read: bool) -> Ack {
        self.dialogue = Dialogue::Over;
        if self.unplugged {
            return Ack::Nack;
        }
        let holds = matches!(self.state, State::Converting { hold: true, .. });
        if self.is_busy(now) && !(holds && read) {
            self.counts.premature += 1;
            return Ack::Nack;
        }
        self.dialogue = match self.state {
            _ if !read => Dialogue::Command,
            _ if self.register_asked => {
                Dialogue::Answer { bytes: vec![self.register].into_iter(), result: false }
            }
            State::Converting { result, .. } => {
                Dialogue::Answer { bytes: self.frame(result).into_iter(), result: true }
            }
            _ => return self.violation(),
        };
        Ack::Ack
    }

    fn write(&mut self, now: Instant, byte: u8) -> Ack {
        match self.dialogue {
            Dialogue::Command => self.command(now, byte),
            Dialogue::Register => {
                self.dialogue = Dialogue::Over;
                if (byte ^ self.register) & RESERVED != 0 {
                    self.counts.violations += 1;
                }
                let writable = RESOLUTION | HEATER | OTP_OFF;
                self.register = byte & writable | self.register & !writable;
                Ack::Ack
            }
            Dialogue::Over | Dialogue::Answer { .. } => self.violation(),
        }
    }

    fn read(&mut self, _: Instant) -> u8 {
        let Dialogue::Answer { bytes, result } = &mut self.dialogue else { return 0xff };
        let byte = bytes.next();
        if std::mem::take(result) {
            self.counts.reads += 1;
            self.corrupt_after = self.corrupt_after.and_then(|left| left.checked_sub(1));
            self.state = State::Idle;
        }
        self.register_asked = false;
        byte.unwrap_or(0xff)
    }

    fn stop(&mut self, _: Instant) {
        self.dialogue = Dialogue::Over;
    }

    fn holds_clock_until(&self) -> Option<Instant> {
        match self.state {
            State::Converting { hold: true, .. } if self.dead => Some(Instant::MAX),
            State::Converting { hold: true, ready, .. } => Some(ready),
            _ => None,
        }
    }
}

// "User register".
const POWER_ON: u8 = OTP_OFF;
const RESOLUTION: u8 = 0x81;
const BATTERY_LOW: u8 = 0x40;
const RESERVED: u8 = 0x38;
const HEATER: u8 = 0x04;
const OTP_OFF: u8 = 0x02;

/// The status bit that distinguishes humidity from temperature ("Communication
/// sequences").
const STATUS_HUMIDITY: u16 = 0x02;

/// The longest duration of a soft reset ("Soft reset"), and of power-on
/// ("Power-up").
const RESET: Duration = Duration::from_millis(15);

/// In degrees: 0.5 to 1.5 by the datasheet ("User register").
const HEATER_RISE: f64 = 1.0;

/// CRC-8 with x⁸ + x⁵ + x⁴ + 1, from 0 ("CRC checksum").
fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| crc << 1 ^ if crc & 0x80 != 0 { 0x31 } else { 0 })
    })
}
