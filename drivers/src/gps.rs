//! GPS receivers, and those of other systems, that speak NMEA 0183.
//!
//! [`Gps`] reads any byte stream and keeps a [`Fix`]: position in 1e-7 degrees, altitude in
//! millimeters, speed and course in hundredths, date, time, the number of satellites. Each value
//! has its age. A sentence that is torn or garbled is dropped. [`Counters`] counts it, and the
//! bytes of noise between sentences.
//!
//! Sentences are taken from any talker: GGA, GLL, GSA, GSV, RMC and VTG; with [`Extended`] as
//! the decoder, GNS, GST and ZDA as well. All others come as fields from [`Gps::next`].
//!
//! | to | use |
//! | --- | --- |
//! | keep each satellite in view | the decoder [`Satellites`] |
//! | read the expected errors of the position | the decoder [`Extended`], which may be around [`Satellites`] |
//! | get the local time | [`DateTime::local`] |
//! | share a receiver among tasks | [`Hub`] |
//! | send a command and await its answer | [`Hub::send`] |
//! | change the speed of a receiver and of its port | [`Hub::change_speed`] |
//! | get UTC to the microsecond | [`pps`] |
//!
//! # Features
//!
//! `gps`, on by default, builds this module, with [`FixedPoint`] as the decoder of
//! sentences. `nmea` adds another, `NmeaCrate`, which is the crate of that name.

mod accuracy;
mod aged;
mod angle;
mod counters;
mod decode;
mod fix;
mod frame;
mod hub;
mod in_view;
mod kml;
mod looks;
mod modes;
pub mod mtk;
mod outgoing;
pub mod pps;
mod quantity;
mod raw;
mod receiver;
mod satellites;
mod status;
mod update;
mod values;

use core::fmt;

use embedded_io_async::{ErrorKind, Read};
use futures_util::{Stream, stream};
use tickwire_traits::{Clock, Instant};

use crate::turns::Turns;

pub use crate::civil::{Date, DateTime, Offset, Time};
pub use accuracy::Accuracy;
pub use aged::Aged;
pub use angle::{Compass, Course, Latitude, Longitude, Minutes, Position, Seconds};
pub use counters::Counters;
#[cfg(feature = "nmea")]
pub use decode::NmeaCrate;
pub use decode::{Decoder, Extended, FixedPoint};
pub use fix::Fix;
pub use frame::{Framer, LINE_LENGTH};
pub use hub::{Commands, Hub, Request, SendError, SpeedError, Strays};
pub use kml::Kml;
pub use modes::Modes;
pub use outgoing::Outgoing;
pub use quantity::{Dop, Speed};
pub use raw::{Event, Raw};
pub use receiver::Receiver;
pub use satellites::{Satellite, SatelliteCounters, SatelliteSet, Satellites};
pub use status::{Constellation, Dimension, Quality, Status};
pub use update::{Field, Fields, Sentence, Transition, Update};

/// How much is read at once. A UART gives what it has, rarely more than its FIFO.
const CHUNK: usize = 64;

/// A GPS receiver on a byte stream.
///
/// ```
/// use tickwire_drivers::gps::{Error, Field, Gps};
/// use tickwire_sim::{Sim, models::gps};
///
/// let sim = Sim::new();
/// let line = gps::Receiver::new(sim.clock(), gps::demo_log(5), 9_600);
/// let mut gps = Gps::new(line, sim.clock());
/// sim.run(async {
///     loop {
///         match gps.update().await {
///             Ok(update) if update.set.contains(Field::Position) => {
///                 println!("{}", gps.fix().position().unwrap().value);
///             }
///             Ok(_) => {}
///             Err(error) => break assert_eq!(error, Error::EndOfStream),
///         }
///     }
/// });
/// assert_eq!(gps.counters().accepted, gps.counters().sentences);
/// ```
///
/// # Memory
///
/// `LINE` is the longest sentence that is kept; see [`LINE_LENGTH`]. Without it,
/// reader and clock, the driver takes at most 512 bytes, which the compiler
/// checks; 64 of them are the read buffer. With [`Extended`], it takes at most 640.
#[derive(Debug)]
pub struct Gps<R, T, const LINE: usize = LINE_LENGTH, D = FixedPoint> {
    reader: R,
    clock: T,
    receiver: Receiver<LINE, D>,
    chunk: Chunk,
}

