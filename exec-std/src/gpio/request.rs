//! Claiming lines.

use std::env;
use std::io;
use std::path::Path;
use std::process;

use gpiocdev::line::Value;
use gpiocdev::request::Builder;
use gpiocdev::{Chip, Request};

use super::{Error, Line};
use crate::messages::group;

/// Opens a chip.
pub(super) fn open_chip(path: &Path) -> Result<Chip, Error> {
    match Chip::from_path(path) {
        Ok(chip) => Ok(chip),
        Err(gpiocdev::Error::GpioChip(..)) => Err(Error::NoChip(path.to_owned())),
        Err(error) => match Error::of_call(error) {
            Error::System(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Err(Error::NoChip(path.to_owned()))
            }
            error if error.is_denied() => {
                Err(Error::Denied { chip: path.to_owned(), group: group::that_may_open(path) })
            }
            error => Err(error),
        },
    }
}

/// Claims `lines` of one chip, as `configure` says. If it fails, nothing is claimed.
pub(super) fn claim(
    lines: &[&Line],
    configure: impl FnOnce(&mut Builder),
) -> Result<Request, Error> {
    let Some(first) = lines.first() else { unreachable!("a pin has a line") };
    let chip = open_chip(first.chip())?;
    let count = chip.info().map_err(Error::of_call)?.num_lines;
    if let Some(line) = lines.iter().find(|line| line.offset() >= count) {
        return Err(Error::NoLine { line: (*line).clone(), lines: count });
    }
    let mut builder = Request::builder();
    builder.on_chip(first.chip()).with_consumer(consumer());
    // All at once: settings apply to the lines that were named last.
    builder.with_lines(&lines.iter().map(|line| line.offset()).collect::<Vec<_>>());
    configure(&mut builder);
    builder.request().map_err(|error| match Error::of_call(error) {
        error if error.is_busy() => busy(&chip, lines).unwrap_or(error),
        error => error,
    })
}

/// Says which of `lines` is in use, and by whom.
fn busy(chip: &Chip, lines: &[&Line]) -> Option<Error> {
    let taken = |line: &&&Line| chip.line_info(line.offset()).is_ok_and(|info| info.used);
    let line = *lines.iter().find(taken)?;
    let holder = chip.line_info(line.offset()).ok()?.consumer;
    Some(Error::Busy { line: line.clone(), holder: Some(holder).filter(|it| !it.is_empty()) })
}

/// Returns the name under which lines are claimed: the program's file, and the number of
/// the process. The kernel keeps 31 bytes.
fn consumer() -> String {
    const ROOM: usize = 31;
    let path = env::current_exe().unwrap_or_default();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let process = format!("[{}]", process::id());
    let ends = name.char_indices().map(|(start, letter)| start + letter.len_utf8());
    let kept = ends.take_while(|end| end + process.len() <= ROOM).last().unwrap_or_default();
    format!("{}{process}", &name[..kept])
}

/// Reads the level of one line.
pub(super) fn is_active(request: &Request, offset: u32) -> Result<bool, Error> {
    let value = request.value(offset).map_err(Error::of_call)?;
    Ok(value == Value::Active)
}
