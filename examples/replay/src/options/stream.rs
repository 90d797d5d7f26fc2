//! What is asked of a stream of bytes.

use std::path::PathBuf;

use lexopt::prelude::*;
use tickwire_traits::Duration;

use super::{Command, StreamOptions, millis, rate, unexpected};

/// How bytes are divided.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dividing {
    Lines,
    /// The delimiter.
    Records(u8),
    Cobs,
    Quiet,
}

pub(super) fn parse(mut args: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut file, mut dividing, mut delimiter) = (None, None, None);
    let mut pause = None;
    let mut baud = 9_600;
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("as") => dividing = Some(args.value()?.parse_with(named)?),
            Long("delimiter") => delimiter = Some(args.value()?.parse_with(byte)?),
            Long("pause") => pause = Some(millis(&mut args)?),
            Long("baud") => baud = args.value()?.parse_with(rate)?,
            Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            other => return Err(unexpected(other)),
        }
    }
    let file = file.ok_or("no file to replay")?;
    let dividing = match (dividing.ok_or(AS)?, delimiter) {
        (Dividing::Records(_), Some(delimiter)) => Dividing::Records(delimiter),
        (_, Some(_)) => return Err("--delimiter is for --as records".into()),
        (dividing, None) => dividing,
    };
    if pause.is_some() && !matches!(dividing, Dividing::Quiet) {
        return Err("--pause is for --as quiet".into());
    }
    let pause = pause.unwrap_or(Duration::from_millis(10));
    Ok(Command::Stream(StreamOptions { file, dividing, pause, baud }))
}

const AS: &str = "--as: give lines, records, cobs or quiet";

fn byte(text: &str) -> Result<u8, &'static str> {
    text.parse().map_err(|_| "not a byte, 0 to 255 in decimal")
}

fn named(name: &str) -> Result<Dividing, &'static str> {
    match name {
        "lines" => Ok(Dividing::Lines),
        "records" => Ok(Dividing::Records(0)),
        "cobs" => Ok(Dividing::Cobs),
        "quiet" => Ok(Dividing::Quiet),
        _ => Err("give lines, records, cobs or quiet"),
    }
}
