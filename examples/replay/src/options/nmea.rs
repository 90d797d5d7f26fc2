//! What is asked for of a GPS receiver.

use std::path::PathBuf;

use lexopt::prelude::*;

use super::{Command, NmeaOptions, Place, named, numbered, rate, unexpected, unit};
use crate::capture::{Source, is_vcd};

pub(super) fn parse(mut args: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut place = Place::default();
    let mut each = false;
    let mut satellites = false;
    let mut pulses = None;
    let mut baud = 9_600;
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("signal") => place.signal = Some(named(&mut args)?),
            Long("column") => place.signal = Some(numbered(&mut args)?),
            Long("unit") => place.unit = Some(args.value()?.parse_with(unit)?),
            Long("each") => each = true,
            Long("satellites") => satellites = true,
            Long("pps") => pulses = Some(named(&mut args)?),
            Long("baud") => baud = args.value()?.parse_with(rate)?,
            Value(path) if place.file.is_none() => place.file = Some(PathBuf::from(path)),
            other => return Err(unexpected(other)),
        }
    }
    let is_asked_for = place.signal.is_some() || place.unit.is_some() || pulses.is_some();
    let source = place.source()?;
    if pulses.as_ref() == Some(&source.signal) {
        return Err("--pps and --signal are the same signal".into());
    }
    if pulses.is_some() && satellites {
        return Err("--pps and --satellites exclude each other".into());
    }
    let (file, unit) = (&source.file, source.unit);
    let pulses = pulses.map(|signal| Source { file: file.clone(), signal, unit });
    let is_capture = is_asked_for || is_vcd(&source.file);
    Ok(Command::Nmea(NmeaOptions { source, pulses, is_capture, each, satellites, baud }))
}
