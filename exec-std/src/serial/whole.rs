//! A port with both halves.

use std::path::{Path, PathBuf};
use std::task::{Context, Poll};

use embedded_io_async::{Read, Write};
use tickwire_traits::{Duration, Interest, Readiness, SetBaud, Timer};

use super::halves::{self, ReadHalf, WriteHalf};
use super::{Control, Error, Settings};
use crate::StdClock;

/// How often [`Serial::reopen`] tries.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often it is refused in a row before it gives up. udev sets a file's group a moment
/// after the file appears.
const REFUSALS: u32 = 8;

/// A serial port as embedded-io-async `Read` and `Write`, and as [`Readiness`].
///
/// When the line is gone (an adapter is unplugged, the other end of a pseudo-terminal is
/// closed), each `read`, `write` and `flush` fails with [`Error::Gone`]. See
/// [`reopen`](Self::reopen).
///
/// A port has two descriptors, one for each direction.
///
/// # Cancel safety
///
/// `read` and `write` are cancel-safe: bytes move only in the poll that returns their
/// number. `flush` is cancel-safe: the drain goes on in its thread, the port may be used
/// meanwhile, and the next `flush` waits for it.
#[derive(Debug)]
pub struct Serial {
    path: PathBuf,
    settings: Settings,
    /// None while the line is gone.
    halves: Option<(ReadHalf, WriteHalf)>,
}

/// Opens the port at `path` in raw mode.
///
/// The number of an adapter (`/dev/ttyUSB0`) may change when it is plugged in again. Its
/// path in `/dev/serial/by-id` stays.
///
/// # Errors
///
/// [`Error::NoPort`], [`Error::NoTty`], [`Error::Denied`], [`Error::Busy`],
/// [`Error::Unsupported`]; [`Error::Gone`] if there is no hardware behind the file. Nothing
/// stays open, so the call may be repeated.
pub fn open(path: impl AsRef<Path>, settings: Settings) -> Result<Serial, Error> {
    let path = path.as_ref();
    let halves = halves::open(path, settings).map_err(Error::with_ports)?;
    Ok(Serial { path: path.to_owned(), settings, halves: Some(halves) })
}

impl Serial {
    pub(super) fn of(reader: ReadHalf, writer: WriteHalf) -> Self {
        let (path, settings) = (reader.port().path.clone(), writer.asked);
        Self { path, settings, halves: Some((reader, writer)) }
    }

