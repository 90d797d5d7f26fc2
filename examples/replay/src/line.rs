//! The bytes of a serial line, each at its time.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use tickwire_sim::SimClock;
use tickwire_sim::uart::{Baud, Byte, Decoder};
use tickwire_traits::{Duration, Instant, Timer};

use crate::capture::{Capture, Source};
use crate::failure::Failure;

/// A line whose bytes are in a file, or were recorded; it hangs up at the end.
///
/// A reader is woken at the ends of lines, as by a UART with a queue: once per byte
/// would take as long again as all else.
pub(crate) struct Line {
    bytes: Bytes,
    baud: Baud,
    clock: SimClock,
    /// The bytes that come together.
    chunk: VecDeque<u8>,
    /// When the last byte of the chunk has come.
    due: Instant,
    /// What comes after the capture, which ends where it was cut: the sentence there
    /// may be whole.
    line_end: std::slice::Iter<'static, u8>,
}

/// The most bytes that come together.
const QUEUE: usize = 64;

enum Bytes {
    /// One right after the other.
    Log { file: std::io::Bytes<BufReader<File>>, name: String, count: u64 },
    /// When they came.
    Recorded { capture: Box<Capture>, decoder: Decoder, is_over: bool },
}

impl Line {
    /// Opens a file of bytes.
    pub(crate) fn log(path: &Path, baud: u32, clock: SimClock) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let file = File::open(path);
        let file = file.map_err(|error| Failure::Capture(error.to_string()).in_file(&name))?;
        let file = BufReader::new(file).bytes();
        Ok(Self::of(Bytes::Log { file, name, count: 0 }, baud, clock))
    }

    /// Opens a capture of the line, 8N1.
    pub(crate) fn recorded(source: &Source, baud: u32, clock: SimClock) -> Result<Self, Failure> {
        let capture = Box::new(Capture::open(source)?);
        let decoder = Decoder::new(Baud::new(baud));
        Ok(Self::of(Bytes::Recorded { capture, decoder, is_over: false }, baud, clock))
    }

    fn of(bytes: Bytes, baud: u32, clock: SimClock) -> Self {
        let (chunk, due, line_end) = (VecDeque::new(), Instant::EPOCH, b"\r\n".iter());
        Self { bytes, baud: Baud::new(baud), clock, chunk, due, line_end }
    }

    /// Returns the time of the file, in microseconds, of the start of the replay.
    pub(crate) fn origin(&self) -> i64 {
        match &self.bytes {
            Bytes::Log { .. } => 0,
            Bytes::Recorded { capture, .. } => capture.origin(),
        }
    }

    /// Reads up to the end of a line, or as many bytes as a queue holds.
    fn look_ahead(&mut self) -> Result<(), Failure> {
        let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        while self.chunk.len() < QUEUE && !self.chunk.back().is_some_and(is_line_end) {
            let next = self.bytes.next(self.baud)?;
            let line_end = || self.line_end.next().map(|byte| (self.due, *byte));
            let Some((at, byte)) = next.or_else(line_end) else { break };
            self.due = at;
            self.chunk.push_back(byte);
        }
        Ok(())
    }
}

impl Bytes {
    fn next(&mut self, baud: Baud) -> Result<Option<(Instant, u8)>, Failure> {
        match self {
            Self::Log { file, name, count } => {
                let byte = file.next().transpose();
                let byte =
                    byte.map_err(|error| Failure::Capture(error.to_string()).in_file(name))?;
                *count += u64::from(byte.is_some());
                Ok(byte.map(|byte| (Instant::EPOCH + baud.time_of(*count), byte)))
            }
            Self::Recorded { capture, decoder, is_over } => {
                let mut byte = None;
                while byte.is_none() && !*is_over {
                    byte = match capture.next()? {
                        Some((at, Some(level))) => decoder.change(at, level),
                        Some((_, None)) => None,
                        None => {
                            *is_over = true;
                            decoder.finish()
                        }
                    };
                }
                Ok(byte.map(|Byte { at, value, .. }| {
                    let start = Duration::from_micros(at.0 / 1_000);
                    (Instant::EPOCH + start + baud.time_of(1), value)
                }))
            }
        }
    }
}

impl embedded_io_async::ErrorType for Line {
    type Error = Failure;
}

impl embedded_io_async::Read for Line {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Failure> {
        if self.chunk.is_empty() {
            self.look_ahead()?;
        }
        self.clock.sleep_until(self.due).await;
        let length = buf.len().min(self.chunk.len());
        for (slot, byte) in buf.iter_mut().zip(self.chunk.drain(..length)) {
            *slot = byte;
        }
        Ok(length)
    }
}
