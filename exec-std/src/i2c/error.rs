//! Reasons why a transaction fails.

use std::fmt::{self, Write as _};
use std::io;
use std::path::{Path, PathBuf};

use embedded_hal::i2c::{self, ErrorKind, NoAcknowledgeSource};
use rustix::io::Errno;
use tickwire_traits::Duration;

use crate::messages::group::{self, Denied};
use crate::messages::one_line::OneLine;
use crate::worker::Stopped;

/// The reason why a bus cannot be opened, or a transaction has failed.
///
/// Its `Display` is one line for the person at the board.
///
/// ```
/// use tickwire_exec_std::i2c::Bus;
///
/// let error = Bus::open("/dev/null").unwrap_err();
/// assert!(error.to_string().starts_with("/dev/null is not an I2C bus"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no bus at this path.
    NoBus(PathBuf),
    /// The user may not open the bus.
    Denied {
        /// The bus's path.
        bus: PathBuf,
        /// The group that may open it, if one may.
        group: Option<String>,
    },
    /// A driver of the kernel has claimed the device.
    AddressInUse {
        /// The bus's path.
        bus: PathBuf,
        /// The device's address.
        address: u8,
    },
    /// The address has more than seven bits.
    NoAddress(u8),
    /// A message of this many bytes. The kernel sends at most 8,192.
    TooLong(usize),
    /// A transaction of this many messages. The kernel sends at most 42.
    TooManyMessages(usize),
    /// The kernel has reported an error. Its [kind] says which.
    ///
    /// [kind]: https://docs.rs/embedded-hal/1/embedded_hal/i2c/trait.Error.html#tymethod.kind
    Transfer {
        /// The address of the device.
        address: u8,
        /// The error of the system call.
        error: io::Error,
    },
    /// A [blocking bus](super::Bus::from_blocking) has reported an error.
    Device {
        /// The kind of the error.
        kind: ErrorKind,
        /// The error's `Debug`.
        text: String,
    },
    /// The transaction took longer than this limit.
    Hung(Duration),
    /// The [blocking bus](super::Bus::from_blocking) has panicked.
    Panicked,
    /// An earlier transaction hung or panicked, and the bus has to be opened again.
    Ended,
    /// Any other error of the system.
    System(io::Error),
}

impl Error {
    /// Returns why `path` could not be opened as a bus.
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
            ) => Self::NoBus(path.to_owned()),
            Some(Errno::ACCESS | Errno::PERM) => {
                Self::Denied { bus: path.to_owned(), group: group::that_may_open(path) }
            }
            _ => Self::System(error),
        }
    }

    /// Returns what a blocking bus has reported.
    pub(super) fn of_device(error: impl i2c::Error) -> Self {
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

impl i2c::Error for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Transfer { error, .. } => kind(Errno::from_io_error(error)),
            Self::Device { kind, .. } => *kind,
            Self::Hung(_) => ErrorKind::Bus,
            _ => ErrorKind::Other,
        }
    }
}

/// As in the kernel's `Documentation/i2c/fault-codes.rst`, and as its drivers do: that of
/// the Raspberry Pi reports `EREMOTEIO`, whichever byte is not acknowledged.
fn kind(errno: Option<Errno>) -> ErrorKind {
    match errno {
        Some(Errno::NXIO) => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address),
        Some(Errno::REMOTEIO | Errno::NODEV) => {
            ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown)
        }
        Some(Errno::AGAIN) => ErrorKind::ArbitrationLoss,
        Some(Errno::TIMEDOUT | Errno::BUSY | Errno::IO | Errno::PROTO) => ErrorKind::Bus,
        Some(Errno::OVERFLOW) => ErrorKind::Overrun,
        _ => ErrorKind::Other,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = OneLine(f);
        match self {
            Self::NoBus(path) => {
                let path = path.display();
                write!(f, "{path} is not an I2C bus; is I2C enabled, and `i2c-dev` loaded?")
            }
            Self::Denied { bus, group } => write!(f, "{}", Denied(bus, group.as_deref())),
            Self::AddressInUse { bus, address } => {
                write!(f, "a driver of the kernel has address {address:#04x} of {}", bus.display())
            }
            Self::NoAddress(address) => write!(f, "I2C address {address:#04x} exceeds 7 bits"),
            Self::TooLong(len) => write!(f, "an I2C message has {len} bytes; the most is 8192"),
            Self::TooManyMessages(count) => {
                write!(f, "an I2C transaction has {count} messages; the most is 42")
            }
            Self::Transfer { address, error } => match kind(Errno::from_io_error(error)) {
                ErrorKind::NoAcknowledge(_) => {
                    write!(f, "no acknowledgement from I2C address {address:#04x}: {error}")
                }
                _ if Errno::from_io_error(error) == Some(Errno::OPNOTSUPP) => {
                    write!(f, "the I2C bus cannot do this transaction: {error}")
                }
                _ => write!(f, "I2C address {address:#04x}: {error}"),
            },
            Self::Device { text, .. } => write!(f, "I2C: {text}"),
            Self::Hung(limit) => {
                write!(f, "an I2C transaction did not end within {} ms", limit.as_millis())
            }
            Self::Panicked => f.write_str("the I2C bus's code has panicked"),
            Self::Ended => f.write_str("the I2C bus hung or panicked before: open it again"),
            Self::System(error) => write!(f, "I2C: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transfer { error, .. } | Self::System(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_kernel_have_the_kinds_of_embedded_hal() {
        use NoAcknowledgeSource::{Address, Unknown};
        let kinds = [
            (121, ErrorKind::NoAcknowledge(Unknown)),
            (6, ErrorKind::NoAcknowledge(Address)),
            (19, ErrorKind::NoAcknowledge(Unknown)),
            (11, ErrorKind::ArbitrationLoss),
            (110, ErrorKind::Bus),
            (16, ErrorKind::Bus),
            (5, ErrorKind::Bus),
            (75, ErrorKind::Overrun),
            (22, ErrorKind::Other),
        ];
        for (number, expected) in kinds {
            let error = io::Error::from_raw_os_error(number);
            let error = Error::Transfer { address: 0x40, error };
            assert_eq!(i2c::Error::kind(&error), expected, "{error}");
            let told = error.to_string();
            assert!(told.contains("0x40") && !told.contains('\n'), "{told}");
        }
    }
}
