use embedded_io_async::Read;
use futures_util::{Stream, stream};
use memchr::memchr2;

use super::cut::{Cut, Ending};
use super::{Buffered, Dropped, Error, Piece};

const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// Lines of text, of at most `N` bytes each.
///
/// CR, LF and CR LF end a line; so LF CR ends two, the second of which is empty. A line is
/// returned without its end, and need not be UTF-8. Bytes after the last end of a stream are a
/// line too.
///
/// A line is returned as soon as its first end byte has come. So the LF of a CR LF is read by
/// the next call, which skips it.
///
/// ```
/// use tickwire_drivers::stream::{Error, Lines};
///
/// let mut lines = Lines::<_, 8>::new(&b"CR\rLF\nCR LF\r\n\nthe end"[..]);
/// # tickwire_sim::Sim::new().run(async {
/// for line in [&b"CR"[..], b"LF", b"CR LF", b"", b"the end"] {
///     assert_eq!(lines.line().await.unwrap(), line);
/// }
/// assert_eq!(lines.line().await, Err(Error::EndOfStream));
/// # });
/// ```
#[derive(Debug)]
pub struct Lines<R, const N: usize>(Cut<R, LineEnd, N>);

/// CR, LF or CR LF.
#[derive(Debug)]
struct LineEnd;

impl<R, const N: usize> Lines<R, N> {
    /// Reads from the start of a line.
    pub const fn new(reader: R) -> Self {
        Self::resume(Buffered::new(reader))
    }

    /// Continues with what another type has left.
    pub const fn resume(buffered: Buffered<R, N>) -> Self {
        Self(Cut::new(buffered, LineEnd))
    }

    /// Returns the counts of lines that were too long. A line is counted at its end.
    pub const fn dropped(&self) -> Dropped {
        self.0.dropped
    }

    /// Returns the reader with what was read and not yet returned.
    ///
    /// If the last line ended with CR LF, the LF is still to come. A protocol whose lines end
    /// so, and are followed by other bytes, is read by [`Records`](super::Records) up to the LF.
    pub fn release(self) -> Buffered<R, N> {
        self.0.buffered
    }
}

impl<R: Read, const N: usize> Lines<R, N> {
    /// Waits for the next line, which is borrowed until the next call.
    ///
    /// # Errors
    ///
    /// What the reader reports; [`Error::TooLong`] at the end of a line of more than `N` bytes;
    /// [`Error::EndOfStream`]. The next call continues.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the reader's `read` is: the struct keeps the bytes that were read.
    pub async fn line(&mut self) -> Result<&[u8], Error<R::Error>> {
        let line = self.0.next().await?;
        Ok(self.0.buffered.get(line))
    }

    /// Returns the lines as a stream. It ends after [`Error::EndOfStream`].
    ///
    /// ```
    /// use futures_util::{StreamExt, TryStreamExt, pin_mut};
    /// use tickwire_drivers::stream::{Error, Lines};
    ///
    /// let mut lines = Lines::<_, 8>::new(&b"one\ntwo\n"[..]);
    /// let lines = lines.lines();
    /// # tickwire_sim::Sim::new().run(async {
    /// pin_mut!(lines);
    /// assert_eq!(*lines.try_next().await.unwrap().unwrap(), *b"one");
    /// assert_eq!(*lines.try_next().await.unwrap().unwrap(), *b"two");
    /// assert_eq!(lines.next().await, Some(Err(Error::EndOfStream)));
    /// assert_eq!(lines.next().await, None);
    /// # });
    /// ```
    ///
    /// # Cancel safety
    ///
    /// That of [`line`](Self::line): dropping the stream loses nothing.
    pub fn lines(&mut self) -> impl Stream<Item = Result<Piece<N>, Error<R::Error>>> {
        stream::unfold(Some(self), async |lines| {
            let lines = lines?;
            let next = lines.line().await.map(Piece::new);
            let has_ended = matches!(next, Err(Error::EndOfStream));
            Some((next, (!has_ended).then_some(lines)))
        })
    }
}

impl Ending for LineEnd {
    #[inline]
    fn find(&self, bytes: &[u8]) -> Option<(usize, u8)> {
        let at = memchr2(CR, LF, bytes)?;
        Some((at, *bytes.get(at)?))
    }

    #[inline]
    fn second(&self, end: u8) -> Option<u8> {
        (end == CR).then_some(LF)
    }
}
