use core::fmt;

use crc::{CRC_16_IBM_SDLC, Crc, NoTable};
use embedded_io_async::{ErrorKind, Read, Write};
use futures_util::{Stream, stream};

use super::cobs::{Encoder, decode_in_place};
use super::cut::Cut;
use super::records::Delimiter;
use super::{Buffered, Dropped, Error, Piece, SendError};

/// The byte between frames, which stuffing keeps out of them.
const DELIMITER: u8 = 0;

/// Frames of any bytes, each with a checksum, encoded by COBS.
///
/// On the wire, a frame is its bytes and their checksum, low byte first, encoded by COBS
/// (Cheshire and Baker, "Consistent Overhead Byte Stuffing", 1999), and a zero. The checksum
/// is that of PPP and X.25 (RFC 1662, appendix C), CRC-16/IBM-SDLC. So a frame takes 4 bytes
/// more on the wire, and one more per 254.
///
/// `N` is the length in bytes of the longest frame on the wire, without the zero. Two zeros in
/// a row are not a frame: a sender may begin with a zero, to end what noise has begun.
///
/// ```
/// use tickwire_drivers::stream::{FrameError, FrameWriter, Frames};
///
/// let mut wire = [0; 16];
/// # tickwire_sim::Sim::new().run(async {
/// let mut writer = FrameWriter::new(&mut wire[..]);
/// writer.send(b"a\0b").await.unwrap();
/// let left = writer.release().len();
/// assert_eq!(wire.len() - left, 7);
///
/// let mut frames = Frames::<_, 16>::new(&wire[..7]);
/// assert_eq!(frames.frame().await.unwrap(), b"a\0b");
///
/// wire[1] ^= 1; // Noise.
/// let mut frames = Frames::<_, 16>::new(&wire[..7]);
/// assert_eq!(frames.frame().await, Err(FrameError::Checksum { len: 6 }));
/// assert_eq!(frames.dropped().pieces, 1);
/// # });
/// ```
#[derive(Debug)]
pub struct Frames<R, const N: usize>(Cut<R, Delimiter, N>);

/// The reason why there is no frame.
///
/// After each of them, the next call continues. [`Frames`] has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum FrameError<E> {
    /// The reader failed, the stream has ended, or a frame was too long.
    Stream(Error<E>),
    /// The bytes are not valid COBS: some are missing, or were changed.
    Encoding {
        /// The number of bytes dropped.
        len: usize,
    },
    /// The checksum does not match.
    Checksum {
        /// The number of bytes dropped.
        len: usize,
    },
}

impl<R, const N: usize> Frames<R, N> {
    /// Reads from the start of a frame.
    pub const fn new(reader: R) -> Self {
        Self::resume(Buffered::new(reader))
    }

    /// Continues with what another type has left.
    pub const fn resume(buffered: Buffered<R, N>) -> Self {
        Self(Cut::new(buffered, Delimiter(DELIMITER)))
    }

    /// Returns the counts of frames that were too long or damaged.
    pub const fn dropped(&self) -> Dropped {
        self.0.dropped
    }

    /// Returns the reader with what was read and not yet returned.
    pub fn release(self) -> Buffered<R, N> {
        self.0.buffered
    }
}

impl<R: Read, const N: usize> Frames<R, N> {
    /// Waits for the next frame, which is borrowed until the next call.
    ///
    /// # Errors
    ///
    /// What the reader reports, [`Error::TooLong`] and [`Error::EndOfStream`] as
    /// [`FrameError::Stream`]; a damaged frame, once. The next call continues.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the reader's `read` is: the struct keeps the bytes that were read.
    pub async fn frame(&mut self) -> Result<&[u8], FrameError<R::Error>> {
        let frame = loop {
            let frame = self.0.next().await.map_err(FrameError::Stream)?;
            if !frame.is_empty() {
                break frame;
            }
        };
        // No await below: the frame has been taken from the buffer.
        let (start, len) = (frame.start, frame.len());
        match decode(self.0.buffered.get_mut(frame)) {
            Ok(decoded) => Ok(self.0.buffered.get(start..start + decoded)),
            Err(fault) => {
                self.0.dropped.count(len);
                Err(match fault {
                    Fault::Encoding => FrameError::Encoding { len },
                    Fault::Checksum => FrameError::Checksum { len },
                })
            }
        }
    }

