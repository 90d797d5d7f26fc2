use embedded_io_async::Read;
use futures_util::{Stream, stream};
use tickwire_traits::{Duration, Instant, Timer};

use super::{Buffered, Error, Piece};

/// Blocks of bytes that end with a pause, at most `N` bytes each.
///
/// This is for senders whose messages have no other end, and for text that is shown as it
/// comes. A block that fills the buffer is returned immediately, and the bytes after it are the
/// next block.
///
/// A pause is measured from the poll that read the last byte. A task that is polled late finds
/// longer blocks: it joins two messages that both came before the poll. It never divides one.
///
/// ```
/// use embedded_io_async::Write;
/// use tickwire_drivers::stream::Quiet;
/// use tickwire_sim::{Sim, uart::{Baud, line}};
/// use tickwire_sync::gather;
/// use tickwire_traits::{Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let (near, mut far) = line(sim.clock(), Baud::new(115_200));
/// let mut quiet = Quiet::<_, _, 64>::new(near, sim.clock(), Duration::from_millis(3));
/// let talk = async {
///     far.write_all(b"one").await.unwrap();
///     clock.sleep(Duration::from_millis(10)).await;
///     far.write_all(b"two").await.unwrap();
/// };
/// let listen = async {
///     assert_eq!(quiet.block().await.unwrap(), b"one");
///     assert_eq!(quiet.block().await.unwrap(), b"two");
/// };
/// sim.run(gather((talk, listen)));
/// ```
#[derive(Debug)]
pub struct Quiet<R, T, const N: usize> {
    buffered: Buffered<R, N>,
    clock: T,
    pause: Duration,
    /// The time of the last byte. None until a byte was read here.
    heard: Option<Instant>,
}

impl<R, T, const N: usize> Quiet<R, T, N> {
    /// Creates an empty buffer. A block ends when no byte comes for `pause`.
    pub const fn new(reader: R, clock: T, pause: Duration) -> Self {
        Self::resume(Buffered::new(reader), clock, pause)
    }

    /// Continues with what another type has left. The pause after it begins with the first call.
    pub const fn resume(buffered: Buffered<R, N>, clock: T, pause: Duration) -> Self {
        Self { buffered, clock, pause, heard: None }
    }

    /// Returns the reader with what was read and not yet returned.
    pub fn release(self) -> Buffered<R, N> {
        self.buffered
    }
}

impl<R: Read, T: Timer, const N: usize> Quiet<R, T, N> {
    /// Waits for a byte, without a limit, and for more until no byte comes for the pause or the
    /// buffer is full. The bytes are borrowed until the next call.
    ///
    /// # Errors
    ///
    /// What the reader reports; [`Error::EndOfStream`] when all bytes before the end have been
    /// returned. The next call continues.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the reader's `read` is: the struct keeps the bytes that were read, and
    /// the time of the last one.
    pub async fn block(&mut self) -> Result<&[u8], Error<R::Error>> {
        while !self.buffered.is_full() {
            // Outside of the limit: a turn for other tasks must not end a block.
            self.buffered.give_turn().await;
            let filled = if self.buffered.len() == 0 {
                self.buffered.fill_now().await
            } else {
                let heard = *self.heard.get_or_insert_with(|| self.clock.now());
                // Polls the read first: a byte that is there continues the block, however late.
                let fill = self.buffered.fill_now();
                match self.clock.timeout_at(heard + self.pause, fill).await {
                    Ok(filled) => filled,
                    Err(_) => break,
                }
            };
            // No await below.
            match filled {
                Ok(()) => self.heard = Some(self.clock.now()),
                Err(Error::EndOfStream) if self.buffered.len() > 0 => break,
                Err(error) => return Err(error),
            }
        }
        let block = self.buffered.take_all();
        Ok(self.buffered.get(block))
    }

    /// Returns the blocks as a stream. It ends after [`Error::EndOfStream`].
    /// [`Lines::lines`](super::Lines::lines) has an example.
    ///
    /// # Cancel safety
    ///
    /// That of [`block`](Self::block): dropping the stream loses nothing.
    pub fn blocks(&mut self) -> impl Stream<Item = Result<Piece<N>, Error<R::Error>>> {
        stream::unfold(Some(self), async |quiet| {
            let quiet = quiet?;
            let next = quiet.block().await.map(Piece::new);
            let has_ended = matches!(next, Err(Error::EndOfStream));
            Some((next, (!has_ended).then_some(quiet)))
        })
    }
}