    /// Divides the port into halves for two tasks. [`ReadHalf::reunite`] is the inverse.
    ///
    /// ```no_run
    /// use embedded_io_async::{Read, Write};
    /// use tickwire_exec_std::{run, serial};
    /// use tickwire_sync::gather;
    ///
    /// // Not run: it needs a port with a device at the other end.
    /// let port = serial::open("/dev/ttyUSB0", serial::Settings::new(115_200))?;
    /// let (mut reader, mut writer) = port.split()?;
    /// let mut answer = [0; 64];
    /// let (read, written) = run(async |_| {
    ///     gather((reader.read(&mut answer), writer.write_all(b"hello"))).await
    /// });
    /// # Ok::<_, serial::Error>(())
    /// ```
    ///
    /// To [reopen](Self::reopen) a line that is gone, end the use of both halves, and reunite
    /// them:
    ///
    /// ```no_run
    /// use embedded_io_async::{Read, Write};
    /// use tickwire_exec_std::serial::{Error, ReadHalf, Serial, WriteHalf};
    /// use tickwire_traits::race;
    ///
    /// /// Prints what arrives.
    /// async fn print(reader: &mut ReadHalf) -> Result<(), Error> {
    ///     let mut bytes = [0; 64];
    ///     loop {
    ///         let len = reader.read(&mut bytes).await?;
    ///         print!("{}", bytes[..len].escape_ascii());
    ///     }
    /// }
    ///
    /// # async fn ask(writer: &mut WriteHalf) -> Result<(), Error> {
    /// #     writer.write_all(b"?").await?;
    /// #     core::future::pending().await
    /// # }
    /// // Not run: it needs an adapter that is unplugged.
    /// async fn talk(mut port: Serial) -> Result<(), Error> {
    ///     loop {
    ///         let (mut reader, mut writer) = port.split()?;
    ///         let ended = race(print(&mut reader), ask(&mut writer)).await.into_inner();
    ///         let Err(Error::Gone) = ended else { return ended };
    ///         port = reader.reunite(writer).expect("they are halves of one port");
    ///         port.reopen().await?;
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Gone`] if a [`reopen`](Self::reopen) was dropped or has failed.
    pub fn split(self) -> Result<(ReadHalf, WriteHalf), Error> {
        self.halves.ok_or(Error::Gone)
    }

    /// Returns the path that the port was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the modem lines and the buffers.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`] if a [`reopen`](Self::reopen) was dropped or has failed.
    pub fn control(&self) -> Result<&Control, Error> {
        self.halves.as_ref().map(|(reader, _)| reader.control()).ok_or(Error::Gone)
    }

    /// Returns the settings that the kernel's driver has accepted. The baud rate is the
    /// nearest that the hardware supports.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`].
    pub fn settings(&self) -> Result<Settings, Error> {
        let (_, writer) = self.halves.as_ref().ok_or(Error::Gone)?;
        writer.settings()
    }

    /// Sends all bytes that were written, and changes the settings then. `exclusive` stays
    /// as it was at [`open`].
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
        let writer = self.writer()?;
        writer.set_settings(settings).await?;
        self.settings = writer.asked;
        Ok(())
    }

    /// Sends all bytes that were written, and changes the baud rate then, in bits per
    /// second.
    ///
    /// # Errors
    ///
    /// As [`set_settings`](Self::set_settings).
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the baud rate changes only in the poll that returns.
    pub async fn set_baud_rate(&mut self, baud_rate: u32) -> Result<(), Error> {
        self.set_settings(Settings { baud_rate, ..self.settings }).await
    }

    /// Closes the port, waits until its path can be opened, and applies its last settings.
    ///
    /// Call it after [`Error::Gone`]. It tries to open the path at once, and then every 250
    /// ms. Open the port by a path that stays, such as those in `/dev/serial/by-id`.
    ///
    /// ```no_run
    /// use embedded_io_async::Read;
    /// use tickwire_exec_std::serial::{Error, Serial};
    ///
    /// // Not run: it needs an adapter that is unplugged.
    /// async fn read_on(port: &mut Serial, bytes: &mut [u8]) -> Result<usize, Error> {
    ///     loop {
    ///         match port.read(bytes).await {
    ///             Err(Error::Gone) => port.reopen().await?,
    ///             read => return read,
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] or [`Error::Busy`] if the port is refused for two seconds; all
    /// others of [`open`] except for [`Error::NoPort`] and [`Error::Gone`]. The port stays
    /// closed, and every call except this one fails with [`Error::Gone`].
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the port stays closed, and the next call continues.
    pub async fn reopen(&mut self) -> Result<(), Error> {
        // An adapter has the same number again only if the old file is closed.
        self.halves = None;
        let mut refusals = 0;
        loop {
            match halves::open(&self.path, self.settings) {
                Ok(halves) => {
                    self.halves = Some(halves);
                    return Ok(());
                }
                Err(Error::NoPort { .. } | Error::Gone) => refusals = 0,
                Err(Error::Denied { .. } | Error::Busy(_)) if refusals < REFUSALS => refusals += 1,
                Err(error) => return Err(error),
            }
            StdClock::new().sleep(LOOK_EVERY).await;
        }
    }

    fn reader(&mut self) -> Result<&mut ReadHalf, Error> {
        self.halves.as_mut().map(|(reader, _)| reader).ok_or(Error::Gone)
    }

    fn writer(&mut self) -> Result<&mut WriteHalf, Error> {
        self.halves.as_mut().map(|(_, writer)| writer).ok_or(Error::Gone)
    }
}

impl embedded_io::ErrorType for Serial {
    type Error = Error;
}

impl Readiness for Serial {
    fn poll_ready(&mut self, interest: Interest, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match interest {
            Interest::Read => self.reader()?.poll_ready(interest, cx),
            Interest::Write => self.writer()?.poll_ready(interest, cx),
        }
    }

    fn poll_proceed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // Both directions count as one, as those of an `Fd` do.
        self.reader().map_or(Poll::Ready(()), |reader| reader.poll_proceed(cx))
    }
}

impl Read for Serial {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        self.reader()?.read(buf).await
    }
}

impl Write for Serial {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Error> {
        self.writer()?.write(buf).await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        self.writer()?.flush().await
    }
}

/// As [`Serial::set_baud_rate`].
impl SetBaud for Serial {
    type Error = Error;

    async fn set_baud(&mut self, bits_per_second: u32) -> Result<(), Error> {
        self.set_baud_rate(bits_per_second).await
    }
}
