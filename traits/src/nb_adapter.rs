//! Async adapters for `nb` code.

use core::fmt;
use core::future::poll_fn;

use embedded_hal_nb::serial;
use embedded_io::ErrorKind;

use crate::{Interest, Readiness, ReadinessExt};

/// Calls `attempt` until it does not block, waiting for `readiness` in between.
///
/// Before each attempt it yields to other tasks as often as
/// [`readiness`](Readiness::poll_proceed) requires.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Duration, Instant, Interest, PollEvery, nb_ready};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let done = Instant::from_millis(12);
/// let convert = || if clock.now() < done { Err(nb::Error::WouldBlock) } else { Ok(1_023) };
/// let mut ready = PollEvery::new(sim.clock(), Duration::from_millis(5));
/// let value = sim.run(nb_ready::<_, _, ()>(&mut ready, Interest::Read, convert));
/// assert_eq!((value, clock.now()), (Ok(1_023), Instant::from_millis(15)));
/// ```
///
/// # Errors
///
/// [`NbError::Source`] with the error of `attempt`, or [`NbError::Readiness`] with the
/// error of `readiness`. Both may be used again.
///
/// # Cancel safety
///
/// Cancel-safe: nothing is awaited after a successful attempt.
pub async fn nb_ready<R: Readiness, T, E>(
    readiness: &mut R,
    interest: Interest,
    mut attempt: impl FnMut() -> nb::Result<T, E>,
) -> Result<T, NbError<E, R::Error>> {
    loop {
        poll_fn(|cx| readiness.poll_proceed(cx)).await;
        match attempt() {
            Ok(value) => return Ok(value),
            Err(nb::Error::Other(error)) => return Err(NbError::Source(error)),
            Err(nb::Error::WouldBlock) => {}
        }
        readiness.ready(interest).await.map_err(NbError::Readiness)?;
    }
}

/// The error of [`nb_ready`] and [`NbSerial`]: from the source or from its readiness.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Duration, Interest, NbError, PollEvery, nb_ready};
///
/// let sim = Sim::new();
/// let mut ready = PollEvery::new(sim.clock(), Duration::from_millis(1));
/// let broken = || Err::<u8, _>(nb::Error::Other("no power"));
/// let result = sim.run(nb_ready(&mut ready, Interest::Read, broken));
/// assert_eq!(result, Err(NbError::Source("no power")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum NbError<S, R> {
    /// The source itself failed.
    Source(S),
    /// Waiting for readiness failed.
    Readiness(R),
}

impl<S: fmt::Debug, R: fmt::Debug> fmt::Display for NbError<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => write!(f, "the source failed: {error:?}"),
            Self::Readiness(error) => write!(f, "waiting for readiness failed: {error:?}"),
        }
    }
}

impl<S: fmt::Debug, R: fmt::Debug> core::error::Error for NbError<S, R> {}

impl<S: serial::Error, R: embedded_io::Error> embedded_io::Error for NbError<S, R> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Source(error) => match error.kind() {
                serial::ErrorKind::FrameFormat
                | serial::ErrorKind::Parity
                | serial::ErrorKind::Noise => ErrorKind::InvalidData,
                _ => ErrorKind::Other,
            },
            Self::Readiness(error) => error.kind(),
        }
    }
}

/// A non-blocking serial port (`embedded-hal-nb`) and its [`Readiness`], as
/// embedded-io-async `Read` and `Write`.
///
/// ```
/// use core::convert::Infallible;
/// use embedded_io_async::Read;
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Duration, NbSerial, PollEvery};
///
/// /// A port that has a byte on every third read.
/// struct Port(u8);
///
/// impl embedded_hal_nb::serial::ErrorType for Port {
///     type Error = embedded_hal_nb::serial::ErrorKind;
/// }
///
/// impl embedded_hal_nb::serial::Read for Port {
///     fn read(&mut self) -> nb::Result<u8, Self::Error> {
///         self.0 += 1;
///         if self.0 % 3 == 0 { Ok(self.0) } else { Err(nb::Error::WouldBlock) }
///     }
/// }
///
/// let sim = Sim::new();
/// let ready = PollEvery::new(sim.clock(), Duration::from_micros(100));
/// let mut port = NbSerial::new(Port(0), ready);
/// let mut bytes = [0; 2];
/// sim.run(port.read_exact(&mut bytes)).unwrap();
/// assert_eq!(bytes, [3, 6]);
/// ```
///
/// # Cancel safety
///
/// `read` and `write` are cancel-safe: a byte moves only in the poll that returns it.
#[derive(Debug)]
pub struct NbSerial<S: serial::ErrorType, R> {
    port: S,
    ready: R,
    /// Errors that followed bytes which had to be returned first.
    read_error: Option<S::Error>,
    write_error: Option<S::Error>,
}

impl<S: serial::ErrorType, R> NbSerial<S, R> {
    /// Combines a port with its readiness: an interrupt's flag, or
    /// [`PollEvery`](crate::PollEvery) for ports without one.
    pub const fn new(port: S, ready: R) -> Self {
        Self { port, ready, read_error: None, write_error: None }
    }

    /// Returns the port and its readiness. An unreported error is lost.
    pub fn into_parts(self) -> (S, R) {
        (self.port, self.ready)
    }
}

impl<S: serial::ErrorType, R: embedded_io::ErrorType> embedded_io::ErrorType for NbSerial<S, R> {
    type Error = NbError<S::Error, R::Error>;
}

impl<S: serial::Read, R: Readiness> embedded_io_async::Read for NbSerial<S, R> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        let Some((first, rest)) = buf.split_first_mut() else { return Ok(0) };
        if let Some(error) = self.read_error.take() {
            return Err(NbError::Source(error));
        }
        let port = &mut self.port;
        *first = nb_ready(&mut self.ready, Interest::Read, || port.read()).await?;
        // No await below: these bytes have left the port, so this poll must return them.
        let mut len = 1;
        for slot in rest {
            match port.read() {
                Ok(byte) => *slot = byte,
                Err(nb::Error::WouldBlock) => break,
                Err(nb::Error::Other(error)) => {
                    self.read_error = Some(error);
                    break;
                }
            }
            len += 1;
        }
        Ok(len)
    }
}

impl<S: serial::Write, R: Readiness> embedded_io_async::Write for NbSerial<S, R> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
        let Some((first, rest)) = buf.split_first() else { return Ok(0) };
        if let Some(error) = self.write_error.take() {
            return Err(NbError::Source(error));
        }
        let port = &mut self.port;
        nb_ready(&mut self.ready, Interest::Write, || port.write(*first)).await?;
        // No await below: the port has taken these bytes, so this poll must report them.
        let mut len = 1;
        for byte in rest {
            match port.write(*byte) {
                Ok(()) => {}
                Err(nb::Error::WouldBlock) => break,
                Err(nb::Error::Other(error)) => {
                    self.write_error = Some(error);
                    break;
                }
            }
            len += 1;
        }
        Ok(len)
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        if let Some(error) = self.write_error.take() {
            return Err(NbError::Source(error));
        }
        let port = &mut self.port;
        nb_ready(&mut self.ready, Interest::Write, || port.flush()).await
    }
}
