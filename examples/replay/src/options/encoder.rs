//! What is asked for of an encoder.

use std::num::NonZeroU8;
use std::path::PathBuf;

use lexopt::prelude::*;
use tickwire_drivers::encoder::{Acceleration, Division, Range};
use tickwire_traits::Duration;

use super::{Command, EncoderOptions, Place, millis, named, unexpected, unit};
use crate::capture::{Signal, Source};

pub(super) fn parse(mut args: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut place = Place::default();
    let (mut a, mut b) = (Signal::Numbered(1), Signal::Numbered(2));
    let mut division = Division::X4;
    let (mut min, mut max, mut wrap) = (None, None, None);
    let mut interval = Duration::ZERO;
    let (mut most, mut slow) = (NonZeroU8::MIN, Duration::from_millis(100));
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("a") => a = named(&mut args)?,
            Long("b") => b = named(&mut args)?,
            Long("unit") => place.unit = Some(args.value()?.parse_with(unit)?),
            Long("divide") => division = args.value()?.parse_with(self::division)?,
            Long("min") => min = Some(args.value()?.parse()?),
            Long("max") => max = Some(args.value()?.parse()?),
            Long("wrap") => wrap = Some(positions(&mut args)?),
            Long("interval") => interval = millis(&mut args)?,
            Long("accelerate") => most = args.value()?.parse_with(most_positions)?,
            Long("slow") => slow = millis(&mut args)?,
            Value(path) if place.file.is_none() => place.file = Some(PathBuf::from(path)),
            other => return Err(unexpected(other)),
        }
    }
    if a == b {
        return Err("--a and --b are the same signal".into());
    }
    let range = range(min, max, wrap)?;
    let Source { file, unit, .. } = place.source()?;
    let a = Source { file: file.clone(), signal: a, unit };
    let b = Source { file, signal: b, unit };
    let acceleration = Acceleration::new(slow, most.get());
    Ok(Command::Encoder(EncoderOptions { a, b, division, range, interval, acceleration }))
}

/// The number behind `--wrap`, which may be left out.
fn positions(args: &mut lexopt::Parser) -> Result<Option<u32>, lexopt::Error> {
    let number = match args.optional_value() {
        Some(number) => number,
        None => {
            let is_number = |arg: &std::ffi::OsStr| {
                arg.to_str().is_some_and(|arg| arg.bytes().all(|byte| byte.is_ascii_digit()))
            };
            let next = args.try_raw_args().and_then(|mut args| args.next_if(is_number));
            let Some(number) = next else { return Ok(None) };
            number
        }
    };
    number.parse_with(|text| match text.parse() {
        Ok(number @ 1..) => Ok(Some(number)),
        _ => Err("not a number of positions"),
    })
}

fn range(
    min: Option<i32>,
    max: Option<i32>,
    wrap: Option<Option<u32>>,
) -> Result<Range, lexopt::Error> {
    let range = match (wrap, max) {
        (None, _) => Range::clamped(min.unwrap_or(i32::MIN), max.unwrap_or(i32::MAX)),
        (Some(None), Some(max)) => Range::wrapping(min.unwrap_or(0), max),
        (Some(None), None) => return Err("--wrap needs --max, or a number of positions".into()),
        (Some(Some(_)), Some(_)) => return Err("--max and a number of --wrap: give one".into()),
        (Some(Some(positions)), None) => {
            let min = min.unwrap_or(0);
            let max = min.checked_add_unsigned(positions - 1).ok_or("--wrap is too many")?;
            Range::wrapping(min, max)
        }
    };
    range.map_err(|_| "--min is above --max".into())
}

fn division(text: &str) -> Result<Division, &'static str> {
    text.parse().ok().and_then(Division::by).ok_or("not a number from 1 to 255")
}

fn most_positions(text: &str) -> Result<NonZeroU8, &'static str> {
    text.parse().map_err(|_| "not a number from 1 to 255")
}
