//! An open port, which its halves share.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use rustix::termios::{QueueSelector, ioctl_tiocexcl, ioctl_tiocnxcl, tcdrain, tcflush};
use serial2::SerialPort;

use super::{Control, Error, Settings};
use crate::pool::{self, Call};

/// A port that is open, locked and set.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) path: PathBuf,
    pub(super) control: Control,
    is_exclusive: bool,
}

impl Port {
    pub(super) fn open(path: &Path, settings: Settings) -> Result<Self, Error> {
        let error = |error| Error::of_open(path, error);
        // Without waiting for a carrier, and without becoming the terminal of this process.
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
        let file = File::options().read(true).write(true).custom_flags(flags).open(path);
        let tty = SerialPort::from(OwnedFd::from(file.map_err(error)?));
        // Fails for what is no tty.
        let _before = tty.get_configuration().map_err(error)?;
        // Before the settings, which may be those of another program.
        if settings.exclusive {
            lock(&tty).map_err(error)?;
        }
        // From here on, dropping it unlocks the port.
        let (path, control) = (path.to_owned(), Control::new(Arc::new(tty)));
        let port = Self { path, control, is_exclusive: settings.exclusive };
        port.set(settings)?;
        Ok(port)
    }

    /// Changes the settings. The kernel first sends what was written, which may block.
    ///
    /// If the port does not support them, the previous settings apply.
    pub(super) fn set(&self, settings: Settings) -> Result<(), Error> {
        // A rate of 0 hangs up.
        if settings.baud_rate == 0 {
            return Err(Error::Unsupported(settings));
        }
        let mut tty = self.control.tty().try_clone().map_err(Error::of_io)?;
        let before = tty.get_configuration().map_err(Error::of_io)?;
        let mut raw = before.clone();
        settings.apply(&mut raw).map_err(|_| Error::Unsupported(settings))?;
        let Err(error) = tty.set_configuration(&raw) else { return Ok(()) };
        let error = match Error::of_io(error) {
            Error::Gone => return Err(Error::Gone),
            _ => Error::Unsupported(settings),
        };
        // Some of the settings may have been accepted.
        let _ = tty.set_configuration(&before);
        Err(error)
    }

    pub(super) fn settings(&self) -> Result<Settings, Error> {
        let raw = self.control.tty().get_configuration().map_err(Error::of_io)?;
        Settings::read_back(&raw, self.is_exclusive).map_err(Error::of_io)
    }

    /// Starts waiting, in another thread, until all bytes have been sent.
    pub(super) fn drain(&self) -> io::Result<Call<io::Result<()>>> {
        let tty = self.control.share();
        pool::start(move || {
            loop {
                match tcdrain(&*tty) {
                    Err(Errno::INTR) => {}
                    drained => return Ok(drained?),
                }
            }
        })
    }
}

impl AsFd for Port {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.control.tty().as_fd()
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        let tty = self.control.tty();
        // The thread of a drain may keep the port open, which must not keep others from it.
        if self.is_exclusive {
            let _ = ioctl_tiocnxcl(tty);
            let _ = flock(tty, FlockOperation::Unlock);
        }
        if self.control.is_shared() {
            let _ = tcflush(tty, QueueSelector::OFlush);
        }
    }
}

/// Reserves the port. Would block if it is locked.
fn lock(tty: &SerialPort) -> io::Result<()> {
    flock(tty, FlockOperation::NonBlockingLockExclusive)?;
    ioctl_tiocexcl(tty)?;
    Ok(())
}
