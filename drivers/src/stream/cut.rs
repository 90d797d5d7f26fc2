//! Pieces between delimiters: what lines, records and frames have in common.

use core::ops::Range;

use embedded_io_async::Read;

use super::{Buffered, Error};

/// Counts of what a stream has dropped since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Dropped {
    /// The number of pieces that were too long; of frames, also those that were damaged. It
    /// stops at the largest value.
    pub pieces: u32,
    /// The number of their bytes, without the ends. It stops at the largest value.
    pub bytes: u32,
}

impl Dropped {
    pub(super) const NONE: Self = Self { pieces: 0, bytes: 0 };

    pub(super) fn count(&mut self, len: usize) {
        self.pieces = self.pieces.saturating_add(1);
        self.bytes = self.bytes.saturating_add(u32::try_from(len).unwrap_or(u32::MAX));
    }
}

/// The bytes that end a piece.
pub(super) trait Ending {
    /// Returns the index of the first end, and its byte.
    fn find(&self, bytes: &[u8]) -> Option<(usize, u8)>;

    /// Returns the byte that belongs to the end as well, if it follows `end` immediately.
    fn second(&self, end: u8) -> Option<u8>;
}

/// A stream that is cut where pieces end.
#[derive(Debug)]
pub(super) struct Cut<R, E, const N: usize> {
    pub(super) buffered: Buffered<R, N>,
    ending: E,
    /// The byte that belongs to the last end if it comes next.
    second: Option<u8>,
    /// The number of buffered bytes known to contain no end.
    searched: usize,
    /// The number of bytes dropped of the present piece. Not 0 means that it is too long.
    lost: usize,
    pub(super) dropped: Dropped,
}

impl<R, E: Ending, const N: usize> Cut<R, E, N> {
    pub(super) const fn new(buffered: Buffered<R, N>, ending: E) -> Self {
        Self { buffered, ending, second: None, searched: 0, lost: 0, dropped: Dropped::NONE }
    }

    /// Takes the next piece and its end from the buffer, if both are there.
    fn find(&mut self) -> Option<(Range<usize>, u8)> {
        if let Some(second) = self.second {
            let first = self.buffered.bytes().first()?;
            if *first == second {
                self.buffered.take(1);
            }
            self.second = None;
        }
        let fresh = self.buffered.bytes().get(self.searched..).unwrap_or_default();
        let Some((at, end)) = self.ending.find(fresh) else {
            self.searched = self.buffered.len();
            return None;
        };
        Some((self.buffered.take_before(self.searched + at), end))
    }

    /// Ends a piece, whose bytes not dropped are `piece`.
    fn ends<F>(&mut self, piece: Range<usize>, end: Option<u8>) -> Result<Range<usize>, Error<F>> {
        self.searched = 0;
        self.second = end.and_then(|end| self.ending.second(end));
        if self.lost == 0 {
            return Ok(piece);
        }
        let len = core::mem::take(&mut self.lost).saturating_add(piece.len());
        self.dropped.count(len);
        Err(Error::TooLong { len })
    }

    /// Drops the buffered part of a piece that is too long, and `more` bytes after it.
    fn lose(&mut self, more: usize) {
        let held = self.buffered.take_all().len();
        self.lost = self.lost.saturating_add(held).saturating_add(more);
        self.searched = 0;
    }
}

impl<R: Read, E: Ending, const N: usize> Cut<R, E, N> {
    /// Waits for a piece. Returns its range in the buffer, which is valid until the next call.
    /// At the end of the stream, bytes without an end are a piece.
    pub(super) async fn next(&mut self) -> Result<Range<usize>, Error<R::Error>> {
        loop {
            if let Some((piece, end)) = self.find() {
                return self.ends(piece, Some(end));
            }
            if self.lost > 0 {
                self.lose(0);
            }
            let ended = if self.buffered.is_full() {
                match self.buffered.probe().await {
                    Ok(byte) if self.ending.find(&[byte]).is_some() => Some(byte),
                    Ok(_) => {
                        self.lose(1);
                        continue;
                    }
                    Err(Error::EndOfStream) => None,
                    Err(error) => return Err(error),
                }
            } else {
                match self.buffered.fill().await {
                    Ok(()) => continue,
                    Err(Error::EndOfStream) if self.buffered.len() + self.lost > 0 => None,
                    Err(error) => return Err(error),
                }
            };
            let piece = self.buffered.take_all();
            return self.ends(piece, ended);
        }
    }
}
