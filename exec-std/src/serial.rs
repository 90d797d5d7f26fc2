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

/// How bytes are sent on a line.
///
/// ```
/// use tickwire_exec_std::serial::{Parity, Settings};
///
/// let modem = Settings { parity: Parity::Even, ..Settings::new(115_200) };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// In bits a second. Any rate that the hardware can make; ttys of other
    /// systems than Linux may know the classic ones only.
    pub baud_rate: u32,
    /// Bits in a character.
    pub char_size: CharSize,
    /// What is added to find errors.
    ///
    /// The kernel drops a character whose parity or stop bit is wrong, and a
    /// break, without a word: what is read has gaps then, and a protocol needs a
    /// checksum of its own. Only the kernel's driver counts them (Linux:
    /// `TIOCGICOUNT`).
    pub parity: Parity,
    /// How long the line rests after a character.
    pub stop_bits: StopBits,
    /// How the other end says that it is full.
    pub flow_control: FlowControl,
}

/// A serial port as embedded-io-async `Read` and `Write`, and as [`Readiness`].
///
/// When the line goes away (an adapter is unplugged, a pseudo-terminal's other
/// end is closed), `read` and `write` fail with [`io::ErrorKind::NotConnected`],
/// each time; they neither wait for ever nor return nothing.
///
/// `write` hands bytes to the kernel, and `flush` does not wait until they are on
/// the line: whoever turns a half-duplex line around has to wait for as long as
/// the characters take.
///
/// # Cancel safety
///
/// `read`, `write` and `flush` are cancel-safe: bytes move only in the poll that
/// says so.
#[derive(Debug)]
pub struct Serial(Fd<File>);

/// Opens the port at `path` in raw mode.
///
/// ```no_run
/// use embedded_io_async::Read;
/// use tickwire_exec_std::{run, serial};
///
/// // Not run: it wants a port with somebody at the other end.
/// let mut port = serial::open("/dev/ttyUSB0", serial::Settings::new(9_600))?;
/// let mut bytes = [0; 82];
/// let len = run(async |_| port.read(&mut bytes).await)?;
/// # Ok::<_, std::io::Error>(())
/// ```
///
/// # Errors
///
/// If there is no such file, it may not be opened, is not a tty, or cannot do
/// what the settings ask for. Nothing is left open; try again, with what the
/// error asks for.
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
    /// 8 data bits, no parity, one stop bit, no flow control.
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
            // In raw mode a tty has a byte, or would block, or is gone.
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

/// A tty that has hung up answers EIO; a USB adapter that is gone ENXIO or
/// ENODEV.
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
