use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use embedded_io_async::{ErrorKind, Write};
use tickwire_sync::{Mutex, RawMutex};

/// A writer for many tasks, whose messages are never interleaved.
///
/// Messages are sent in the order of their calls. `R` is the raw mutex, as for each primitive of
/// `tickwire-sync`. `N` is the length of the longest message, in bytes.
///
/// A message is copied here before its first byte is written. If its task is dropped in the
/// middle, the next call writes the rest first. So a receiver never gets half a message, which
/// may be a valid one: `ATD5551234` cut short dials another number.
///
/// ```
/// use tickwire_drivers::stream::{Lines, SharedWriter};
/// use tickwire_sim::{Sim, uart::{Baud, line}};
/// use tickwire_sync::{NoopRawMutex, gather};
///
/// let sim = Sim::new();
/// let (near, far) = line(sim.clock(), Baud::new(9_600));
/// let writer = SharedWriter::<NoopRawMutex, _, 40>::new(near);
/// let mut lines = Lines::<_, 40>::new(far);
/// sim.run(gather((
///     async { writer.send(b"a line that is longer than a FIFO\n").await.unwrap() },
///     async { writer.send(b"and another\n").await.unwrap() },
///     async {
///         assert_eq!(lines.line().await.unwrap(), b"a line that is longer than a FIFO");
///         assert_eq!(lines.line().await.unwrap(), b"and another");
///     },
/// )));
/// ```
pub struct SharedWriter<R, W, const N: usize> {
    outbox: Mutex<R, Outbox<W, N>>,
    separator: &'static [u8],
    broken: AtomicU32,
}

/// The writer and the message that it is writing.
struct Outbox<W, const N: usize> {
    writer: W,
    /// The bytes that the writer has not accepted are those of `start..end`.
    message: [u8; N],
    start: usize,
    end: usize,
    /// How many bytes of the separator have to be written before the next message.
    separator_left: usize,
}

/// The reason why a message was not sent.
///
/// The next message is sent whole.
///
/// ```
/// use tickwire_drivers::stream::{SendError, SharedWriter};
/// use tickwire_sim::{Sim, uart::{Baud, line}};
/// use tickwire_sync::NoopRawMutex;
///
/// let sim = Sim::new();
/// let (port, _other_end) = line(sim.clock(), Baud::new(9_600));
/// let writer = SharedWriter::<NoopRawMutex, _, 8>::new(port);
/// assert_eq!(sim.run(writer.send(b"nine char")), Err(SendError::TooLong));
/// assert_eq!(sim.run(writer.send(b"fits\n")), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SendError<E> {
    /// The writer failed, in this message or in the rest of one before.
    Write(E),
    /// The writer accepts no more bytes.
    Closed,
    /// The message is longer than the buffer. Nothing has been written.
    TooLong,
}

impl<R: RawMutex, W, const N: usize> SharedWriter<R, W, N> {
    /// Creates a writer that has no separator.
    pub const fn new(writer: W) -> Self {
        let outbox = Outbox { writer, message: [0; N], start: 0, end: 0, separator_left: 0 };
        Self { outbox: Mutex::new(outbox), separator: b"", broken: AtomicU32::new(0) }
    }

    /// Sets the bytes that end a broken message, as a rule those that end any message.
    ///
    /// A message is broken if the writer fails in the middle of it.
    #[must_use]
    pub fn with_separator(mut self, separator: &'static [u8]) -> Self {
        self.separator = separator;
        self
    }

    /// Returns how many messages were broken by a failing writer.
    pub fn broken(&self) -> u32 {
        self.broken.load(Relaxed)
    }

    /// Returns the writer. The rest of a message whose task was dropped is lost, unless
    /// [`flush`](Self::flush) has written it.
    pub fn into_inner(self) -> W {
        self.outbox.into_inner().writer
    }
}

