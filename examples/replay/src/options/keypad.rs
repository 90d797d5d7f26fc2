//! What is asked for of a keypad.

use std::path::PathBuf;

use lexopt::prelude::*;
use tickwire_drivers::button::{self, Reporting};
use tickwire_drivers::switch;
use tickwire_traits::Duration;

use super::{Command, KeypadOptions, Place, millis, mode, unexpected, unit};

pub(super) fn parse(mut args: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut place = Place::default();
    let mut debounce = switch::Debounce::default();
    let mut timing = button::Timing::default();
    let (mut pause, mut has_diodes) = (Duration::from_millis(5), false);
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("unit") => place.unit = Some(args.value()?.parse_with(unit)?),
            Long("mode") => debounce.mode = args.value()?.parse_with(mode)?,
            Long("close") => debounce.close = millis(&mut args)?,
            Long("open") => debounce.open = millis(&mut args)?,
            Long("double") => timing.double = millis(&mut args)?,
            Long("long") => timing.long = millis(&mut args)?,
            Long("repeat") => timing.repeat = Some(millis(&mut args)?),
            Long("clicks") => timing.most_clicks = args.value()?.parse()?,
            Long("exclusive") => timing.reporting = Reporting::Exclusive,
            Long("pause") => pause = millis(&mut args)?,
            Long("diodes") => has_diodes = true,
            Value(path) if place.file.is_none() => place.file = Some(PathBuf::from(path)),
            other => return Err(unexpected(other)),
        }
    }
    let source = place.source()?;
    Ok(Command::Keypad(KeypadOptions { source, debounce, timing, pause, has_diodes }))
}
