mod echo;
mod end;
mod error;
mod exchange;
mod heard;

use core::fmt;

use embedded_io_async::{Read, Write};
use tickwire_traits::{Duration, Instant, Timer};

use crate::turns::Turns;
use end::End;
pub use end::is_final_result;
pub use error::{AskError, Exchanges};
use heard::Heard;

/// The time that a device has to begin its answer, that of the tutorial's example.
const PATIENCE: Duration = Duration::from_secs(4);

/// The silence that ends an answer: some 20 characters at 9 600 baud.
const QUIET: Duration = Duration::from_millis(20);

/// A device that answers commands: a modem with AT commands, a sensor on a line of one wire.
///
/// `N` is the length of the longest answer, in bytes; at most 65 535.
///
/// An answer ends when nothing came for [a time](Self::with_quiet). With
/// [`with_endings`](Self::with_endings) or [`with_end`](Self::with_end), it ends as they say, and
/// pauses do not matter. What follows is kept for [`listen`](Self::listen).
///
/// # Answers of other commands
///
/// Before a command, `ask` waits until the line has been quiet, and drops what comes. After a
/// command that failed or was dropped, the wait begins anew. So an answer that comes twice, or
/// late, is dropped and [counted](Self::counters). An answer that comes after that wait looks
/// like that of the next command, unless the device [echoes](Self::with_echo): then an answer
/// begins after the echo of its own command.
///
/// ```
/// use tickwire_drivers::stream::{HalfDuplex, is_final_result};
/// use tickwire_sim::{Sim, models::half_duplex::Device};
///
/// let sim = Sim::new();
/// let modem = Device::modem(sim.clock(), 115_200);
/// let mut modem = HalfDuplex::<_, _, 64>::new(modem, sim.clock())
///     .with_echo()
///     .with_end(is_final_result);
/// sim.run(async {
///     let answer = modem.ask(b"AT+CSQ\r").await.unwrap();
///     assert_eq!(answer, b"\r\n+CSQ: 17,0\r\n\r\nOK\r\n");
///     assert_eq!(modem.ask(b"AT+NONE\r").await.unwrap(), b"\r\nERROR\r\n");
/// });
/// ```
pub struct HalfDuplex<P, T, const N: usize> {
    port: P,
    clock: T,
    patience: Span,
    quiet: Span,
    end: End,
    separator: &'static [u8],
    /// When a byte was read last.
    heard_at: Instant,
    counters: Exchanges,
    retries: u8,
    has_echo: bool,
    past: Past,
    turns: Turns,
    heard: Heard<N>,
}

// The bound holds on any machine: words of 64 bits are the longest.
const _: () = assert!(size_of::<HalfDuplex<(), (), 256>>() <= 256 + 64);

/// What may still come of the command before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Past {
    /// It was answered.
    Answered,
    /// An answer may come.
    Late,
    /// The device has a part of the command.
    Torn,
}

/// A time in microseconds, of which 71 minutes are enough.
#[derive(Clone, Copy, Debug)]
struct Span(u32);

impl Span {
    const fn new(span: Duration) -> Self {
        let micros = span.as_micros();
        // `u32::try_from` is not const.
        Self(if micros > u32::MAX as u64 { u32::MAX } else { micros as u32 })
    }

    fn get(self) -> Duration {
        Duration::from_micros(self.0.into())
    }
}

impl<P, T, const N: usize> HalfDuplex<P, T, N> {
    /// Creates a driver that waits up to 4 s for an answer, which ends after 20 ms of silence.
    /// It sends no command twice, and expects no echo.
    pub const fn new(port: P, clock: T) -> Self {
        Self {
            port,
            clock,
            patience: Span::new(PATIENCE),
            quiet: Span::new(QUIET),
            end: End::Any(&[]),
            separator: b"",
            heard_at: Instant::EPOCH,
            counters: Exchanges { retries: 0, dropped: 0 },
            retries: 0,
            has_echo: false,
            past: Past::Answered,
            turns: Turns::new(),
            heard: Heard::new(),
        }
    }

