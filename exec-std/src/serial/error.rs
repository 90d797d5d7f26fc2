//! Reasons why a port cannot be used.

use std::fmt::{self, Write as _};
use std::io;
use std::path::{Path, PathBuf};

use super::Settings;
use super::ports::ports;
use crate::messages::group::{self, Denied};
use crate::messages::one_line::OneLine;

/// The reason why a serial port cannot be opened, read, written or set.
///
/// Its `Display` is one line for the person at the machine. As an [`io::Error`], it has the
/// kind that the variants name.
///
/// ```
/// use tickwire_exec_std::serial::{self, Error, Settings};
///
/// let error = serial::open("/dev/null", Settings::new(9_600)).unwrap_err();
/// assert!(matches!(error, Error::NoTty(_)));
/// assert_eq!(error.to_string(), "/dev/null is not a serial port");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no such file ([`io::ErrorKind::NotFound`]).
    NoPort {
        /// The path that was asked for.
        path: PathBuf,
        /// Adapters and built-in ports that this system has. Those of a PC's mainboard
        /// (`ttyS0`) are not listed, because the system has them even without hardware.
        ports: Vec<PathBuf>,
    },
    /// The file is no tty ([`io::ErrorKind::InvalidInput`]).
    NoTty(PathBuf),
    /// The user may not open the port ([`io::ErrorKind::PermissionDenied`]).
    Denied {
        /// The path that was asked for.
        path: PathBuf,
        /// The group that may open it, if one may: usually `dialout`.
        group: Option<String>,
    },
    /// Another program, or another part of this one, has the port
    /// ([`io::ErrorKind::ResourceBusy`]).
    Busy(PathBuf),
    /// The port does not support these settings ([`io::ErrorKind::InvalidInput`]).
    Unsupported(Settings),
    /// The port has no such line or function ([`io::ErrorKind::Unsupported`]).
    NoLine,
    /// The line is gone: an adapter is unplugged, the other end of a pseudo-terminal is
    /// closed, or there is no hardware behind the port ([`io::ErrorKind::NotConnected`]).
    /// [`Serial::reopen`](super::Serial::reopen) waits until it comes back.
    Gone,
    /// Any other error of the system.
    System(io::Error),
}

const EIO: i32 = 5;
const ENXIO: i32 = 6;
const EBUSY: i32 = 16;
const ENODEV: i32 = 19;
const EINVAL: i32 = 22;
const ENOTTY: i32 = 25;

impl Error {
    /// Returns what opening `path` has reported.
    pub(super) fn of_open(path: &Path, error: io::Error) -> Self {
        match (error.kind(), error.raw_os_error()) {
            (io::ErrorKind::NotFound | io::ErrorKind::NotADirectory, _) => {
                Self::NoPort { path: path.to_owned(), ports: Vec::new() }
            }
            (io::ErrorKind::PermissionDenied, _) => {
                Self::Denied { path: path.to_owned(), group: group::that_may_open(path) }
            }
            (io::ErrorKind::IsADirectory, _) | (_, Some(ENOTTY)) => Self::NoTty(path.to_owned()),
            // A lock that another program has would block.
            (io::ErrorKind::WouldBlock, _) | (_, Some(EBUSY)) => Self::Busy(path.to_owned()),
            _ => Self::of_io(error),
        }
    }

    /// Adds the ports that there are to an error that says there is none.
    pub(super) fn with_ports(self) -> Self {
        match self {
            Self::NoPort { path, .. } => Self::NoPort { path, ports: ports("/dev") },
            other => other,
        }
    }

    /// Returns what a call on an open port has reported: EIO from a tty that has hung up,
    /// ENXIO or ENODEV from a USB adapter that was unplugged.
    pub(super) fn of_io(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(EIO | ENXIO | ENODEV) => Self::Gone,
            _ => Self::System(error),
        }
    }

    /// Returns what a call for a modem line or a break has reported.
    pub(super) fn of_line(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(ENOTTY | EINVAL) => Self::NoLine,
            _ => Self::of_io(error),
        }
    }

    fn kind(&self) -> io::ErrorKind {
        match self {
            Self::NoPort { .. } => io::ErrorKind::NotFound,
            Self::NoTty(_) | Self::Unsupported(_) => io::ErrorKind::InvalidInput,
            Self::Denied { .. } => io::ErrorKind::PermissionDenied,
            Self::Busy(_) => io::ErrorKind::ResourceBusy,
            Self::NoLine => io::ErrorKind::Unsupported,
            Self::Gone => io::ErrorKind::NotConnected,
            Self::System(error) => error.kind(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = OneLine(f);
        match self {
            Self::NoPort { path, ports } => {
                write!(f, "there is no {}", path.display())?;
                for (index, port) in ports.iter().enumerate() {
                    let before = if index == 0 { "; there is " } else { ", " };
                    write!(f, "{before}{}", port.display())?;
                }
                Ok(())
            }
            Self::NoTty(path) => write!(f, "{} is not a serial port", path.display()),
            Self::Denied { path, group } => write!(f, "{}", Denied(path, group.as_deref())),
            Self::Busy(path) => write!(f, "{} is in use", path.display()),
            Self::Unsupported(settings) => {
                write!(f, "the serial port does not support {settings}")
            }
            Self::NoLine => f.write_str("the serial port has no such line"),
            Self::Gone => f.write_str("the serial line is gone"),
            Self::System(error) => write!(f, "serial port: {error}"),
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

impl embedded_io::Error for Error {
    fn kind(&self) -> embedded_io::ErrorKind {
        self.kind().into()
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::System(error) => error,
            other => Self::new(other.kind(), other),
        }
    }
}
