//! Where NMEA comes from.

mod input;
mod real;

use std::fs;
use std::future::pending;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::rc::Rc;

use embedded_io_async::Read;
use tickwire_exec_std::StdClock;
use tickwire_sim::models::gps::Receiver;

use crate::record::Record;
pub(crate) use input::GpsInput;
pub(crate) use real::LOOK_EVERY;
use real::{Kind, Real};

/// A line to a GPS receiver, real or not.
pub(crate) enum GpsLine {
    /// A model of one, or of a line that plays a file at its speed.
    Model(Receiver<StdClock>, Rc<Record>),
    /// A file, as fast as it goes.
    Hurry(Hurry, Rc<Record>),
    /// A serial port or a FIFO.
    Real(Real),
    /// A board has none.
    Absent,
}

/// How a line is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) baud: u32,
    /// A file is read as fast as it can be.
    pub(crate) fast: bool,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LineState {
    /// Something may come.
    Open,
    /// Nobody has the other end of the FIFO open.
    NoWriter,
    /// The line is not there, or cannot be opened for the reason given.
    Gone(Option<String>),
    /// The file has been read.
    Ended,
}

/// Bytes that are there already, in portions that leave others their turn.
pub(crate) struct Hurry {
    bytes: Vec<u8>,
    next: usize,
}

impl GpsLine {
    /// Opens what `path` leads to, whatever it is. `record` is told what becomes
    /// of it.
    pub(crate) fn open(path: &Path, source: Source, record: Rc<Record>) -> io::Result<Self> {
        let kind = fs::metadata(path)?.file_type();
        if kind.is_file() {
            let bytes = fs::read(path)?;
            return Ok(if source.fast {
                Self::Hurry(Hurry { bytes, next: 0 }, record)
            } else {
                Self::Model(Receiver::new(StdClock::new(), bytes, source.baud).continuous(), record)
            });
        }
        if source.fast {
            return Err(io::Error::other("only a file can be read with --fast"));
        }
        let kind = if kind.is_fifo() { Kind::Fifo } else { Kind::Tty { baud: source.baud } };
        Real::open(path, kind, record).map(Self::Real)
    }

    /// Returns the way back to the receiver. Only a serial port has one; a model's is its own.
    pub(crate) fn input(&self) -> Option<GpsInput> {
        match self {
            Self::Real(line) => line.input().map(GpsInput::Port),
            _ => None,
        }
    }
}

impl embedded_io::ErrorType for GpsLine {
    type Error = io::Error;
}

impl Read for GpsLine {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let (len, record) = match self {
            Self::Real(line) => return line.read(buf).await,
            Self::Absent => return pending().await,
            Self::Model(line, record) => (line.read(buf).await.map_err(io::Error::other)?, record),
            Self::Hurry(hurry, record) => (hurry.read(buf).await, record),
        };
        if len == 0 && !buf.is_empty() {
            record.gps_line(LineState::Ended);
            // As a receiver that has nothing to say any more.
            return pending().await;
        }
        Ok(len)
    }
}

impl Hurry {
    async fn read(&mut self, buf: &mut [u8]) -> usize {
        futures_lite::future::yield_now().await;
        let rest = &self.bytes[self.next..];
        let len = rest.len().min(buf.len());
        buf[..len].copy_from_slice(&rest[..len]);
        self.next += len;
        len
    }
}
