//! What is asked for.

mod analog;
mod encoder;
mod i2c;
mod keypad;
mod lcd;
mod nec;
mod nmea;
mod stream;

use std::path::PathBuf;

use embedded_hal::digital::PinState;
use lexopt::prelude::*;
use tickwire_drivers::analog_watch::Watcher;
use tickwire_drivers::button::{self, Reporting};
use tickwire_drivers::encoder::{Acceleration, Division, Range};
use tickwire_drivers::nec::Addressing;
use tickwire_drivers::switch::{self, Contact, Mode, Wiring};
use tickwire_traits::Duration;

use crate::analog::Scale;
use crate::capture::{Signal, Source, Unit};
pub(crate) use stream::Dividing;

/// One replay.
pub(crate) enum Command {
    Help,
    Analog(AnalogOptions),
    Encoder(EncoderOptions),
    I2c(I2cOptions),
    Keypad(KeypadOptions),
    Lcd(LcdOptions),
    Nec(NecOptions),
    Nmea(NmeaOptions),
    Stream(StreamOptions),
    Switch(ContactOptions),
    Button(ContactOptions, button::Timing),
}

/// Where a contact was recorded, and how it is wired.
pub(crate) struct ContactOptions {
    pub(crate) source: Source,
    pub(crate) wiring: Wiring,
    pub(crate) debounce: switch::Debounce,
}

/// Where an encoder was recorded, and how it counts.
pub(crate) struct EncoderOptions {
    pub(crate) a: Source,
    pub(crate) b: Source,
    pub(crate) division: Division,
    pub(crate) range: Range,
    pub(crate) interval: Duration,
    pub(crate) acceleration: Acceleration,
}

/// Where a number was recorded, and the band that it is watched for.
pub(crate) struct AnalogOptions {
    pub(crate) source: Source,
    pub(crate) scale: Scale,
    pub(crate) watcher: Watcher,
}

/// Where a keypad was recorded, and how it is scanned.
pub(crate) struct KeypadOptions {
    pub(crate) source: Source,
    pub(crate) debounce: switch::Debounce,
    pub(crate) timing: button::Timing,
    pub(crate) pause: Duration,
    pub(crate) has_diodes: bool,
}

/// Where a bus was recorded, and the signals of a VCD file.
pub(crate) struct I2cOptions {
    pub(crate) scl: Source,
    pub(crate) sda: Source,
}

/// Where the lines of a display were recorded, and its size.
pub(crate) struct LcdOptions {
    pub(crate) file: PathBuf,
    /// What is before the name of each line in a VCD file.
    pub(crate) prefix: String,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

/// What a remote control sent.
pub(crate) struct NecOptions {
    pub(crate) source: Source,
    pub(crate) addressing: Addressing,
}

/// What a receiver was heard to say.
pub(crate) struct NmeaOptions {
    pub(crate) source: Source,
    /// Where the pulses per second are.
    pub(crate) pulses: Option<Source>,
    /// Whether the file is a capture of the line, not what was said on it.
    pub(crate) is_capture: bool,
    pub(crate) each: bool,
    /// Whether sets of satellites are printed.
    pub(crate) satellites: bool,
    pub(crate) baud: u32,
}

/// Which bytes are divided, and how.
pub(crate) struct StreamOptions {
    pub(crate) file: PathBuf,
    pub(crate) dividing: Dividing,
    /// How long nothing has to come at the end of a block.
    pub(crate) pause: Duration,
    pub(crate) baud: u32,
}

/// The drivers to which a capture can be sent.
const DRIVERS: &str = "switch, button, encoder, analog, keypad, nec, nmea, lcd, i2c or stream";

/// Reads the command line.
pub(crate) fn parse() -> Result<Command, String> {
    parse_from(lexopt::Parser::from_env()).map_err(|error| format!("{error}; try --help"))
}

fn parse_from(mut args: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let kind = match args.next()? {
        Some(Value(kind)) => kind.string()?,
        Some(Long("help") | Short('h')) => return Ok(Command::Help),
        Some(other) => return Err(other.unexpected()),
        None => return Err(format!("no driver: give {DRIVERS}").into()),
    };
    match &*kind {
        "analog" => analog::parse(args),
        "encoder" => encoder::parse(args),
        "i2c" => i2c::parse(args),
        "keypad" => keypad::parse(args),
        "lcd" => lcd::parse(args),
        "nec" => nec::parse(args),
        "nmea" => nmea::parse(args),
        "stream" => stream::parse(args),
        "switch" | "button" => contact(args, kind == "button"),
        other => Err(format!("no driver `{other}`: give {DRIVERS}").into()),
    }
}

fn contact(mut args: lexopt::Parser, is_button: bool) -> Result<Command, lexopt::Error> {
    let mut place = Place::default();
    let mut wiring = Wiring::default();
    let mut debounce = switch::Debounce::default();
    let mut timing = button::Timing::default();
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("signal") => place.signal = Some(named(&mut args)?),
            Long("column") => place.signal = Some(numbered(&mut args)?),
            Long("unit") => place.unit = Some(args.value()?.parse_with(unit)?),
            Long("active") => wiring.closed = args.value()?.parse_with(level)?,
            Long("rest") => wiring.rest = args.value()?.parse_with(rest)?,
            Long("mode") => debounce.mode = args.value()?.parse_with(mode)?,
            Long("close") => debounce.close = millis(&mut args)?,
            Long("open") => debounce.open = millis(&mut args)?,
            Long("double") if is_button => timing.double = millis(&mut args)?,
            Long("long") if is_button => timing.long = millis(&mut args)?,
            Long("repeat") if is_button => timing.repeat = Some(millis(&mut args)?),
            Long("clicks") if is_button => timing.most_clicks = args.value()?.parse()?,
            Long("exclusive") if is_button => timing.reporting = Reporting::Exclusive,
            Value(path) if place.file.is_none() => place.file = Some(PathBuf::from(path)),
            other => return Err(unexpected(other)),
        }
    }
    let contact = ContactOptions { source: place.source()?, wiring, debounce };
    Ok(if is_button { Command::Button(contact, timing) } else { Command::Switch(contact) })
}

