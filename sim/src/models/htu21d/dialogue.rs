//! What the chip does with the bytes on the bus.

use std::vec;

use tickwire_traits::{Duration, Instant};

use super::{Htu21d, checksum};
use crate::i2c::{Ack, Device};

#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    Idle,
    Converting { result: u16, hold: bool, ready: Instant },
    Resetting { until: Instant },
}

#[derive(Clone, Debug)]
pub(super) enum Dialogue {
    /// No byte is expected.
    Over,
    Command,
    /// The second byte of a command.
    Second(u8),
    /// The content of the user register.
    Register,
    /// The content of the heater's register.
    HeaterCurrent,
    Answer {
        bytes: vec::IntoIter<u8>,
        result: bool,
    },
}

impl Htu21d {
    pub(super) fn stop_answering(&mut self) {
        self.answer = None;
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
        let is_two = self.chip.is_first_of_two(command);
        let known = [0xe3, 0xe5, 0xe6, 0xe7, 0xf3, 0xf5, 0xfe].contains(&command)
            || self.chip.is_si7021() && [0x11, 0x51].contains(&command);
        if !known && !is_two {
            return self.violation();
        }
        self.counts.commands += 1;
        self.state = State::Idle;
        self.stop_answering();
        match command {
            _ if is_two => self.dialogue = Dialogue::Second(command),
            0xe6 => self.dialogue = Dialogue::Register,
            0xe7 => self.answer = Some(vec![self.register]),
            0x51 => self.dialogue = Dialogue::HeaterCurrent,
            0x11 => self.answer = Some(vec![self.heater_current]),
            0xfe => {
                self.register = self.chip.power_on() | self.register & self.chip.kept_by_reset();
                self.heater_current = 0;
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
        let (bits, longest) = self.chip.conversion(self.register & RESOLUTION, humidity);
        let [temperature, relative] = self.measured();
        // "Conversion of signal outputs", solved for the signal.
        let signal = match humidity {
            true => (relative + 6.0) / 125.0,
            false => (temperature + 46.85) / 175.72,
        };
        let steps = f64::from(1_u32 << bits);
        let step = (signal * steps).round().clamp(0.0, steps - 1.0) as u16;
        let result = step << (16 - bits) | if humidity { STATUS_HUMIDITY } else { 0 };
        let ready = now + self.conversion.unwrap_or(longest);
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
            _ if self.answer.is_some() => Dialogue::Answer {
                bytes: self.answer.clone().unwrap_or_default().into_iter(),
                result: false,
            },
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
            Dialogue::Second(first) => {
                let Some(command) = self.chip.long_command([first, byte]) else {
                    return self.violation();
                };
                self.dialogue = Dialogue::Over;
                self.answer = Some(self.chip.answer(command, self.serial));
                Ack::Ack
            }
            Dialogue::HeaterCurrent => {
                self.dialogue = Dialogue::Over;
                if (byte ^ self.heater_current) & !HEATER_CURRENT != 0 {
                    self.counts.violations += 1;
                }
                self.heater_current = byte & HEATER_CURRENT;
                Ack::Ack
            }
            Dialogue::Register => {
                self.dialogue = Dialogue::Over;
                let writable = self.chip.writable();
                if (byte ^ self.register) & !writable & !BATTERY_LOW != 0 {
                    self.counts.violations += 1;
                }
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
        self.answer = None;
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
const RESOLUTION: u8 = 0x81;
const BATTERY_LOW: u8 = 0x40;
pub(super) const HEATER: u8 = 0x04;
const OTP_OFF: u8 = 0x02;

/// The status bit that distinguishes humidity from temperature ("Communication
/// sequences").
const STATUS_HUMIDITY: u16 = 0x02;

/// The bits of the heater's current (Si7021's datasheet, section 6.2).
const HEATER_CURRENT: u8 = 0x0f;

/// The longest duration of a soft reset: HTU21D, "Soft reset"; SHT21, section 5.5; Si7021,
/// table 2.
pub(super) const RESET: Duration = Duration::from_millis(15);

/// In degrees: 0.5 to 1.5 by the datasheet ("User register").
const HEATER_RISE: f64 = 1.0;
