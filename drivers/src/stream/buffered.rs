use core::fmt;
use core::ops::Range;

use embedded_io_async::Read;

use super::Error;
use crate::turns::Turns;

/// A reader, and the bytes that were read and not yet taken.
///
/// It passes from one type of this module to another by `release` and `resume`.
///
/// ```
/// use tickwire_drivers::stream::Lines;
///
/// let mut lines = Lines::<_, 4>::new(&b"one\ntwo\nend"[..]);
/// # tickwire_sim::Sim::new().run(async {
/// assert_eq!(lines.line().await.unwrap(), b"one");
/// assert_eq!(lines.line().await.unwrap(), b"two");
/// # });
/// let rest = lines.release();
/// assert_eq!(rest.bytes(), b"");
/// assert_eq!(rest.into_reader(), b"end");
/// ```
pub struct Buffered<R, const N: usize> {
    reader: R,
    bytes: [u8; N],
    /// The bytes that were read and not taken are those of `start..end`.
    start: usize,
    end: usize,
    turns: Turns,
}

impl<R, const N: usize> Buffered<R, N> {
    /// Creates an empty buffer of `N` bytes.
    ///
    /// A buffer of 0 bytes does not compile.
    pub const fn new(reader: R) -> Self {
        const { assert!(N > 0, "a buffer needs at least one byte") };
        Self { reader, bytes: [0; N], start: 0, end: 0, turns: Turns::new() }
    }

    /// Returns the bytes that were read and not yet taken.
    pub fn bytes(&self) -> &[u8] {
        self.get(self.start..self.end)
    }

    /// Returns the reader. The bytes not yet taken are lost: see [`bytes`](Self::bytes).
    pub fn into_reader(self) -> R {
        self.reader
    }

    pub(super) fn get(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    pub(super) fn get_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        self.bytes.get_mut(range).unwrap_or_default()
    }

    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) const fn is_full(&self) -> bool {
        self.len() == N
    }

    /// Takes `len` bytes, or all if there are fewer. Returns their range, which is valid until
    /// the next read.
    pub(super) fn take(&mut self, len: usize) -> Range<usize> {
        let start = self.start;
        self.start = self.end.min(start.saturating_add(len));
        start..self.start
    }

    /// Takes `len` bytes, which there are, and the byte after them, which is not returned.
    pub(super) const fn take_before(&mut self, len: usize) -> Range<usize> {
        let start = self.start;
        self.start = start + len + 1;
        start..start + len
    }

    pub(super) fn take_all(&mut self) -> Range<usize> {
        self.take(N)
    }
}

impl<R: Read, const N: usize> Buffered<R, N> {
    /// Appends what one read returns. Cancel-safe, if the reader's `read` is.
    ///
    /// The buffer must not be full.
    pub(super) async fn fill(&mut self) -> Result<(), Error<R::Error>> {
        self.give_turn().await;
        self.fill_now().await
    }

    /// Lets other tasks run after many reads.
    pub(super) async fn give_turn(&mut self) {
        self.turns.before_read().await;
    }

    /// [`fill`](Self::fill), without a turn for other tasks: a limit on the future is a limit on
    /// the read alone.
    pub(super) async fn fill_now(&mut self) -> Result<(), Error<R::Error>> {
        debug_assert!(!self.is_full(), "a read of no bytes looks like the end of the stream");
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.start > N - self.end {
            // It more than doubles the room. A byte is moved once at most: the pieces before it
            // have been taken.
            move_to_start(&mut self.bytes, self.start..self.end);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let room = self.bytes.get_mut(self.end..).unwrap_or_default();
        let room_len = room.len();
        let len = self.reader.read(room).await.map_err(Error::Read)?;
        // No await below: bytes are counted in the poll that read them.
        if len == 0 {
            return Err(Error::EndOfStream);
        }
        self.end += len.min(room_len);
        Ok(())
    }

    /// Reads the byte after a full buffer, and does not keep it.
    pub(super) async fn probe(&mut self) -> Result<u8, Error<R::Error>> {
        self.turns.before_read().await;
        let mut byte = [0];
        match self.reader.read(&mut byte).await.map_err(Error::Read)? {
            0 => Err(Error::EndOfStream),
            _ => Ok(byte[0]),
        }
    }
}

impl<R, const N: usize> fmt::Debug for Buffered<R, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffered").field("bytes", &self.bytes()).finish_non_exhaustive()
    }
}

/// Moves a part of the bytes to their start. The check keeps a panic out of firmware: the compiler
/// does not see that the part is within the bytes.
pub(super) fn move_to_start(bytes: &mut [u8], part: Range<usize>) {
    if bytes.get(part.clone()).is_some() {
        bytes.copy_within(part, 0);
    }
}
