//! Sensors of temperature and humidity: what a bus has carried.

mod dialogue;
mod pins;
mod text;

use std::io::Write;

use serde_json::{Value, json};
use tickwire_drivers::htu21d::Reading;
use tickwire_replay::merged;
use tickwire_sim::i2c::{Ack, Decoder};

use crate::capture::is_vcd;
use crate::failure::Failure;
use crate::log::Log;
use crate::options::I2cOptions;
use dialogue::Dialogue;
use pins::Pins;
use text::{Columns, Row};

/// The bytes of a message, each with its acknowledgment, the address first.
type Bytes = [(u8, Ack)];

pub(crate) fn replay(options: &I2cOptions, out: &mut impl Write) -> Result<(), Failure> {
    let mut dialogue = Dialogue::default();
    let mut decoder = Decoder::new();
    if is_vcd(&options.scl.file) {
        let mut pins = Pins::open(&options.scl, &options.sda)?;
        while let Some((at, scl, sda)) = pins.next()? {
            if let Some(message) = decoder.change(at, scl, sda) {
                let at = pins.micros(message.at);
                print(out, at, dialogue.message(&message.bytes))?;
            }
        }
        if let Some(message) = decoder.finish() {
            print(out, pins.micros(message.at), dialogue.message(&message.bytes))?;
        }
        return Ok(writeln!(out, "{}", merged(dialogue.counters(), json!({ "bad_lines": 0 })))?);
    }
    let mut log = Log::<Columns>::open(&options.scl.file)?;
    let mut origin = None;
    while let Some((nanos, row)) = log.next()? {
        let micros = nanos.div_euclid(1_000);
        match row {
            Row::Messages(messages) => {
                for bytes in messages {
                    print(out, micros, dialogue.message(&bytes))?;
                }
            }
            Row::Levels { scl, sda } => {
                let origin = *origin.get_or_insert(micros);
                let message = decoder.change(pins::instant(micros - origin), scl, sda);
                if let Some(message) = message {
                    let at = origin.saturating_add_unsigned(message.at.as_micros());
                    print(out, at, dialogue.message(&message.bytes))?;
                }
            }
        }
    }
    if let Some(message) = decoder.finish() {
        let at = origin.unwrap_or(0).saturating_add_unsigned(message.at.as_micros());
        print(out, at, dialogue.message(&message.bytes))?;
    }
    let counters = merged(dialogue.counters(), json!({ "bad_lines": log.bad() }));
    writeln!(out, "{counters}")?;
    log.verdict()
}

/// Prints what a message has told, if it has.
fn print(
    out: &mut impl Write,
    at: i64,
    told: Option<Result<Reading, &'static str>>,
) -> Result<(), Failure> {
    let object = match told {
        None => return Ok(()),
        Some(Ok(reading)) => json!({ "t_us": at, "reading": described(reading) }),
        Some(Err(error)) => json!({ "t_us": at, "error": error }),
    };
    Ok(writeln!(out, "{object}")?)
}

fn described(reading: Reading) -> Value {
    match reading {
        Reading::Temperature(temperature) => json!({ "centi_celsius": temperature.0 }),
        Reading::Humidity(humidity) => json!({ "centi_percent": humidity.0 }),
    }
}
