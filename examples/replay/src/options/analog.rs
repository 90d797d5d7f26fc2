//! What is asked for of a number.

use std::path::PathBuf;

use lexopt::prelude::*;

use super::{AnalogOptions, Command, Place, named, numbered, unexpected, unit};
use crate::analog::{AskedBand, Scale};
use crate::capture::Number;

pub(super) fn parse(mut args: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut place = Place::default();
    let (mut low, mut high, mut around) = (None, None, None);
    let mut hysteresis = None;
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("signal") => place.signal = Some(named(&mut args)?),
            Long("column") => place.signal = Some(numbered(&mut args)?),
            Long("unit") => place.unit = Some(args.value()?.parse_with(unit)?),
            Long("low") => low = Some(args.value()?.parse()?),
            Long("high") => high = Some(args.value()?.parse()?),
            Long("around") => around = Some(args.value()?.parse()?),
            Long("hysteresis") => hysteresis = Some(args.value()?.parse()?),
            Value(path) if place.file.is_none() => place.file = Some(PathBuf::from(path)),
            other => return Err(unexpected(other)),
        }
    }
    let given: Vec<_> = [low, high, around, hysteresis].into_iter().flatten().collect();
    let band = match (low, high, around) {
        (None, None, None) => return Err("no band: give --low, --high or --around".into()),
        (None, None, Some(span)) => AskedBand::Around(span),
        (low, high, None) => AskedBand::Between(low, high),
        (_, _, Some(_)) => return Err("--around is not for a band with --low or --high".into()),
    };
    let scale = Scale::of(&given);
    let watcher = scale.watcher(&band, hysteresis.unwrap_or(Number(0)))?;
    Ok(Command::Analog(AnalogOptions { source: place.source()?, scale, watcher }))
}
