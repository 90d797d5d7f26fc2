//! Where NMEA comes from.

use std::fs::{self, File};
use std::future::poll_fn;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::task::Poll;

use embedded_io_async::Read;
use tickwire_exec_std::serial::{self, Serial};
use tickwire_exec_std::{Fd, StdClock};
use tickwire_sim::gps::Receiver;

use crate::options::Options;

/// What the system says of a device that is no tty.
const ENOTTY: i32 = 25;

/// A line to a GPS receiver, real or not.
pub(crate) enum GpsLine {
    /// A model of one, or of a line that plays a file at its speed.
    Model(Receiver<StdClock>),
    /// A serial port.
    Tty(Serial),
    /// A FIFO.
    Pipe(Fd<File>),
    /// A file, as fast as it goes.
    Hurry(Hurry),
}

/// Bytes that are there already, in portions that leave others their turn.
pub(crate) struct Hurry {
    bytes: Vec<u8>,
    next: usize,
}

impl GpsLine {
    /// Opens what `path` leads to, whatever it is.
    pub(crate) fn open(path: &Path, options: &Options) -> io::Result<Self> {
        let kind = fs::metadata(path)?.file_type();
        if kind.is_file() {
            let bytes = fs::read(path)?;
            return Ok(if options.fast {
                Self::Hurry(Hurry { bytes, next: 0 })
            } else {
                let line = Receiver::new(StdClock::new(), bytes, options.baud);
                Self::Model(line.continuous().then_silence())
            });
        }
        if options.fast {
            return Err(io::Error::other("only a file can be read with --fast"));
        }
        if kind.is_fifo() {
            return open_fifo(path).map(Self::Pipe);
        }
        let port = serial::open(path, serial::Settings::new(options.baud));
        port.map(Self::Tty).map_err(|error| match error.raw_os_error() {
            Some(ENOTTY) => io::Error::other("neither a file, a FIFO nor a tty"),
            _ => error,
        })
    }
}

/// Opens both ends: so it waits for no writer, and does not end when one leaves.
fn open_fifo(path: &Path) -> io::Result<Fd<File>> {
    Fd::new(File::options().read(true).write(true).open(path)?)
}

impl embedded_io::ErrorType for GpsLine {
    type Error = io::Error;
}

impl Read for GpsLine {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Model(receiver) => receiver.read(buf).await.map_err(io::Error::other),
            Self::Tty(port) => port.read(buf).await,
            Self::Pipe(pipe) => pipe.read(buf).await,
            Self::Hurry(hurry) => Ok(hurry.read(buf).await),
        }
    }
}

impl Hurry {
    async fn read(&mut self, buf: &mut [u8]) -> usize {
        futures_lite::future::yield_now().await;
        let rest = &self.bytes[self.next..];
        if rest.is_empty() && !buf.is_empty() {
            // As a receiver that has nothing to say any more.
            return poll_fn(|_| Poll::Pending).await;
        }
        let len = rest.len().min(buf.len());
        buf[..len].copy_from_slice(&rest[..len]);
        self.next += len;
        len
    }
}