    /// Sets how long to wait for a quiet line before the command, for the port to accept a part of
    /// it, for the echo, and for the answer after that. An answer that has an ending may pause for
    /// as long. At most 71 minutes.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = Span::new(patience);
        self
    }

    /// Sets the silence that ends an answer, and that comes before a command. At most 71 minutes.
    ///
    /// Without an ending, it has to be longer than each pause inside an answer. Otherwise `ask`
    /// returns the part before the pause, and the next call takes the rest for its own answer.
    ///
    /// ```
    /// use tickwire_drivers::stream::HalfDuplex;
    /// use tickwire_sim::{Sim, models::half_duplex::Device};
    /// use tickwire_traits::Duration;
    ///
    /// let sim = Sim::new();
    /// let device = Device::tutorial(sim.clock(), 9_600); // Pauses for 300 ms after each line.
    /// let mut device = HalfDuplex::<_, _, 64>::new(device, sim.clock())
    ///     .with_quiet(Duration::from_millis(350));
    /// let answer = sim.run(device.ask(b"any command\n")).unwrap();
    /// assert_eq!(answer, b"Line 1\r\nLine 2\r\nLine 3\r\nGoodbye\r\n");
    /// ```
    #[must_use]
    pub fn with_quiet(mut self, quiet: Duration) -> Self {
        self.quiet = Span::new(quiet);
        self
    }

    /// Sets the bytes that an answer may end with. Silence does not end it then.
    ///
    /// An ending is found wherever it comes first: `OK\r\n` ends `+NAME: BOOK\r\n` as well, and
    /// `\r\nOK\r\n` does not.
    #[must_use]
    pub fn with_endings(mut self, endings: &'static [&'static [u8]]) -> Self {
        self.end = End::Any(endings);
        self
    }

    /// Sets a function that returns whether an answer is complete. Silence does not end it then.
    ///
    /// It is called after each byte with the answer so far: for lengths, and for endings that
    /// vary. [`is_final_result`] is that of AT commands.
    #[must_use]
    pub fn with_end(mut self, is_complete: fn(&[u8]) -> bool) -> Self {
        self.end = End::When(is_complete);
        self
    }

    /// Sets how often a command is sent again if its answer or echo did not come, or not its end.
    /// A device may then obey it more than once.
    #[must_use]
    pub fn with_retries(mut self, retries: u8) -> Self {
        self.retries = retries;
        self
    }

    /// Expects each command back before its answer, from the device or from the line. The echo is
    /// removed, with all that came before it.
    ///
    /// The port has to hold the bytes of an echo while a command is written.
    #[must_use]
    pub fn with_echo(mut self) -> Self {
        self.has_echo = true;
        self
    }

    /// Sets the bytes that are sent before the next command if a call was dropped, or the port
    /// failed, in the middle of one: those that end a command. The answer to them is dropped.
    ///
    /// A device may obey the part that it got. Without a separator, that part and the next
    /// command are one command to it.
    #[must_use]
    pub fn with_separator(mut self, separator: &'static [u8]) -> Self {
        self.separator = separator;
        self
    }

    /// Returns what has been counted since the driver was made.
    pub const fn counters(&self) -> Exchanges {
        self.counters
    }

    /// Returns the port and the clock. What was received and not returned is lost.
    pub fn release(self) -> (P, T) {
        (self.port, self.clock)
    }
}

impl<P: Read + Write, T: Timer, const N: usize> HalfDuplex<P, T, N> {
    /// Sends a command as it is, and waits for its answer, which is borrowed until the next call.
    ///
    /// The caller adds the end of the command, such as the CR of AT commands. Without it, the
    /// device waits, and takes this command and the next one as one.
    ///
    /// # Errors
    ///
    /// [`AskError`]. The next call goes on.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe for the line, if the port's `read` and `write` are: the next call does not
    /// take a late answer for its own, as [above](Self#answers-of-other-commands). The device may
    /// have the command, or a part of it: see [`with_separator`](Self::with_separator).
    pub async fn ask(&mut self, command: &[u8]) -> Result<&[u8], AskError<P::Error>> {
        let mut retries_left = self.retries;
        self.heard.drop_returned();
        loop {
            let answer = self.exchange(command).await;
            // No await below, unless the command is sent again.
            match answer {
                Err(AskError::NoAnswer | AskError::NoEcho | AskError::NoEnd)
                    if retries_left > 0 =>
                {
                    retries_left -= 1;
                    self.counters.retries = self.counters.retries.saturating_add(1);
                }
                Err(error) => return Err(error),
                Ok(()) => break,
            }
        }
        // Answered after a retry, the device may answer once more.
        let was_repeated = retries_left < self.retries;
        self.past = if was_repeated { Past::Late } else { Past::Answered };
        Ok(self.heard.returned())
    }

    /// Waits, without a limit, for what the device says unasked. Returns it when the line has been
    /// quiet, or when the buffer is full. It is borrowed until the next call.
    ///
    /// That includes what followed the end of an answer, and the late answer to a call of
    /// [`ask`](Self::ask) that was dropped or failed. A call of `ask` drops and counts what no
    /// call of `listen` has returned.
    ///
    /// # Errors
    ///
    /// [`AskError::Port`] and [`AskError::EndOfStream`]. The next call goes on.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the port's `read` is: the bytes are kept, and when they came.
    pub async fn listen(&mut self) -> Result<&[u8], AskError<P::Error>> {
        self.heard.drop_returned();
        while !self.heard.is_full() {
            let until = match self.heard.len() {
                0 => Instant::MAX,
                _ => self.heard_at + self.quiet.get(),
            };
            match self.hear(until).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(AskError::EndOfStream) if self.heard.len() > 0 => break,
                Err(error) => return Err(error),
            }
        }
        self.heard.return_to(self.heard.len());
        Ok(self.heard.returned())
    }
}

impl<P, T, const N: usize> fmt::Debug for HalfDuplex<P, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HalfDuplex").field("counters", &self.counters).finish_non_exhaustive()
    }
}