/// On every target, and the read buffer included.
const _: () = assert!(size_of::<Gps<(), (), 1>>() <= 512);
const _: () = assert!(size_of::<Gps<(), (), 1, Extended>>() <= 640);

/// The reason why there is no update.
///
/// ```
/// use tickwire_drivers::gps::{Error, Gps};
/// use tickwire_sim::{Sim, models::gps};
///
/// let sim = Sim::new();
/// let line = gps::Receiver::new(sim.clock(), "no sentence", 9_600);
/// let mut gps = Gps::new(line, sim.clock());
/// let error = sim.run(gps.update()).unwrap_err();
/// assert_eq!(error, Error::EndOfStream);
/// assert_eq!(error.to_string(), "the receiver is gone: its stream ended");
/// assert_eq!(gps.counters().bytes_skipped, 11);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The stream could not be read.
    Read(E),
    /// The stream is at its end: the line is gone, or the file was played.
    EndOfStream,
}

/// Bytes that were read and not looked at yet.
#[derive(Debug)]
struct Chunk {
    bytes: [u8; CHUNK],
    // A byte each: with words, there is no room for another value of the fix.
    next: u8,
    end: u8,
    read_at: Instant,
    turns: Turns,
}

const _: () = assert!(CHUNK <= u8::MAX as usize, "`Chunk` counts its bytes in a `u8`");

impl<R, T> Gps<R, T> {
    /// Creates a driver that keeps sentences of up to [`LINE_LENGTH`] bytes.
    pub const fn new(reader: R, clock: T) -> Self {
        let chunk = Chunk {
            bytes: [0; CHUNK],
            next: 0,
            end: 0,
            read_at: Instant::EPOCH,
            turns: Turns::new(),
        };
        Self { reader, clock, receiver: Receiver::new(), chunk }
    }
}

impl<R, T, const LINE: usize, D> Gps<R, T, LINE, D> {
    /// Sets the longest sentence that is kept, in bytes. The fix and the counters begin anew.
    ///
    /// ```
    /// use tickwire_drivers::gps::Gps;
    /// use tickwire_sim::{Sim, models::gps};
    ///
    /// let sim = Sim::new();
    /// let line = gps::Receiver::new(sim.clock(), gps::demo_log(1), 9_600);
    /// let mut gps = Gps::new(line, sim.clock()).with_line_length::<82>();
    /// assert!(sim.run(gps.update()).is_ok());
    /// ```
    pub fn with_line_length<const LONGEST: usize>(self) -> Gps<R, T, LONGEST, D> {
        let Self { reader, clock, receiver, chunk } = self;
        Gps { reader, clock, receiver: receiver.with_line_length(), chunk }
    }

    /// Sets what reads the sentences. The default is [`FixedPoint`].
    pub fn with_decoder<E: Decoder>(self, decoder: E) -> Gps<R, T, LINE, E> {
        let Self { reader, clock, receiver, chunk } = self;
        Gps { reader, clock, receiver: receiver.with_decoder(decoder), chunk }
    }

    /// Returns what is known.
    pub const fn fix(&self) -> &Fix {
        self.receiver.fix()
    }

    /// Returns the decoder, which may hold values of its own.
    pub const fn decoder(&self) -> &D {
        self.receiver.decoder()
    }

    /// Returns what has been counted since the driver was made.
    pub const fn counters(&self) -> &Counters {
        self.receiver.counters()
    }

    /// Returns the reader and the clock. Bytes that were read and not decoded are lost.
    pub fn release(self) -> (R, T) {
        (self.reader, self.clock)
    }
}

impl<R: Read, T: Clock, const LINE: usize, D: Decoder> Gps<R, T, LINE, D> {
    /// Waits for the next sentence that is understood.
    ///
    /// Other sentences are counted and skipped. Each value is as old as the read that brought
    /// its last byte.
    ///
    /// # Errors
    ///
    /// What the reader reports, and [`Error::EndOfStream`]. Nothing is lost: what
    /// was read of a sentence is kept. It may be called again; at the end of a
    /// stream it will say so again, unless more came.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the reader's `read` is: bytes that were read are kept
    /// here.
    pub async fn update(&mut self) -> Result<Update, Error<R::Error>> {
        loop {
            let (taken, update) = self.receiver.push_all(self.chunk.rest(), self.chunk.read_at);
            self.chunk.skip(taken);
            if let Some(update) = update {
                return Ok(update);
            }
            self.chunk.turns.before_read().await;
            let len = self.reader.read(&mut self.chunk.bytes).await.map_err(Error::Read)?;
            // No await below: what was read is noted in the poll that read it.
            if len == 0 {
                return Err(Error::EndOfStream);
            }
            self.chunk.fill(len, self.clock.now());
        }
    }

