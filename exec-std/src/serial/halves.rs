//! The two halves of a port.

use std::future::poll_fn;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;
use std::task::{Context, Poll};

use embedded_io_async::{Read, Write};
use tickwire_traits::{Interest, Readiness, SetBaud};

use super::drains::Drains;
use super::port::Port;
use super::{Control, Error, Serial, Settings};
use crate::Fd;

/// The half of a [`Serial`] that reads. It may be used in another task, or another thread,
/// than its [`WriteHalf`]. [`Serial::split`] shows how to reopen a line that is gone.
///
/// # Cancel safety
///
/// `read` is cancel-safe: bytes move only in the poll that returns their number.
#[derive(Debug)]
pub struct ReadHalf {
    fd: Fd<Arc<Port>>,
}

/// The half of a [`Serial`] that writes.
///
/// # Cancel safety
///
/// `write` is cancel-safe: bytes move only in the poll that returns their number. `flush` is
/// cancel-safe: the drain goes on in its thread, and the next call waits for it.
#[derive(Debug)]
pub struct WriteHalf {
    /// A descriptor of its own, because a descriptor has one waker per loop.
    fd: Fd<OwnedFd>,
    port: Arc<Port>,
    /// The settings that were asked for.
    pub(super) asked: Settings,
    drains: Drains,
}

/// Opens a port.
pub(super) fn open(path: &Path, settings: Settings) -> Result<(ReadHalf, WriteHalf), Error> {
    let port = Arc::new(Port::open(path, settings)?);
    let fd = port.as_fd().try_clone_to_owned().and_then(Fd::new).map_err(Error::of_io)?;
    let writer = WriteHalf { fd, port: port.clone(), asked: settings, drains: Drains::default() };
    Ok((ReadHalf { fd: Fd::new(port).map_err(Error::of_io)? }, writer))
}

impl ReadHalf {
    /// Returns the modem lines and the buffers.
    pub fn control(&self) -> &Control {
        &self.port().control
    }

    /// Makes one [`Serial`] of two halves.
    ///
    /// # Errors
    ///
    /// If the halves are of two ports. Returns both.
    #[expect(clippy::result_large_err, reason = "both halves are what the caller needs")]
    pub fn reunite(self, writer: WriteHalf) -> Result<Serial, (Self, WriteHalf)> {
        if Arc::ptr_eq(self.port(), &writer.port) {
            Ok(Serial::of(self, writer))
        } else {
            Err((self, writer))
        }
    }

    pub(super) fn port(&self) -> &Arc<Port> {
        self.fd.get_ref()
    }
}

impl WriteHalf {
    /// Returns the modem lines and the buffers.
    pub fn control(&self) -> &Control {
        &self.port.control
    }

    /// Returns the settings that the kernel's driver has accepted. The baud rate is the
    /// nearest that the hardware supports.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`].
    pub fn settings(&self) -> Result<Settings, Error> {
        self.port.settings()
    }

    /// Sends all bytes that were written, and changes the settings then. `exclusive` stays
    /// as it was at [`open`](super::open).
    ///
    /// Bytes that arrive meanwhile may be garbled.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`]: the previous settings apply. [`Error::Gone`].
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the settings change only in the poll that returns.
    pub async fn set_settings(&mut self, settings: Settings) -> Result<(), Error> {
        let settings = Settings { exclusive: self.asked.exclusive, ..settings };
        self.flush().await?;
        self.port.set(settings)?;
        self.asked = settings;
        Ok(())
    }
}

impl embedded_io::ErrorType for ReadHalf {
    type Error = Error;
}

impl embedded_io::ErrorType for WriteHalf {
    type Error = Error;
}

impl Readiness for ReadHalf {
    fn poll_ready(&mut self, interest: Interest, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.fd.poll_ready(interest, cx).map_err(Error::of_io)
    }

    fn poll_proceed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.fd.poll_proceed(cx)
    }
}

impl Readiness for WriteHalf {
    fn poll_ready(&mut self, interest: Interest, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.fd.poll_ready(interest, cx).map_err(Error::of_io)
    }

    fn poll_proceed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.fd.poll_proceed(cx)
    }
}

impl Read for ReadHalf {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        let len = self.fd.read(buf).await.map_err(Error::of_io)?;
        // In raw mode a tty returns 0 bytes only when the line is gone.
        if len == 0 && !buf.is_empty() { Err(Error::Gone) } else { Ok(len) }
    }
}

impl Write for WriteHalf {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Error> {
        let len = self.fd.write(buf).await.map_err(Error::of_io)?;
        if len > 0 {
            self.drains.wrote();
        }
        Ok(len)
    }

    async fn flush(&mut self) -> Result<(), Error> {
        let Self { drains, port, .. } = self;
        poll_fn(|cx| drains.poll(cx, || port.drain())).await.map_err(Error::of_io)
    }
}

/// The other settings stay. A speed that the port reaches only with a difference of more than
/// 2.5 % is not supported.
impl SetBaud for WriteHalf {
    type Error = Error;

    async fn set_baud(&mut self, bits_per_second: u32) -> Result<(), Error> {
        self.set_settings(Settings { baud_rate: bits_per_second, ..self.asked }).await
    }
}
