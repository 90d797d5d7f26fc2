//! The speed of a serial port.

use core::fmt;

use embedded_io::ErrorType;
use embedded_io_async::{Read, Write};

/// A serial port whose speed can be changed while it is open.
///
/// It is the port, or the half of it that writes: the half knows which bytes are still to be
/// sent at the old speed. The other half goes on reading.
///
/// ```
/// use embedded_io_async::{Read, Write};
/// use tickwire_sim::{Sim, uart};
/// use tickwire_traits::{Clock, Instant, SetBaud};
///
/// let sim = Sim::new();
/// let (mut near, mut far) = uart::line(sim.clock(), uart::Baud::new(10_000));
/// let mut received = [0; 2];
/// sim.run(async {
///     near.write_all(b"1").await.unwrap();
///     near.set_baud(100_000).await.unwrap(); // The byte was sent at the old speed.
///     assert_eq!(sim.clock().now(), Instant::from_millis(1));
///     far.read_exact(&mut received[..1]).await.unwrap();
///     far.set_baud(100_000).await.unwrap();
///     near.write_all(b"2").await.unwrap();
///     far.read_exact(&mut received[1..]).await.unwrap();
/// });
/// assert_eq!((&received, sim.clock().now()), (b"12", Instant::from_micros(1_100)));
/// ```
///
/// # For implementers
///
/// Wait until the last stop bit has been sent, then change the speed of both directions in the
/// poll that returns. Report a speed that differs by more than 2.5 % from the requested one as an
/// error: both ends together may differ by 5 %, half a bit of the ten of a byte. `speed::of` of the
/// crate `tickwire-conformance` checks a port.
///
/// # For driver authors
///
/// Bytes that arrive around the change may be garbled or lost, and a `read` may report them as an
/// error. Received bytes that wait in a buffer are kept: what is read after the change may have
/// been sent at the old speed.
#[diagnostic::on_unimplemented(
    message = "the speed of `{Self}` cannot be changed",
    note = "`tickwire_traits::baud::from_fn` makes a port of any `Write` and an async closure that \
            changes the speed"
)]
pub trait SetBaud {
    /// The error of a change.
    type Error;

    /// Waits until all bytes written before have been sent, and changes the speed then, in bits
    /// per second.
    ///
    /// # Errors
    ///
    /// The port does not support the speed, or has failed. The old speed applies. It may be called
    /// again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the speed changes only in the poll that returns. Bytes written before are sent
    /// anyway.
    async fn set_baud(&mut self, bits_per_second: u32) -> Result<(), Self::Error>;
}

impl<P: SetBaud + ?Sized> SetBaud for &mut P {
    type Error = P::Error;

    async fn set_baud(&mut self, bits_per_second: u32) -> Result<(), Self::Error> {
        P::set_baud(self, bits_per_second).await
    }
}

/// Creates a port with [`SetBaud`] from a port without it and an async closure that changes the
/// speed.
///
/// The port is flushed first. Many HALs report that bytes were sent when the UART's queue has
/// accepted them; there, the closure waits until the UART is idle. It changes the speed after its
/// last await.
///
/// ```
/// use std::cell::Cell;
/// use embedded_io_async::{Read, Write};
/// use tickwire_sim::{Sim, uart};
/// use tickwire_traits::{SetBaud, baud};
///
/// let sim = Sim::new();
/// let (near, mut far) = uart::line(sim.clock(), uart::Baud::new(9_600));
/// let divisor = Cell::new(0);
/// let mut port = baud::from_fn(near, async |_port: &mut _, bits_per_second: u32| {
///     let new = 48_000_000 / 16_u32.saturating_mul(bits_per_second);
///     if new == 0 { Err("too fast") } else { Ok(divisor.set(new)) }
/// });
/// sim.run(async {
///     assert_eq!(port.set_baud(19_200).await, Ok(()));
///     assert_eq!(port.set_baud(9_600_000).await, Err(baud::Error::Set("too fast")));
///     port.write_all(b"ok").await.unwrap();
///     far.read_exact(&mut [0; 2]).await.unwrap();
/// });
/// assert_eq!(divisor.get(), 156);
/// ```
///
/// The half of embassy-rp's UART that writes, without a function for the speed:
///
/// ```ignore
/// // `ignore`: embassy-rp builds for the RP2040 only. `examples/rp2040` runs it.
/// let (tx, rx) = BufferedUart::new(/* … */).split();
/// let tx = baud::from_fn(tx, async |tx: &mut BufferedUartTx, bits_per_second| {
///     while tx.busy() {
///         EmbassyClock.sleep(Duration::from_micros(100)).await;
///     }
///     set_divisor(pac::UART0, bits_per_second)
/// });
/// ```
pub const fn from_fn<P, F, E>(port: P, set: F) -> FromFn<P, F>
where
    F: AsyncFnMut(&mut P, u32) -> Result<(), E>,
{
    FromFn { port, set }
}

/// A port and an async closure as [`SetBaud`]. Made by [`from_fn`].
///
/// It is `Read` and `Write` if the port is.
#[derive(Clone, Copy)]
pub struct FromFn<P, F> {
    port: P,
    set: F,
}

/// The error of [`FromFn`]: from the port's flush or from the closure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Error<W, S> {
    /// The bytes written before could not be sent.
    Flush(W),
    /// The closure has failed.
    Set(S),
}

impl<P, F> FromFn<P, F> {
    /// Returns the port.
    pub fn into_inner(self) -> P {
        self.port
    }
}

impl<P: Write, F, E> SetBaud for FromFn<P, F>
where
    F: AsyncFnMut(&mut P, u32) -> Result<(), E>,
{
    type Error = Error<P::Error, E>;

    async fn set_baud(&mut self, bits_per_second: u32) -> Result<(), Self::Error> {
        self.port.flush().await.map_err(Error::Flush)?;
        (self.set)(&mut self.port, bits_per_second).await.map_err(Error::Set)
    }
}

impl<P: ErrorType, F> ErrorType for FromFn<P, F> {
    type Error = P::Error;
}

impl<P: Read, F> Read for FromFn<P, F> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        self.port.read(buf).await
    }
}

impl<P: Write, F> Write for FromFn<P, F> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
        self.port.write(buf).await
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.port.flush().await
    }
}

impl<P: fmt::Debug, F> fmt::Debug for FromFn<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFn").field("port", &self.port).finish_non_exhaustive()
    }
}

impl<W: fmt::Debug, S: fmt::Debug> fmt::Display for Error<W, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flush(error) => write!(f, "sending failed: {error:?}"),
            Self::Set(error) => write!(f, "changing the speed failed: {error:?}"),
        }
    }
}

impl<W: fmt::Debug, S: fmt::Debug> core::error::Error for Error<W, S> {}
