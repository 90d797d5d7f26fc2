//! What is asked for of a remote control.

use std::path::PathBuf;

use lexopt::prelude::*;
use tickwire_drivers::nec::Addressing;

use super::{Command, NecOptions, Place, named, numbered, unexpected, unit};

pub(super) fn parse(mut args: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut place = Place::default();
    let mut addressing = None;
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("signal") => place.signal = Some(named(&mut args)?),
            Long("column") => place.signal = Some(numbered(&mut args)?),
            Long("unit") => place.unit = Some(args.value()?.parse_with(unit)?),
            Long("extended") => set_once(&mut addressing, Addressing::Extended)?,
            Long("samsung") => set_once(&mut addressing, Addressing::Samsung)?,
            Long("apple") => set_once(&mut addressing, Addressing::Apple)?,
            Value(path) if place.file.is_none() => place.file = Some(PathBuf::from(path)),
            other => return Err(unexpected(other)),
        }
    }
    let addressing = addressing.unwrap_or_default();
    Ok(Command::Nec(NecOptions { source: place.source()?, addressing }))
}

/// Sets the addressing, unless another one is given already.
fn set_once(addressing: &mut Option<Addressing>, to: Addressing) -> Result<(), lexopt::Error> {
    match addressing.replace(to) {
        Some(other) if other != to => Err("--extended, --samsung and --apple: give one".into()),
        _ => Ok(()),
    }
}
