//! What is asked for of a display.

use std::path::PathBuf;

use lexopt::prelude::*;

use super::{Command, LcdOptions, unexpected};
use crate::capture::is_vcd;

pub(super) fn parse(mut args: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut file, mut prefix) = (None, None);
    let (mut columns, mut rows) = (16, 2);
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("columns") => columns = args.value()?.parse()?,
            Long("rows") => rows = args.value()?.parse()?,
            Long("prefix") => prefix = Some(args.value()?.string()?),
            Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            other => return Err(unexpected(other)),
        }
    }
    let file = file.ok_or("no file to replay")?;
    if prefix.is_some() && !is_vcd(&file) {
        return Err("--prefix is for a VCD file: a text has a header".into());
    }
    if !(8..=40).contains(&columns) || !matches!(rows, 1 | 2 | 4) {
        return Err(format!("there are no displays of {columns}x{rows}").into());
    }
    if columns * rows > 80 {
        return Err("a display of more than 80 characters has two E: replay each half".into());
    }
    Ok(Command::Lcd(LcdOptions { file, prefix: prefix.unwrap_or_default(), columns, rows }))
}
