//! Reasons why a line cannot be used.

use std::fmt::{self, Write as _};
use std::io;
use std::path::PathBuf;

use embedded_hal::digital;

use super::Line;
use crate::messages::group::Denied;
use crate::messages::one_line::OneLine;

/// The reason why a line cannot be claimed, read or written.
///
/// Its `Display` is one line for the person at the board.
///
/// ```
/// use tickwire_exec_std::gpio::{Error, Input, InputSettings, Line};
///
/// let error = Input::open(&Line::at("/dev/null", 4), InputSettings::DEFAULT).unwrap_err();
/// assert!(matches!(error, Error::NoChip(_)));
/// assert_eq!(error.to_string(), "/dev/null is not a GPIO chip");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no chip at this path.
    NoChip(PathBuf),
    /// The system has no GPIO chip.
    NoChips,
    /// The chip has fewer lines.
    NoLine {
        /// The line that was asked for.
        line: Line,
        /// The number of lines that the chip has.
        lines: u32,
    },
    /// No line has this name.
    UnknownName {
        /// The name that was asked for.
        name: String,
        /// The name that resembles it most, if one does.
        nearest: Option<String>,
    },
    /// Several lines have this name. Use [`Line::at`].
    AmbiguousName {
        /// The name that was asked for.
        name: String,
        /// The first two lines that have it.
        lines: [Line; 2],
    },
    /// The user may not open the chip.
    Denied {
        /// The chip's path.
        chip: PathBuf,
        /// The group that may open it, if one may.
        group: Option<String>,
    },
    /// Another program, or the kernel, has claimed the line.
    Busy {
        /// The line that was asked for.
        line: Line,
        /// The name under which it is claimed, if it has one. Programs that use this
        /// module have the name of their file and the number of their process.
        holder: Option<String>,
    },
    /// Two lines of a pair or group that are one, or that are on different chips.
    NoPair([Line; 2]),
    /// The chip cannot report edges of the line.
    NoEdges(Line),
    /// The chip was removed. The lines are lost, and new ones have to be claimed.
    Gone,
    /// Any other error of the system.
    System(io::Error),
}

const EACCES: i32 = 13;
const EBUSY: i32 = 16;
const ENODEV: i32 = 19;
const ENXIO: i32 = 6;

impl Error {
    /// Returns what a call on a chip or a request has reported.
    pub(super) fn of_call(error: gpiocdev::Error) -> Self {
        use gpiocdev_uapi::{Errno, Error as Uapi};
        match error {
            gpiocdev::Error::Os(Errno(number))
            | gpiocdev::Error::Uapi(_, Uapi::Os(Errno(number))) => {
                Self::of_io(io::Error::from_raw_os_error(number))
            }
            other => Self::System(io::Error::other(other)),
        }
    }

    /// Returns what a read has reported.
    pub(super) fn of_io(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(ENODEV) => Self::Gone,
            _ => Self::System(error),
        }
    }

    /// Whether the system has refused access.
    pub(super) fn is_denied(&self) -> bool {
        self.number() == Some(EACCES)
    }

    /// Whether the line is taken.
    pub(super) fn is_busy(&self) -> bool {
        self.number() == Some(EBUSY)
    }

    /// Whether the line has no interrupt.
    pub(super) fn has_no_interrupt(&self) -> bool {
        self.number() == Some(ENXIO)
    }

    fn number(&self) -> Option<i32> {
        match self {
            Self::System(error) => error.raw_os_error(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = OneLine(f);
        match self {
            Self::NoChip(path) => write!(f, "{} is not a GPIO chip", path.display()),
            Self::NoChips => f.write_str("this system has no GPIO chip"),
            Self::NoLine { line, lines } => {
                write!(f, "there is no {line}: the chip has {lines} lines, from 0")
            }
            Self::UnknownName { name, nearest: None } => {
                write!(f, "no GPIO line is named `{name}`")
            }
            Self::UnknownName { name, nearest: Some(nearest) } => {
                write!(f, "no GPIO line is named `{name}`; did you mean `{nearest}`?")
            }
            Self::AmbiguousName { name, lines: [first, second] } => {
                write!(f, "two GPIO lines are named `{name}`: {first}, and {second}")
            }
            Self::Denied { chip, group } => write!(f, "{}", Denied(chip, group.as_deref())),
            Self::Busy { line, holder: Some(holder) } => {
                write!(f, "{line} is in use by `{holder}`")
            }
            Self::Busy { line, holder: None } => write!(f, "{line} is in use"),
            Self::NoPair([a, b]) => write!(f, "{a} and {b} are not two lines of one chip"),
            Self::NoEdges(line) => write!(f, "{line} has no interrupt, so it reports no edges"),
            Self::Gone => f.write_str("the GPIO chip was removed"),
            Self::System(error) => write!(f, "GPIO: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::System(error) => Some(error),
            _ => None,
        }
    }
}

impl digital::Error for Error {
    fn kind(&self) -> digital::ErrorKind {
        digital::ErrorKind::Other
    }
}
