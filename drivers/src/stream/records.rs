use embedded_io_async::Read;
use futures_util::{Stream, stream};
use memchr::memchr;

use super::cut::{Cut, Ending};
use super::{Buffered, Dropped, Error, Piece};

/// Records of at most `N` bytes, each ended by a delimiter.
///
/// A record is returned without its delimiter. Bytes after the last delimiter of a stream are a
/// record too.
///
/// ```
/// use tickwire_drivers::stream::{Error, Records};
///
/// let mut records = Records::<_, 8>::new(&b"one\0\0two"[..], 0);
/// # tickwire_sim::Sim::new().run(async {
/// for record in [&b"one"[..], b"", b"two"] {
///     assert_eq!(records.record().await.unwrap(), record);
/// }
/// assert_eq!(records.record().await, Err(Error::EndOfStream));
/// # });
/// ```
#[derive(Debug)]
pub struct Records<R, const N: usize>(Cut<R, Delimiter, N>);

/// A byte that ends a piece.
#[derive(Debug)]
pub(super) struct Delimiter(pub(super) u8);

impl<R, const N: usize> Records<R, N> {
    /// Reads from the start of a record.
    pub const fn new(reader: R, delimiter: u8) -> Self {
        Self::resume(Buffered::new(reader), delimiter)
    }

    /// Continues with what another type has left.
    pub const fn resume(buffered: Buffered<R, N>, delimiter: u8) -> Self {
        Self(Cut::new(buffered, Delimiter(delimiter)))
    }

    /// Returns the counts of records that were too long. A record is counted at its end.
    pub const fn dropped(&self) -> Dropped {
        self.0.dropped
    }

    /// Returns the reader with what was read and not yet returned.
    pub fn release(self) -> Buffered<R, N> {
        self.0.buffered
    }
}

impl<R: Read, const N: usize> Records<R, N> {
    /// Waits for the next record, which is borrowed until the next call.
    ///
    /// # Errors
    ///
    /// What the reader reports; [`Error::TooLong`] at the end of a record of more than `N`
    /// bytes; [`Error::EndOfStream`]. The next call continues.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the reader's `read` is: the struct keeps the bytes that were read.
    pub async fn record(&mut self) -> Result<&[u8], Error<R::Error>> {
        let record = self.0.next().await?;
        Ok(self.0.buffered.get(record))
    }

    /// Returns the records as a stream. It ends after [`Error::EndOfStream`].
    /// [`Lines::lines`](super::Lines::lines) has an example.
    ///
    /// # Cancel safety
    ///
    /// That of [`record`](Self::record): dropping the stream loses nothing.
    pub fn records(&mut self) -> impl Stream<Item = Result<Piece<N>, Error<R::Error>>> {
        stream::unfold(Some(self), async |records| {
            let records = records?;
            let next = records.record().await.map(Piece::new);
            let has_ended = matches!(next, Err(Error::EndOfStream));
            Some((next, (!has_ended).then_some(records)))
        })
    }
}

impl Ending for Delimiter {
    #[inline]
    fn find(&self, bytes: &[u8]) -> Option<(usize, u8)> {
        Some((memchr(self.0, bytes)?, self.0))
    }

    #[inline]
    fn second(&self, _: u8) -> Option<u8> {
        None
    }
}
