//! Attributes of devices: files of sysfs with one line each.

use std::fmt::{self, Write as _};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::messages::group::{self, Denied};
use crate::messages::one_line::OneLine;
use crate::nearest::nearest;

/// The reason why a PWM channel, a light or an analog input cannot be used.
///
/// Its `Display` is one line for the person at the board.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no such device.
    NoDevice {
        /// The name that was asked for.
        name: String,
        /// The folder of sysfs that has such devices.
        folder: PathBuf,
        /// The name of a device that resembles it most, if one does.
        nearest: Option<String>,
    },
    /// The device has no such channel.
    NoChannel {
        /// The folder of the device.
        device: PathBuf,
        /// The channel that was asked for.
        channel: String,
    },
    /// The user may not open an attribute.
    Denied {
        /// The attribute.
        path: PathBuf,
        /// The group that may open it, if one may.
        group: Option<String>,
    },
    /// The kernel or another program uses the device.
    Busy(PathBuf),
    /// The kernel or the hardware does not accept a value.
    Refused {
        /// The attribute.
        path: PathBuf,
        /// The value.
        value: String,
    },
    /// The device was removed.
    Gone(PathBuf),
    /// Any other error of the system.
    System {
        /// The attribute.
        path: PathBuf,
        /// Its error.
        error: io::Error,
    },
}

const ENXIO: i32 = 6;
const EAGAIN: i32 = 11;
const EBUSY: i32 = 16;
const ENODEV: i32 = 19;

const PAGE: usize = 4_096;
/// No attribute is as long.
const MOST_BYTES: usize = 1 << 20;

/// An attribute that is open.
#[derive(Debug)]
pub(crate) struct Attribute {
    file: File,
    path: PathBuf,
}

impl Attribute {
    /// Opens an attribute to read it.
    pub(crate) fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        match File::open(&path) {
            Ok(file) => Ok(Self { file, path }),
            Err(error) => Err(Error::of(&path, error)),
        }
    }

    /// Reads the value.
    pub(crate) fn read<T: FromStr>(&self) -> Result<T, Error> {
        // Most attributes have one page at most. Reading on where one has ended would have its
        // driver do its work again.
        let (mut bytes, mut len) = (vec![0; PAGE], 0);
        while len < MOST_BYTES {
            match self.file.read_at(&mut bytes[len..], len as u64) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => len += read.map_err(|error| self.error(error))?,
            }
            if len < bytes.len() {
                break;
            }
            bytes.resize(len + PAGE, 0);
        }
        let text = String::from_utf8_lossy(&bytes[..len]);
        let value = text.lines().next().unwrap_or_default().trim();
        value.parse().map_err(|_| {
            let unclear = format!("`{value}` is not what it should contain");
            self.error(io::Error::new(io::ErrorKind::InvalidData, unclear))
        })
    }

    pub(crate) fn error(&self, error: io::Error) -> Error {
        Error::of(&self.path, error)
    }
}

#[cfg(any(feature = "led", feature = "pwm"))]
impl Attribute {
    /// Opens an attribute to write it. Some cannot be read.
    pub(crate) fn open_to_write(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        match File::options().write(true).open(&path) {
            Ok(file) => Ok(Self { file, path }),
            Err(error) => Err(Error::of(&path, error)),
        }
    }

    /// Writes a value.
    pub(crate) fn write(&self, value: impl fmt::Display) -> Result<(), Error> {
        let line = format!("{value}\n");
        match self.file.write_at(line.as_bytes(), 0) {
            Ok(_) => Ok(()),
            Err(error) if is_refusal(&error) => Err(self.refused(value)),
            Err(error) => Err(self.error(error)),
        }
    }

    /// Returns that the value is not accepted.
    pub(crate) fn refused(&self, value: impl fmt::Display) -> Error {
        Error::Refused { path: self.path.clone(), value: value.to_string() }
    }
}

/// Whether the kernel or its driver does not accept a value.
#[cfg(any(feature = "led", feature = "pwm"))]
fn is_refusal(error: &io::Error) -> bool {
    const EINVAL: i32 = 22;
    const ERANGE: i32 = 34;
    const EOPNOTSUPP: i32 = 95;
    matches!(error.raw_os_error(), Some(EINVAL | ERANGE | EOPNOTSUPP))
}

#[cfg(feature = "pwm")]
impl std::os::fd::AsFd for Attribute {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Reads the value of the attribute at `path` once.
pub(crate) fn read<T: FromStr>(path: impl Into<PathBuf>) -> Result<T, Error> {
    Attribute::open(path)?.read()
}

/// Returns the names of what is in a folder: none if there is no such folder.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::of(folder, error)),
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<_> = names.collect();
    names.sort();
    Ok(names)
}

impl Error {
    pub(crate) fn of(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        match (error.kind(), error.raw_os_error()) {
            (io::ErrorKind::PermissionDenied, _) => {
                let group = group::that_may_write(&path);
                Self::Denied { path, group }
            }
            (_, Some(EBUSY | EAGAIN)) => Self::Busy(path),
            (_, Some(ENODEV | ENXIO)) => Self::Gone(path),
            _ => Self::System { path, error },
        }
    }

    /// Returns that there is no device `name` in `folder`, which has those of `names`.
    pub(crate) fn no_device(name: &str, folder: &Path, names: &[String]) -> Self {
        let nearest = nearest(name, names.iter().map(String::as_str)).map(str::to_owned);
        Self::NoDevice { name: name.to_owned(), folder: folder.to_owned(), nearest }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = OneLine(f);
        match self {
            Self::NoDevice { name, folder, nearest } => {
                write!(f, "there is no device `{name}` in {}", folder.display())?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
                    None => Ok(()),
                }
            }
            Self::NoChannel { device, channel } => {
                write!(f, "{} has no channel `{channel}`", device.display())
            }
            Self::Denied { path, group } => write!(f, "{}", Denied(path, group.as_deref())),
            Self::Busy(path) => write!(f, "{} is in use", path.display()),
            Self::Refused { path, value } => {
                write!(f, "{} does not accept `{value}`", path.display())
            }
            Self::Gone(path) => write!(f, "the device of {} was removed", path.display()),
            Self::System { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::System { error, .. } => Some(error),
            _ => None,
        }
    }
}

#[cfg(any(feature = "pwm", feature = "led"))]
impl embedded_hal::pwm::Error for Error {
    fn kind(&self) -> embedded_hal::pwm::ErrorKind {
        embedded_hal::pwm::ErrorKind::Other
    }
}

#[cfg(feature = "led")]
impl embedded_hal::digital::Error for Error {
    fn kind(&self) -> embedded_hal::digital::ErrorKind {
        embedded_hal::digital::ErrorKind::Other
    }
}
