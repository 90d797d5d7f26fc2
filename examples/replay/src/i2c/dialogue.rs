//! Commands to the sensor, and its answers.

use serde_json::{Value, json};
use tickwire_drivers::htu21d::{ADDRESS, BadFrame, Reading};
use tickwire_sim::i2c::Ack;

use super::Bytes;

/// The state of a dialogue with an HTU21D, an SHT21 or a Si7021, and what was counted.
#[derive(Default)]
pub(super) struct Dialogue {
    asked: Option<Asked>,
    counters: Counters,
}

/// What the last command asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Temperature,
    Humidity,
    Register,
    SerialNumber,
    /// Nothing. The sensor is busy for a while.
    Reset,
}

#[derive(Default)]
struct Counters {
    messages: u64,
    readings: u64,
    errors: u64,
    /// Polls of a sensor that measures.
    not_ready: u64,
    /// Registers, read or written.
    registers: u64,
    /// Halves of a serial number.
    serial_numbers: u64,
    resets: u64,
    /// Other commands and answers.
    unknown: u64,
    /// Messages to other addresses.
    other_devices: u64,
}

impl Dialogue {
    /// Takes a message. Returns a reading, or what was wrong with it.
    pub(super) fn message(&mut self, bytes: &Bytes) -> Option<Result<Reading, &'static str>> {
        let ((address, ack), data) = bytes.split_first()?;
        self.counters.messages += 1;
        if address >> 1 != ADDRESS {
            self.counters.other_devices += 1;
            return None;
        }
        let told = match (ack, address & 1) {
            (Ack::Nack, _) => self.refused(),
            (Ack::Ack, 0) => self.command(data),
            (Ack::Ack, _) => self.answer(data),
        };
        match told {
            Some(Ok(_)) => self.counters.readings += 1,
            Some(Err(_)) => self.counters.errors += 1,
            None => {}
        }
        told
    }

    /// Whether messages were heard, and none of them was for the sensor.
    pub(super) fn is_of_others(&self) -> bool {
        let Counters { messages, other_devices, .. } = self.counters;
        messages > 0 && messages == other_devices
    }

    /// The address was not acknowledged.
    fn refused(&mut self) -> Option<Result<Reading, &'static str>> {
        match self.asked {
            Some(Asked::Temperature | Asked::Humidity | Asked::Reset) => {
                self.counters.not_ready += 1;
                None
            }
            _ => Some(Err("nack")),
        }
    }

    fn command(&mut self, data: &Bytes) -> Option<Result<Reading, &'static str>> {
        if data.iter().any(|(_, ack)| *ack == Ack::Nack) {
            self.asked = None;
            return Some(Err("nack"));
        }
        let bytes: Vec<_> = data.iter().map(|(byte, _)| *byte).collect();
        // HTU21D's datasheet, "Device command"; SHT2x, "Electronic Identification Code"; Si7021's
        // datasheet, section 5.
        self.asked = match bytes[..] {
            [0xe3 | 0xf3] => Some(Asked::Temperature),
            [0xe5 | 0xf5] => Some(Asked::Humidity),
            [0xe7 | 0x11] | [0x84, 0xb8] => Some(Asked::Register),
            [0xfa, 0x0f] | [0xfc, 0xc9] => Some(Asked::SerialNumber),
            [0xfe] => {
                self.counters.resets += 1;
                Some(Asked::Reset)
            }
            [0xe6 | 0x51, _] => {
                self.counters.registers += 1;
                None
            }
            // Only the address: a driver looks whether the sensor is there, or still busy.
            [] => self.asked,
            _ => {
                self.counters.unknown += 1;
                None
            }
        };
        None
    }

    fn answer(&mut self, data: &Bytes) -> Option<Result<Reading, &'static str>> {
        match self.asked.take() {
            Some(asked @ (Asked::Temperature | Asked::Humidity)) => Some(reading(asked, data)),
            Some(Asked::Register) => {
                self.counters.registers += 1;
                None
            }
            Some(Asked::SerialNumber) => {
                self.counters.serial_numbers += 1;
                None
            }
            Some(Asked::Reset) | None => {
                self.counters.unknown += 1;
                None
            }
        }
    }

    pub(super) fn counters(&self) -> Value {
        let counters = &self.counters;
        json!({
            "messages": counters.messages,
            "readings": counters.readings,
            "errors": counters.errors,
            "not_ready": counters.not_ready,
            "registers": counters.registers,
            "serial_numbers": counters.serial_numbers,
            "resets": counters.resets,
            "unknown": counters.unknown,
            "other_devices": counters.other_devices,
        })
    }
}

fn reading(asked: Asked, data: &Bytes) -> Result<Reading, &'static str> {
    let [(high, _), (low, _), (sum, _), ..] = *data else {
        // A controller may leave the checksum out.
        return Err(if data.len() == 2 { "no_checksum" } else { "short" });
    };
    match Reading::from_frame([high, low, sum]) {
        Ok(reading) => match (asked, reading) {
            (Asked::Temperature, Reading::Humidity(_))
            | (Asked::Humidity, Reading::Temperature(_)) => Err("mixup"),
            _ => Ok(reading),
        },
        Err(BadFrame::AllZeros) => Err("all_zeros"),
        Err(_) => Err("checksum"),
    }
}
