//! Why there is no replay, or no more of it.

use std::fmt;
use std::io::{self, Write};

use embedded_hal::digital;

/// Why a replay ended early. Each kind has its exit status.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line asks for something that is not there: status 2.
    Usage(String),
    /// The capture cannot be read, or is not one: status 1.
    Capture(String),
    /// What was found cannot be written: status 1, or 0 for a pipe that was closed.
    Output(io::Error),
}

impl Failure {
    /// Puts the name of the file before the message.
    pub(crate) fn in_file(self, file: &str) -> Self {
        match self {
            Self::Usage(message) => Self::Usage(format!("{file}: {message}")),
            Self::Capture(message) => Self::Capture(format!("{file}: {message}")),
            Self::Output(error) => Self::Output(error),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Capture(message) => f.write_str(message),
            Self::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl digital::Error for Failure {
    fn kind(&self) -> digital::ErrorKind {
        digital::ErrorKind::Other
    }
}

impl embedded_io_async::Error for Failure {
    fn kind(&self) -> embedded_io_async::ErrorKind {
        embedded_io_async::ErrorKind::Other
    }
}

/// Writes a line to standard error: a failure, or a doubt about a replay that goes on.
pub(crate) fn note(message: impl fmt::Display) {
    // Nobody is left to hear that this cannot be written either.
    let _ = writeln!(io::stderr(), "replay: {message}");
}

/// The most characters of a capture that a message repeats.
const QUOTED: usize = 40;

/// Quotes the beginning of what was found, on one line, whatever is in it.
pub(crate) fn quoted(found: &[u8]) -> String {
    // No character has more than four bytes.
    let start = String::from_utf8_lossy(&found[..found.len().min(4 * QUOTED)]);
    let cut: String = start.chars().take(QUOTED).collect();
    let more = if cut.len() < start.len() || found.len() > 4 * QUOTED { "…" } else { "" };
    format!("{cut:?}{more}")
}
