//! Where the levels of a display's lines are read from.

use std::path::Path;

use super::columns::{Columns, Levels, Line};
use crate::capture::{Capture, Signal, Source, check_is_lasting, is_vcd};
use crate::failure::Failure;
use crate::log::Log;
use crate::options::LcdOptions;
use crate::wires::Wires;

/// A recording, read a change at a time.
pub(super) enum Input {
    Text(Box<Log<Columns>>),
    Vcd { wires: Wires, lines: Vec<Line> },
}

impl Input {
    pub(super) fn open(options: &LcdOptions) -> Result<Self, Failure> {
        let LcdOptions { file, prefix, .. } = options;
        if !is_vcd(file) {
            return Ok(Self::Text(Box::new(Log::open(file)?)));
        }
        check_is_lasting(file)?;
        let (mut captures, mut lines) = (Vec::new(), Vec::new());
        for line in Line::ALL {
            match open(file, prefix, line) {
                Ok(capture) => {
                    captures.push(capture);
                    lines.push(line);
                }
                // It is tied to low on most boards.
                Err(Failure::Usage(_)) if line == Line::Rw => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(Self::Vcd { wires: Wires::new(captures), lines })
    }

    /// Returns the time of the next change, in microseconds, and the levels that are known then;
    /// none at the end.
    pub(super) fn next(&mut self) -> Result<Option<(i64, Levels)>, Failure> {
        match self {
            Self::Text(log) => {
                let row = log.next()?;
                Ok(row.map(|(nanos, levels)| (nanos.div_euclid(1_000), levels)))
            }
            Self::Vcd { wires, lines } => {
                let Some(at) = wires.advance()? else { return Ok(None) };
                let levels = Levels::of_lines(lines.iter().copied().zip(wires.levels()));
                Ok(Some((wires.origin().saturating_add_unsigned(at.0 / 1_000), levels)))
            }
        }
    }

    /// Returns the number of malformed lines.
    pub(super) fn bad(&self) -> u64 {
        match self {
            Self::Text(log) => log.bad(),
            Self::Vcd { .. } => 0,
        }
    }

    /// Fails if a line was malformed.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        match self {
            Self::Text(log) => log.verdict(),
            Self::Vcd { .. } => Ok(()),
        }
    }
}

/// Opens the signal of a line, whose name is in capital letters or in small ones.
fn open(file: &Path, prefix: &str, line: Line) -> Result<Capture, Failure> {
    let open = |name: String| {
        let signal = Signal::Named(format!("{prefix}{name}"));
        Capture::open(&Source { file: file.into(), signal, unit: None })
    };
    match open(line.name().to_ascii_lowercase()) {
        Err(Failure::Usage(_)) => open(line.name().into()),
        other => other,
    }
}
