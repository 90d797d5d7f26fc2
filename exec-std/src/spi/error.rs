//! Reasons why a transaction fails.

use std::fmt::{self, Write as _};
use std::io;
use std::path::{Path, PathBuf};

use embedded_hal::spi::{self, ErrorKind};
use rustix::io::Errno;
use tickwire_traits::Duration;

use crate::messages::group::{self, Denied};
use crate::messages::one_line::OneLine;
use crate::worker::Stopped;

/// The reason why a device cannot be opened, or a transaction has failed.
///
/// Its `Display` is one line for the person at the board.
///
/// ```
/// use tickwire_exec_std::spi::{Device, Settings};
///
/// let error = Device::open("/dev/null", Settings::new(1_000_000)).unwrap_err();
/// assert!(error.to_string().starts_with("/dev/null is not an SPI device"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no device at this path.
    NoDevice(PathBuf),
    /// The user may not open the device.
    Denied {
        /// The device's path.
        device: PathBuf,
        /// The group that may open it, if one may.
        group: Option<String>,
    },
    /// The device's controller does not support a setting.
    Unsupported {
        /// The device's path.
        device: PathBuf,
        /// The setting, "mode 1" for example.
        setting: String,
    },
    /// The transaction exceeds the buffer of the kernel's module `spidev`, by default 4,096
    /// bytes in each direction.
    TooLong,
    /// The kernel has reported an error.
    Transfer(io::Error),
    /// A [blocking device](super::Device::from_blocking) has reported an error.
    Device {
        /// The kind of the error.
        kind: ErrorKind,
        /// The error's `Debug`.
        text: String,
    },
    /// The transaction took longer than this limit.
    Hung(Duration),
    /// The [blocking device](super::Device::from_blocking) has panicked.
    Panicked,
    /// An earlier transaction hung or panicked, and the device has to be opened again.
    Ended,
    /// Any other error of the system.
    System(io::Error),
}

impl Error {
    /// Returns why `path` could not be opened as a device.
    pub(super) fn of_opening(path: &Path, error: io::Error) -> Self {
        match Errno::from_io_error(&error) {
            Some(
                Errno::NOENT
                | Errno::NOTDIR
                | Errno::ISDIR
                | Errno::NOTTY
                | Errno::INVAL
                | Errno::NXIO
                | Errno::NODEV,
            ) => Self::NoDevice(path.to_owned()),
            Some(Errno::ACCESS | Errno::PERM) => {
                Self::Denied { device: path.to_owned(), group: group::that_may_open(path) }
            }
            _ => Self::System(error),
        }
    }

    /// Returns what a blocking device has reported.
    pub(super) fn of_device(error: impl spi::Error) -> Self {
        Self::Device { kind: error.kind(), text: format!("{error:?}") }
    }
}

impl From<Stopped> for Error {
    fn from(why: Stopped) -> Self {
        match why {
            Stopped::Hung(limit) => Self::Hung(limit),
            Stopped::Panicked => Self::Panicked,
            Stopped::Ended => Self::Ended,
        }
    }
}

impl spi::Error for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Device { kind, .. } => *kind,
            Self::Transfer(error) if Errno::from_io_error(error) == Some(Errno::OVERFLOW) => {
                ErrorKind::Overrun
            }
            _ => ErrorKind::Other,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = OneLine(f);
        match self {
            Self::NoDevice(path) => {
                let path = path.display();
                write!(f, "{path} is not an SPI device; is SPI enabled, and `spidev` loaded?")
            }
            Self::Denied { device, group } => write!(f, "{}", Denied(device, group.as_deref())),
            Self::Unsupported { device, setting } => {
                write!(f, "{} does not support {setting}", device.display())
            }
            Self::TooLong => f.write_str(
                "an SPI transaction exceeds the kernel's buffer (`bufsiz` of the module `spidev`)",
            ),
            Self::Transfer(error) | Self::System(error) => write!(f, "SPI: {error}"),
            Self::Device { text, .. } => write!(f, "SPI: {text}"),
            Self::Hung(limit) => {
                write!(f, "an SPI transaction did not end within {} ms", limit.as_millis())
            }
            Self::Panicked => f.write_str("the SPI device's code has panicked"),
            Self::Ended => f.write_str("the SPI device hung or panicked before: open it again"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transfer(error) | Self::System(error) => Some(error),
            _ => None,
        }
    }
}