impl<R: RawMutex, W: Write, const N: usize> SharedWriter<R, W, N> {
    /// Waits for its turn, and writes a whole message. Returns when the writer has accepted all
    /// of it.
    ///
    /// # Errors
    ///
    /// [`SendError`]. After a failure in the middle of a message, the next message follows the
    /// [separator](Self::with_separator). The next call goes on.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the writer's `write` is: no message is sent in part. A message whose
    /// first byte was accepted is sent whole: the next call of any task writes the rest first.
    /// Dropped before, a message is not sent.
    pub async fn send(&self, message: &[u8]) -> Result<(), SendError<W::Error>> {
        if message.len() > N {
            return Err(SendError::TooLong);
        }
        let mut outbox = self.outbox.lock().await;
        outbox.withdraw_unsent();
        let mut next = Some(message);
        loop {
            self.write_rest(&mut outbox).await?;
            match next.take() {
                Some(message) => outbox.begin(message),
                None => return Ok(()),
            }
        }
    }

    /// Waits for its turn, writes the rest of a message whose task was dropped, and flushes the
    /// writer.
    ///
    /// # Errors
    ///
    /// [`SendError`]. The next call goes on.
    ///
    /// # Cancel safety
    ///
    /// As for [`send`](Self::send) and the writer's `flush`.
    pub async fn flush(&self) -> Result<(), SendError<W::Error>> {
        let mut outbox = self.outbox.lock().await;
        outbox.withdraw_unsent();
        self.write_rest(&mut outbox).await?;
        outbox.writer.flush().await.map_err(SendError::Write)
    }

    async fn write_rest(&self, outbox: &mut Outbox<W, N>) -> Result<(), SendError<W::Error>> {
        loop {
            let (rest, writer) = outbox.rest(self.separator);
            if rest.is_empty() {
                return Ok(());
            }
            let written = writer.write(rest).await;
            // No await below: accepted bytes are noted in the poll that wrote them.
            let error = match written {
                Ok(0) => SendError::Closed,
                Ok(len) => {
                    outbox.accepted(len);
                    continue;
                }
                Err(error) => SendError::Write(error),
            };
            if outbox.give_up(self.separator) {
                // A load and a store: a Cortex-M0+ has no atomic addition. The lock is held.
                self.broken.store(self.broken().saturating_add(1), Relaxed);
            }
            return Err(error);
        }
    }
}

impl<W, const N: usize> Outbox<W, N> {
    /// Removes a message of which no byte was accepted.
    fn withdraw_unsent(&mut self) {
        if self.start == 0 {
            self.end = 0;
        }
    }

    /// Takes a message of at most `N` bytes. There is no rest of another.
    fn begin(&mut self, message: &[u8]) {
        for (to, from) in self.message.iter_mut().zip(message) {
            *to = *from;
        }
        (self.start, self.end) = (0, message.len().min(N));
    }

    /// Returns what to write next, and the writer.
    fn rest(&mut self, separator: &'static [u8]) -> (&[u8], &mut W) {
        let sent = separator.len().saturating_sub(self.separator_left);
        let rest = match self.separator_left {
            0 => self.message.get(self.start..self.end),
            _ => separator.get(sent..),
        };
        (rest.unwrap_or_default(), &mut self.writer)
    }

    /// Notes that the writer has accepted bytes of what was next.
    fn accepted(&mut self, len: usize) {
        if self.separator_left > 0 {
            self.separator_left = self.separator_left.saturating_sub(len);
        } else {
            self.start = self.end.min(self.start.saturating_add(len));
        }
    }

    /// Drops the message. Returns whether a part of it was sent.
    fn give_up(&mut self, separator: &'static [u8]) -> bool {
        let is_broken = self.start > 0 && self.start < self.end;
        if is_broken {
            self.separator_left = separator.len();
        }
        (self.start, self.end) = (0, 0);
        is_broken
    }
}

impl<R: RawMutex, W, const N: usize> fmt::Debug for SharedWriter<R, W, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedWriter").field("broken", &self.broken()).finish_non_exhaustive()
    }
}

impl<E: fmt::Display> fmt::Display for SendError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(error) => write!(f, "the stream could not be written: {error}"),
            Self::Closed => f.write_str("the stream accepts no more bytes"),
            Self::TooLong => f.write_str("the message is longer than the buffer"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for SendError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Write(error) => Some(error),
            _ => None,
        }
    }
}

impl<E: embedded_io_async::Error + 'static> embedded_io_async::Error for SendError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Write(error) => error.kind(),
            Self::Closed => ErrorKind::WriteZero,
            Self::TooLong => ErrorKind::InvalidInput,
        }
    }
}
