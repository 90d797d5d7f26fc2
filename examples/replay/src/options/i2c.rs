//! What is asked for of a bus.

use std::path::PathBuf;

use lexopt::prelude::*;

use super::{Command, I2cOptions, named, unexpected};
use crate::capture::{Signal, Source, is_vcd};

pub(super) fn parse(mut args: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut file = None;
    let (mut scl, mut sda) = (None, None);
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("scl") => scl = Some(named(&mut args)?),
            Long("sda") => sda = Some(named(&mut args)?),
            Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            other => return Err(unexpected(other)),
        }
    }
    let file = file.ok_or("no file to replay")?;
    if (scl.is_some() || sda.is_some()) && !is_vcd(&file) {
        return Err("--scl and --sda are for a VCD file: a text has a header".into());
    }
    let source = |signal: Option<Signal>, name: &str| {
        let signal = signal.unwrap_or_else(|| Signal::Named(name.into()));
        Source { file: file.clone(), signal, unit: None }
    };
    let (scl, sda) = (source(scl, "SCL"), source(sda, "SDA"));
    if scl.signal == sda.signal {
        return Err("--scl and --sda are the same signal".into());
    }
    Ok(Command::I2c(I2cOptions { scl, sda }))
}