/// Names the drivers to which an option belongs that this one does not have.
fn unexpected(arg: lexopt::Arg<'_>) -> lexopt::Error {
    let drivers = match arg {
        Long("double" | "long" | "repeat" | "clicks" | "exclusive") => "button and keypad",
        Long("active" | "rest") => "switch and button",
        Long("mode" | "close" | "open") => "switch, button and keypad",
        Long("pause" | "diodes") => "keypad",
        Long("each" | "baud" | "pps" | "satellites") => "nmea",
        Long("signal" | "column") => "switch, button, analog, nec and nmea",
        Long("low" | "high" | "around" | "hysteresis") => "analog",
        Long("a" | "b" | "divide" | "min" | "max" | "wrap") => "encoder",
        Long("interval" | "accelerate" | "slow") => "encoder",
        Long("extended" | "samsung" | "apple") => "nec",
        Long("columns" | "rows" | "prefix") => "lcd",
        Long("scl" | "sda") => "i2c",
        other => return other.unexpected(),
    };
    format!("{}: it belongs to {drivers}", arg.unexpected()).into()
}

/// The parts of a [`Source`] that have been given.
#[derive(Default)]
struct Place {
    file: Option<PathBuf>,
    signal: Option<Signal>,
    unit: Option<Unit>,
}

impl Place {
    fn source(self) -> Result<Source, lexopt::Error> {
        let file = self.file.ok_or("no file to replay")?;
        Ok(Source { file, signal: self.signal.unwrap_or(Signal::Any), unit: self.unit })
    }
}

/// The name of a signal; an empty one, to be told what there is, if it is missing.
fn named(args: &mut lexopt::Parser) -> Result<Signal, lexopt::Error> {
    match args.value() {
        Ok(name) => Ok(Signal::Named(name.string()?)),
        Err(lexopt::Error::MissingValue { .. }) => Ok(Signal::Named(String::new())),
        Err(error) => Err(error),
    }
}

fn numbered(args: &mut lexopt::Parser) -> Result<Signal, lexopt::Error> {
    match args.value()?.parse()? {
        0 => Err("columns are counted from 1".into()),
        number => Ok(Signal::Numbered(number)),
    }
}

fn unit(text: &str) -> Result<Unit, &'static str> {
    Unit::named(text).ok_or("not one of s, ms, us, ns, ps, fs")
}

fn rate(text: &str) -> Result<u32, &'static str> {
    match text.parse() {
        Ok(rate @ 1..) => Ok(rate),
        _ => Err("not a rate in bits per second"),
    }
}

/// Milliseconds, with a decimal fraction down to microseconds; up to the hour that
/// the drivers know.
fn millis(args: &mut lexopt::Parser) -> Result<Duration, lexopt::Error> {
    args.value()?.parse_with(|text| {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 3 {
            return Err("not a number of milliseconds");
        }
        match format!("{whole}{fraction:0<3}").parse() {
            Ok(micros @ ..=3_600_000_000) => Ok(Duration::from_micros(micros)),
            _ => Err("more than an hour"),
        }
    })
}

fn level(text: &str) -> Result<Option<PinState>, &'static str> {
    match text {
        "low" => Ok(Some(PinState::Low)),
        "high" => Ok(Some(PinState::High)),
        "learn" => Ok(None),
        _ => Err("not one of low, high, learn"),
    }
}

fn rest(text: &str) -> Result<Contact, &'static str> {
    match text {
        "open" => Ok(Contact::Open),
        "closed" => Ok(Contact::Closed),
        _ => Err("not one of open, closed"),
    }
}

fn mode(text: &str) -> Result<Mode, &'static str> {
    match text {
        "eager" => Ok(Mode::Eager),
        "confirmed" => Ok(Mode::Confirmed),
        _ => Err("not one of eager, confirmed"),
    }
}
