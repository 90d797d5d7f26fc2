//! Sensors of temperature and humidity: what a bus has carried.

mod dialogue;
mod text;

use std::io::Write;

use embedded_hal::digital::PinState;
use serde_json::{Value, json};
use tickwire_drivers::htu21d::Reading;
use tickwire_replay::merged;
use tickwire_sim::i2c::{Ack, Decoder};
use tickwire_traits::Instant;

use crate::capture::{Capture, check_is_lasting, is_vcd};
use crate::failure::{Failure, note};
use crate::log::Log;
use crate::options::I2cOptions;
use crate::pin;
use crate::wires::Wires;
use dialogue::Dialogue;
use text::{Columns, Row};

/// The bytes of a message, each with its acknowledgment, the address first.
type Bytes = [(u8, Ack)];

pub(crate) fn replay(options: &I2cOptions, out: &mut impl Write) -> Result<(), Failure> {
    let mut dialogue = Dialogue::default();
    let log = if is_vcd(&options.scl.file) {
        follow_signals(options, &mut dialogue, out)?;
        None
    } else {
        Some(follow_log(options, &mut dialogue, out)?)
    };
    let bad = log.as_ref().map_or(0, Log::bad);
    writeln!(out, "{}", merged(dialogue.counters(), json!({ "bad_lines": bad })))?;
    if dialogue.is_of_others() {
        let file = options.scl.file.display();
        note(format_args!("{file}: no message to a sensor: its address is 80, or 81 to read"));
    }
    log.map_or(Ok(()), |log| log.verdict())
}

fn follow_signals(
    options: &I2cOptions,
    dialogue: &mut Dialogue,
    out: &mut impl Write,
) -> Result<(), Failure> {
    check_is_lasting(&options.scl.file)?;
    let mut decoder = Decoder::new();
    let mut bus = Wires::new([Capture::open(&options.scl)?, Capture::open(&options.sda)?]);
    let origin = bus.origin();
    let micros = |at: Instant| origin.saturating_add_unsigned(at.as_micros());
    while let Some(at) = bus.advance()? {
        // A line is high until somebody pulls it low.
        let mut levels = bus.levels().map(|level| level.unwrap_or(PinState::High));
        let (Some(scl), Some(sda)) = (levels.next(), levels.next()) else { break };
        if let Some(message) = decoder.change(pin::instant(at), scl, sda) {
            print(out, micros(message.at), dialogue.message(&message.bytes))?;
        }
    }
    if let Some(message) = decoder.finish() {
        print(out, micros(message.at), dialogue.message(&message.bytes))?;
    }
    Ok(())
}

fn follow_log(
    options: &I2cOptions,
    dialogue: &mut Dialogue,
    out: &mut impl Write,
) -> Result<Log<Columns>, Failure> {
    let mut decoder = Decoder::new();
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
                let message = decoder.change(instant(micros - origin), scl, sda);
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
    Ok(log)
}

/// Returns the instant of a time that is not negative, in microseconds.
fn instant(micros: i64) -> Instant {
    Instant::from_micros(micros.cast_unsigned())
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
