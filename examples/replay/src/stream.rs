//! Bytes of any sender, divided.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufReader, Read as _, Write};
use std::str;

use embedded_io_async::{ErrorType, Read};
use serde_json::{Value, json};
use tickwire_drivers::stream::{Error, FrameError, Frames, Lines, Quiet, Records};
use tickwire_sim::uart::Baud;
use tickwire_sim::{Sim, SimClock};
use tickwire_traits::{Instant, Timer};

use crate::failure::Failure;
use crate::options::{Dividing, StreamOptions};

/// The length of the longest item.
const LONGEST: usize = 4_096;

pub(crate) fn replay(options: &StreamOptions, out: &mut impl Write) -> Result<(), Failure> {
    let place = Place::default();
    let sim = Sim::new();
    let bytes = Bytes::open(options, &place, sim.clock())?;
    match options.dividing {
        Dividing::Lines => {
            let mut lines = Box::new(Lines::<_, LONGEST>::new(bytes));
            while let Some(item) = item(sim.run(lines.line()))? {
                print(out, place.before(item.len()), &item)?;
            }
        }
        Dividing::Records(delimiter) => {
            let mut records = Box::new(Records::<_, LONGEST>::new(bytes, delimiter));
            while let Some(item) = item(sim.run(records.record()))? {
                print(out, place.before(item.len()), &item)?;
            }
        }
        Dividing::Quiet => {
            let mut quiet =
                Box::new(Quiet::<_, _, LONGEST>::new(bytes, sim.clock(), options.pause));
            while let Some(item) = item(sim.run(quiet.block()))? {
                // A block has no end.
                print(out, place.read.get() - item.len(), &item)?;
            }
        }
        Dividing::Cobs => {
            let mut frames = Box::new(Frames::<_, LONGEST>::new(bytes));
            loop {
                place.frame.set(None);
                let item = match sim.run(frames.frame()) {
                    Err(FrameError::Stream(error)) => item(Err(error))?,
                    Err(FrameError::Encoding { .. }) => Some(Item::Dropped("encoding", 0)),
                    Err(FrameError::Checksum { .. }) => Some(Item::Dropped("checksum", 0)),
                    Err(error) => return Err(Failure::Capture(error.to_string())),
                    Ok(frame) => Some(Item::Whole(frame)),
                };
                let Some(item) = item else { break };
                print(out, place.frame.get().unwrap_or_default(), &item)?;
            }
        }
    }
    Ok(())
}

/// What was divided off.
enum Item<'a> {
    Whole(&'a [u8]),
    /// Why it was dropped, and how long it was.
    Dropped(&'static str, u64),
}

impl Item<'_> {
    fn len(&self) -> u64 {
        match self {
            Self::Whole(bytes) => bytes.len() as u64,
            Self::Dropped(_, len) => *len,
        }
    }
}

/// None at the end of the stream.
fn item(next: Result<&[u8], Error<Failure>>) -> Result<Option<Item<'_>>, Failure> {
    match next {
        Ok(bytes) => Ok(Some(Item::Whole(bytes))),
        Err(Error::TooLong { len }) => Ok(Some(Item::Dropped("too_long", len as u64))),
        Err(Error::EndOfStream) => Ok(None),
        Err(Error::Read(failure)) => Err(failure),
        Err(error) => Err(Failure::Capture(error.to_string())),
    }
}

fn print(out: &mut impl Write, offset: u64, item: &Item<'_>) -> Result<(), Failure> {
    let object = match item {
        Item::Whole(bytes) => json!({ "offset": offset, "item": text_or_bytes(bytes) }),
        Item::Dropped(error, _) => json!({ "offset": offset, "error": error }),
    };
    Ok(writeln!(out, "{object}")?)
}

/// Text is shown as such. Other bytes are numbers, so that none is lost.
fn text_or_bytes(bytes: &[u8]) -> Value {
    str::from_utf8(bytes).map_or_else(|_| json!(bytes), Value::from)
}

/// Where in the file a reader is.
#[derive(Default)]
struct Place {
    /// The number of bytes read.
    read: Cell<u64>,
    /// Whether the reader has found the end of the file.
    is_over: Cell<bool>,
    /// The offset of the first byte that is not zero, since it was cleared.
    frame: Cell<Option<u64>>,
}

impl Place {
    /// Returns the offset of a piece of this length that was just read. One byte ended it,
    /// unless the file did.
    fn before(&self, len: u64) -> u64 {
        self.read.get() - len - u64::from(!self.is_over.get())
    }
}

/// The bytes of a file, one by one: nothing after the end of an item is read ahead, so an item's
/// place is known.
struct Bytes<'a> {
    file: std::io::Bytes<BufReader<File>>,
    name: String,
    place: &'a Place,
    baud: Baud,
    clock: SimClock,
}

impl<'a> Bytes<'a> {
    fn open(options: &StreamOptions, place: &'a Place, clock: SimClock) -> Result<Self, Failure> {
        let name = options.file.display().to_string();
        let file = File::open(&options.file);
        let file = file.map_err(|error| Failure::Capture(error.to_string()).in_file(&name))?;
        let file = BufReader::new(file).bytes();
        Ok(Self { file, name, place, baud: Baud::new(options.baud), clock })
    }
}

impl ErrorType for Bytes<'_> {
    type Error = Failure;
}

impl Read for Bytes<'_> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Failure> {
        let Some(slot) = buf.first_mut() else { return Ok(0) };
        let at = self.place.read.get();
        // Before the byte is taken: a future that is dropped while it waits loses none.
        self.clock.sleep_until(Instant::EPOCH + self.baud.time_of(at + 1)).await;
        let byte = self.file.next().transpose();
        let byte = byte.map_err(|error| Failure::Capture(error.to_string()).in_file(&self.name))?;
        let Some(byte) = byte else {
            self.place.is_over.set(true);
            return Ok(0);
        };
        *slot = byte;
        self.place.read.set(at + 1);
        if byte != 0 && self.place.frame.get().is_none() {
            self.place.frame.set(Some(at));
        }
        Ok(1)
    }
}
