use embedded_io_async::Read;
use futures_util::{Stream, stream};

use super::{Buffered, Error, Piece};

/// A given number of bytes at a time, at most `N`.
///
/// ```
/// use tickwire_drivers::stream::{Error, Exactly};
///
/// let mut stream = Exactly::<_, 4>::new(&b"one two"[..]);
/// # tickwire_sim::Sim::new().run(async {
/// assert_eq!(stream.bytes(4).await.unwrap(), b"one ");
/// assert_eq!(stream.bytes(4).await, Err(Error::EndOfStream));
/// assert_eq!(stream.rest(), b"two");
/// assert_eq!(stream.bytes(3).await.unwrap(), b"two");
/// # });
/// ```
#[derive(Debug)]
pub struct Exactly<R, const N: usize>(Buffered<R, N>);

impl<R, const N: usize> Exactly<R, N> {
    /// Creates an empty buffer.
    pub const fn new(reader: R) -> Self {
        Self::resume(Buffered::new(reader))
    }

    /// Continues with what another type has left.
    pub const fn resume(buffered: Buffered<R, N>) -> Self {
        Self(buffered)
    }

    /// Returns the bytes that were read and not yet returned: too few, after an error.
    pub fn rest(&self) -> &[u8] {
        self.0.bytes()
    }

    /// Returns the reader with what was read and not yet returned.
    pub fn release(self) -> Buffered<R, N> {
        self.0
    }
}

impl<R: Read, const N: usize> Exactly<R, N> {
    /// Waits until there are `len` bytes, which are borrowed until the next call.
    ///
    /// # Errors
    ///
    /// [`Error::TooLong`] immediately if `len` is more than `N`; what the reader reports;
    /// [`Error::EndOfStream`] if fewer bytes follow. Bytes that were read are kept for the next
    /// call, which may request another number.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the reader's `read` is: the struct keeps the bytes that were read.
    pub async fn bytes(&mut self, len: usize) -> Result<&[u8], Error<R::Error>> {
        if len > N {
            return Err(Error::TooLong { len });
        }
        while self.0.len() < len {
            self.0.fill().await?;
        }
        let bytes = self.0.take(len);
        Ok(self.0.get(bytes))
    }

    /// Returns chunks of `len` bytes as a stream. It ends after [`Error::EndOfStream`] or
    /// [`Error::TooLong`]. [`Lines::lines`](super::Lines::lines) has an example.
    ///
    /// With a `len` of 0 it never ends, and never waits.
    ///
    /// # Cancel safety
    ///
    /// That of [`bytes`](Self::bytes): dropping the stream loses nothing.
    pub fn chunks(&mut self, len: usize) -> impl Stream<Item = Result<Piece<N>, Error<R::Error>>> {
        stream::unfold(Some((self, len)), async |state| {
            let (stream, len) = state?;
            let next = stream.bytes(len).await.map(Piece::new);
            let has_ended = matches!(next, Err(Error::EndOfStream | Error::TooLong { .. }));
            Some((next, (!has_ended).then_some((stream, len))))
        })
    }
}