    /// Returns the frames as a stream. It ends after [`Error::EndOfStream`].
    /// [`Lines::lines`](super::Lines::lines) has an example.
    ///
    /// # Cancel safety
    ///
    /// That of [`frame`](Self::frame): dropping the stream loses nothing.
    pub fn frames(&mut self) -> impl Stream<Item = Result<Piece<N>, FrameError<R::Error>>> {
        stream::unfold(Some(self), async |frames| {
            let frames = frames?;
            let next = frames.frame().await.map(Piece::new);
            let has_ended = matches!(next, Err(FrameError::Stream(Error::EndOfStream)));
            Some((next, (!has_ended).then_some(frames)))
        })
    }
}

/// The damage of a frame.
enum Fault {
    Encoding,
    Checksum,
}

/// Decodes a frame in place, and returns its length without the checksum.
fn decode(frame: &mut [u8]) -> Result<usize, Fault> {
    let len = decode_in_place(frame).ok_or(Fault::Encoding)?;
    let decoded = frame.get(..len).unwrap_or_default();
    let (bytes, sum) = decoded.split_last_chunk().ok_or(Fault::Encoding)?;
    if checksum(bytes) == u16::from_le_bytes(*sum) { Ok(bytes.len()) } else { Err(Fault::Checksum) }
}

fn checksum(bytes: &[u8]) -> u16 {
    // Bit by bit: a table would be half a kilobyte.
    const CRC: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_IBM_SDLC);
    CRC.checksum(bytes)
}

/// A sender of frames that [`Frames`] reads, which has an example.
///
/// For frames of many tasks, write each into a buffer, as that example does, and send the bytes by a
/// [`SharedWriter`](super::SharedWriter).
#[derive(Debug)]
pub struct FrameWriter<W> {
    writer: W,
    /// Whether the last frame was begun and not ended.
    is_torn: bool,
}

impl<W> FrameWriter<W> {
    /// Takes a writer at the start of a frame.
    pub const fn new(writer: W) -> Self {
        Self { writer, is_torn: false }
    }

    /// Returns the writer.
    pub fn release(self) -> W {
        self.writer
    }
}

impl<W: Write> FrameWriter<W> {
    /// Sends a frame of any bytes. It does not flush the writer.
    ///
    /// # Errors
    ///
    /// [`SendError::Write`] or [`SendError::Closed`]. The receiver drops the frame, and the next one
    /// may be sent.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe for the frames after it: the frame itself is torn if sending is dropped or
    /// fails. The next frame begins with a zero, so the receiver reports the torn one and loses
    /// no other.
    pub async fn send(&mut self, frame: &[u8]) -> Result<(), SendError<W::Error>> {
        const CHUNK: usize = 32;
        if self.is_torn {
            self.write(&[DELIMITER]).await?;
        }
        // Before the first await: from there on it may be.
        self.is_torn = true;
        let mut bytes = Encoder::new(frame, checksum(frame).to_le_bytes()).chain([DELIMITER]);
        loop {
            let mut chunk = [0; CHUNK];
            let mut len = 0;
            for (place, byte) in chunk.iter_mut().zip(&mut bytes) {
                *place = byte;
                len += 1;
            }
            let Some(chunk @ [_, ..]) = chunk.get(..len) else { break };
            self.write(chunk).await?;
        }
        self.is_torn = false;
        Ok(())
    }

    /// Writes all bytes. embedded-io's `write_all` panics if the writer accepts none.
    async fn write(&mut self, mut bytes: &[u8]) -> Result<(), SendError<W::Error>> {
        while !bytes.is_empty() {
            match self.writer.write(bytes).await.map_err(SendError::Write)? {
                0 => return Err(SendError::Closed),
                len => bytes = bytes.get(len..).unwrap_or_default(),
            }
        }
        Ok(())
    }
}

impl<E: fmt::Display> fmt::Display for FrameError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(error) => error.fmt(f),
            Self::Encoding { len } => write!(f, "{len} bytes are no frame"),
            Self::Checksum { len } => write!(f, "the checksum of {len} bytes is wrong"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for FrameError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Stream(error) => error.source(),
            _ => None,
        }
    }
}

impl<E: embedded_io_async::Error + 'static> embedded_io_async::Error for FrameError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Stream(error) => error.kind(),
            _ => ErrorKind::InvalidData,
        }
    }
}
