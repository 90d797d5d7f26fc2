//! Serial ports: real ttys, USB adapters, pseudo-terminals.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::task::{Context, Poll};

use embedded_io_async::{Read, Write};
use serial2::SerialPort;
use tickwire_traits::{Interest, Readiness};

use crate::Fd;

#[doc(no_inline)]
pub use serial2::{CharSize, FlowControl, Parity, StopBits};

/// Settings of a serial line.
///
/// ```
/// use tickwire_exec_std::serial::{Parity, Settings};
///
/// let modem = Settings { parity: Parity::Even, ..Settings::new(115_200) };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// In bits per second. On Linux, any rate that the hardware supports; other systems
    /// may support the standard rates only.
    pub baud_rate: u32,
    /// Data bits per character.
    pub char_size: CharSize,
    /// Parity bit of a character.
    ///
    /// The kernel silently drops a character whose parity or stop bit is wrong, and a
    /// break. Bytes are missing then, so a protocol needs a checksum of its own. The
    /// kernel's driver counts these errors (Linux: `TIOCGICOUNT`).
    pub parity: Parity,
    /// Stop bits after each character.
    pub stop_bits: StopBits,
    /// How the other end reports that it is full.
    pub flow_control: FlowControl,
}

/// A serial port as embedded-io-async `Read` and `Write`, and as [`Readiness`].
///
/// When the line is gone (an adapter is unplugged, the other end of a pseudo-terminal is
/// closed), each `read` and `write` fails with [`io::ErrorKind::NotConnected`].
///
/// `write` passes bytes to the kernel, and `flush` does not wait until they have been
/// sent. Before turning a half-duplex line around, wait for the duration of the
/// characters.
///
/// # Cancel safety
///
/// `read`, `write` and `flush` are cancel-safe: bytes move only in the poll that returns
/// their number.
#[derive(Debug)]
pub struct Serial(Fd<File>);

/// Opens the port at `path` in raw mode.
///
/// ```no_run
/// use embedded_io_async::Read;
/// use tickwire_exec_std::{run, serial};
///
/// // Not run: it needs a port with a device at the other end.
/// let mut port = serial::open("/dev/ttyUSB0", serial::Settings::new(9_600))?;
/// let mut bytes = [0; 82];
/// let len = run(async |_| port.read(&mut bytes).await)?;
/// # Ok::<_, std::io::Error>(())
/// ```
///
/// # Errors
///
/// If the file does not exist, may not be opened or is not a tty, or if the hardware does
/// not support the settings. Nothing stays open, so the call may be repeated.
pub fn open(path: impl AsRef<Path>, settings: Settings) -> io::Result<Serial> {
    let port = SerialPort::open(path, |mut raw: serial2::Settings| {
        raw.set_raw();
        raw.set_baud_rate(settings.baud_rate)?;
        raw.set_char_size(settings.char_size);
        raw.set_parity(settings.parity);
        raw.set_stop_bits(settings.stop_bits);
        raw.set_flow_control(settings.flow_control);
        Ok(raw)
    })?;
    Fd::new(File::from(OwnedFd::from(port))).map(Serial)
}

impl Settings {
    /// Creates settings with 8 data bits, no parity, one stop bit, and no flow control.
    pub const fn new(baud_rate: u32) -> Self {
        Self {
            baud_rate,
            char_size: CharSize::Bits8,
            parity: Parity::None,
            stop_bits: StopBits::One,
            flow_control: FlowControl::None,
        }
    }
}

impl embedded_io::ErrorType for Serial {
    type Error = io::Error;
}

impl Readiness for Serial {
    fn poll_ready(&mut self, interest: Interest, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_ready(interest, cx)
    }

    fn poll_proceed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll_proceed(cx)
    }
}

impl Read for Serial {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let len = self.0.read(buf).await.map_err(vanished)?;
        if len == 0 && !buf.is_empty() {
            // In raw mode a tty returns 0 bytes only when the line is gone.
            return Err(gone());
        }
        Ok(len)
    }
}

impl Write for Serial {
    async fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf).await.map_err(vanished)
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.0.flush().await.map_err(vanished)
    }
}

/// Converts the errors of a line that is gone: EIO from a tty that has hung up, ENXIO or
/// ENODEV from a USB adapter that was unplugged.
fn vanished(error: io::Error) -> io::Error {
    const EIO: i32 = 5;
    const ENXIO: i32 = 6;
    const ENODEV: i32 = 19;
    match error.raw_os_error() {
        Some(EIO | ENXIO | ENODEV) => gone(),
        _ => error,
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the serial line is gone")
}