    /// Waits for the next sentence that is understood, or whose type is not supported.
    ///
    /// It is [`update`](Self::update) for callers that also read other sentences: replies to
    /// commands, and those that only one maker has. Such a sentence is borrowed, so its
    /// fields are read before the next call.
    ///
    /// ```
    /// use tickwire_drivers::gps::{Event, Gps};
    /// use tickwire_sim::{Sim, models::gps};
    ///
    /// let sim = Sim::new();
    /// let line = gps::Receiver::new(sim.clock(), "$PMTK001,314,3*36\r\n", 9_600);
    /// let mut gps = Gps::new(line, sim.clock());
    /// sim.run(async {
    ///     let Ok(Event::Other(raw)) = gps.next().await else { unreachable!() };
    ///     assert_eq!(raw.address(), b"PMTK001");
    ///     assert!(raw.fields().eq([&b"314"[..], b"3"]));
    /// });
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`update`](Self::update). It may be called again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, as [`update`](Self::update) is: a sentence ends in the poll that returns it.
    pub async fn next(&mut self) -> Result<Event<'_>, Error<R::Error>> {
        let taken = loop {
            let (taken, sentence) =
                self.receiver.advance::<true>(self.chunk.rest(), self.chunk.read_at);
            self.chunk.skip(taken);
            if let Some(sentence) = sentence {
                break sentence;
            }
            // Not in a function: its future would be stored in this one.
            self.chunk.turns.before_read().await;
            let len = self.reader.read(&mut self.chunk.bytes).await.map_err(Error::Read)?;
            // No await below: what was read is noted in the poll that read it.
            if len == 0 {
                return Err(Error::EndOfStream);
            }
            self.chunk.fill(len, self.clock.now());
        };
        Ok(self.receiver.event(taken))
    }

    /// Returns the updates as a stream, each with the fix as it was then.
    ///
    /// It ends after [`Error::EndOfStream`].
    ///
    /// ```
    /// use futures_util::{StreamExt, pin_mut};
    /// use tickwire_drivers::gps::{Gps, Sentence};
    /// use tickwire_sim::{Sim, models::gps};
    ///
    /// let sim = Sim::new();
    /// let line = gps::Receiver::new(sim.clock(), gps::demo_log(3), 9_600);
    /// let mut gps = Gps::new(line, sim.clock());
    /// let updates = gps.updates().filter_map(async |update| update.ok());
    /// let last = sim.run(updates.fold(None, async |_, (update, fix)| Some((update, fix))));
    /// let (update, fix) = last.unwrap();
    /// assert_eq!(update.sentence, Sentence::Vtg);
    /// assert_eq!(fix.time().unwrap().value.to_string(), "12:00:02.000");
    /// ```
    ///
    /// # Cancel safety
    ///
    /// That of [`update`](Self::update): dropping the stream loses nothing.
    pub fn updates(&mut self) -> impl Stream<Item = Result<(Update, Fix), Error<R::Error>>> {
        stream::unfold(Some(self), async |gps| {
            let gps = gps?;
            let next = gps.update().await.map(|update| (update, *gps.fix()));
            let ended = matches!(next, Err(Error::EndOfStream));
            Some((next, (!ended).then_some(gps)))
        })
    }
}

impl Chunk {
    fn rest(&self) -> &[u8] {
        self.bytes.get(self.next.into()..self.end.into()).unwrap_or_default()
    }

    fn skip(&mut self, taken: usize) {
        // Not past `end`: it takes no more than the rest.
        self.next = self.next.wrapping_add(taken as u8);
    }

    fn fill(&mut self, len: usize, now: Instant) {
        (self.next, self.end, self.read_at) = (0, len.min(CHUNK) as u8, now);
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "the receiver could not be read: {error}"),
            Self::EndOfStream => f.write_str("the receiver is gone: its stream ended"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Read(error) => Some(error),
            Self::EndOfStream => None,
        }
    }
}

impl<E: embedded_io_async::Error + 'static> embedded_io_async::Error for Error<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Read(error) => error.kind(),
            Self::EndOfStream => ErrorKind::NotConnected,
        }
    }
}
