//! A serial line between two ports, byte by byte.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use embedded_hal::digital::PinState;
use embedded_io::{ErrorKind, ErrorType, ReadReady, WriteReady};
use embedded_io_async::{Read, Write};
use tickwire_traits::{Clock, Duration, Instant, SetBaud, TimerQueue, waits_for};

use super::Baud;
use super::way::Model;
use crate::Trace;

/// The default [capacity](Port::with_capacity) of a [`Port`], in received bytes.
pub(super) const RECEIVING: usize = 256;

/// Creates a serial line that is idle, and returns its two ends.
///
/// Each end reads the bytes that the other writes. A byte takes 10 bits at `baud`, and can be
/// read when its stop bit is over. The model is evaluated at each access, so it needs no
/// task.
///
/// ```
/// use embedded_io_async::{Read, Write};
/// use tickwire_sim::{Sim, uart};
/// use tickwire_traits::{Clock, Instant};
///
/// let sim = Sim::new();
/// let (mut near, mut far) = uart::line(sim.clock(), uart::Baud::new(10_000));
/// let mut answer = [0; 2];
/// sim.run(async {
///     near.write_all(b"hi").await.unwrap(); // Both fit into the UART.
///     assert_eq!(sim.clock().now(), Instant::EPOCH);
///     far.read_exact(&mut answer).await.unwrap();
/// });
/// assert_eq!((&answer, sim.clock().now()), (b"hi", Instant::from_millis(2)));
/// ```
pub fn line<T: Clock + Clone>(clock: T, baud: Baud) -> (Port<T>, Port<T>) {
    let way = || Way { clock: clock.clone(), model: Rc::new(RefCell::new(Model::new(baud))) };
    let (there, back) = (way(), way());
    let near = Port { incoming: back.clone(), outgoing: there.clone(), fastest: u32::MAX };
    (near, Port { incoming: there, outgoing: back, fastest: u32::MAX })
}

/// One end of a serial [`line`](line()): `Read`, `ReadReady`, `Write`, `WriteReady` and [`SetBaud`].
///
/// A port holds 16 bytes to be sent, and a write waits while it is full. It holds 256
/// received bytes, or its [capacity](Self::with_capacity); further bytes are lost and
/// counted in [`Way::overruns`].
///
/// A byte arrives garbled if the speeds of both ends differ by 5 % or more, and is lost if its
/// receiver changes its speed meanwhile.
///
/// Dropping a port hangs up: the other end reads the bytes already sent, and then the end.
/// Bytes written to a dropped port fill it up, and are lost.
///
/// ```
/// use embedded_io_async::{Read, Write};
/// use tickwire_sim::{Sim, uart};
///
/// let sim = Sim::new();
/// let (mut near, far) = uart::line(sim.clock(), uart::Baud::new(9_600));
/// let mut far = far.with_capacity(2);
/// sim.run(async {
///     near.write_all(b"abc").await.unwrap();
///     near.flush().await.unwrap(); // All three have arrived, and none was read.
///     assert_eq!(far.read(&mut [0; 8]).await, Ok(2));
///     assert_eq!(far.incoming().overruns(), 1);
/// });
/// ```
pub struct Port<T: Clock> {
    incoming: Way<T>,
    outgoing: Way<T>,
    /// In bits per second.
    fastest: u32,
}

/// A handle on one direction of a serial [`line`](line()), for faults. It can be cloned.
///
/// The faulty byte is given by the number of bytes written before it from now on: 0 is the
/// next one. A byte may have several faults.
///
/// ```
/// use embedded_io_async::{Read, Write};
/// use tickwire_sim::{Sim, uart};
///
/// let sim = Sim::new();
/// let (mut near, mut far) = uart::line(sim.clock(), uart::Baud::new(9_600));
/// let way = near.outgoing();
/// way.double(0);
/// way.tear(2, 2);
/// way.garble(4, 0x20);
/// let mut received = [0; 4];
/// sim.run(async {
///     near.write_all(b"abcde").await.unwrap();
///     far.read_exact(&mut received).await.unwrap();
/// });
/// assert_eq!(&received, b"aabE");
/// ```
pub struct Way<T> {
    clock: T,
    model: Rc<RefCell<Model>>,
}

/// The failure requested by [`Way::fail_next_read`] or [`Way::fail_next_write`].
///
/// ```
/// use embedded_io_async::Write;
/// use tickwire_sim::{Sim, uart};
///
/// let sim = Sim::new();
/// let (mut near, _far) = uart::line(sim.clock(), uart::Baud::new(9_600));
/// near.outgoing().fail_next_write();
/// assert_eq!(sim.run(near.write(b"$")), Err(uart::LineFault));
/// assert_eq!(sim.run(near.write(b"$")), Ok(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineFault;

/// The reason why the speed of a [`Port`] was not changed.
///
/// ```
/// use tickwire_sim::{Sim, uart};
/// use tickwire_traits::SetBaud;
///
/// let sim = Sim::new();
/// let (near, far) = uart::line(sim.clock(), uart::Baud::new(9_600));
/// let mut near = near.with_fastest(57_600);
/// let refused = sim.run(near.set_baud(115_200));
/// assert_eq!(refused, Err(uart::SpeedError::Unsupported(115_200)));
/// far.incoming().fail_next_write();
/// assert_eq!(sim.run(near.set_baud(57_600)), Err(uart::SpeedError::Line(uart::LineFault)));
/// assert_eq!(sim.run(near.set_baud(57_600)), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeedError {
    /// The bytes written before could not be sent.
    Line(LineFault),
    /// The port does not support this number of bits per second.
    Unsupported(u32),
}

impl<T: Clock + Clone> Port<T> {
    /// Sets how many received bytes the port holds; 0 is taken as 1.
    pub fn with_capacity(self, bytes: usize) -> Self {
        self.incoming.with(|model, _| model.capacity = bytes.max(1));
        self
    }

    /// Sets the highest speed that the port supports, in bits per second. There is no limit by
    /// default. No port supports a speed of 0.
    pub fn with_fastest(mut self, bits_per_second: u32) -> Self {
        self.fastest = bits_per_second;
        self
    }

    /// Returns the direction in which this port sends.
    pub fn outgoing(&self) -> Way<T> {
        self.outgoing.clone()
    }

    /// Returns the direction from which this port receives.
    pub fn incoming(&self) -> Way<T> {
        self.incoming.clone()
    }
}

impl<T: Clock> Way<T> {
    /// Loses `bytes` in a row, after `after` intact ones. The lost bytes take their time on the
    /// line.
    pub fn tear(&self, after: u64, bytes: u64) {
        self.model.borrow_mut().tear(after, bytes);
    }

    /// Sends a byte twice.
    pub fn double(&self, after: u64) {
        self.model.borrow_mut().order(after, |order| order.doubled = true);
    }

    /// Leaves the line idle for `span` before a byte. Later bytes wait as well.
    pub fn delay(&self, after: u64, span: Duration) {
        self.model.borrow_mut().order(after, |order| order.delay = span);
    }

    /// Inverts the bits of a byte that are set in `mask`.
    pub fn garble(&self, after: u64, mask: u8) {
        self.model.borrow_mut().order(after, |order| order.mask = mask);
    }

    /// Makes the next read at the end of this direction fail with [`LineFault`], once.
    pub fn fail_next_read(&self) {
        self.change(|model| model.fails_read = true);
    }

    /// Makes the next write or flush into this direction fail with [`LineFault`], once. A
    /// waiting one fails at its next poll.
    pub fn fail_next_write(&self) {
        self.model.borrow_mut().fails_write = true;
    }

    /// Ends the direction: the reader receives the bytes already sent, and then the end. Bytes
    /// written later are lost.
    pub fn hang_up(&self) {
        self.change(|model| model.hung_up = true);
    }

    /// Returns how many bytes were lost because the receiving port was full.
    pub fn overruns(&self) -> u64 {
        self.with(|model, _| model.overruns)
    }

    /// Draws all bytes written from now on into `trace`, as the signal `name`.
    pub fn traced(&self, trace: &Trace, name: &str) {
        self.model.borrow_mut().probe = Some(trace.probe(name, PinState::High));
    }

    fn with<R>(&self, f: impl FnOnce(&mut Model, Instant) -> R) -> R {
        let now = self.clock.now();
        let mut model = self.model.borrow_mut();
        model.catch_up(now);
        f(&mut model, now)
    }

    /// Makes a change that a waiting reader has to see.
    fn change<R>(&self, change: impl FnOnce(&mut Model) -> R) -> R {
        let (result, reader) = self.with(|model, _| (change(model), model.take_reader()));
        // Nothing is borrowed: a waker may call back.
        reader.into_iter().for_each(Waker::wake);
        result
    }
}

impl<T: TimerQueue> Way<T> {
    fn poll_read(&self, buf: &mut [u8], cx: &mut Context<'_>) -> Poll<Result<usize, LineFault>> {
        // Cloned while nothing is borrowed: a waker may call back.
        let is_registered = self.model.borrow().is_read_by(cx.waker());
        let waker = (!is_registered).then(|| cx.waker().clone());
        let (read, (next, _replaced)) = self.with(|model, _| {
            if std::mem::take(&mut model.fails_read) {
                (Some(Err(LineFault)), (None, None))
            } else if buf.is_empty() || model.has_received() || model.has_ended() {
                (Some(Ok(model.read(buf))), (None, None))
            } else {
                (None, model.register(waker))
            }
        });
        match read {
            Some(read) => Poll::Ready(read),
            None => self.wait(next, "bytes of", cx),
        }
    }

    fn poll_write(&self, buf: &[u8], cx: &mut Context<'_>) -> Poll<Result<usize, LineFault>> {
        let (written, next, reader) = self.with(|model, now| {
            if std::mem::take(&mut model.fails_write) {
                return (Some(Err(LineFault)), None, None);
            }
            if !buf.is_empty() && !model.has_room() {
                return (None, model.next(), None);
            }
            (Some(Ok(model.write(buf, now))), None, model.take_idle_reader())
        });
        reader.into_iter().for_each(Waker::wake);
        match written {
            Some(written) => Poll::Ready(written),
            None => self.wait(next, "room in", cx),
        }
    }

    fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<Result<(), LineFault>> {
        let (failed, last) =
            self.with(|model, _| (std::mem::take(&mut model.fails_write), model.last()));
        match (failed, last) {
            (true, _) => Poll::Ready(Err(LineFault)),
            (false, None) => Poll::Ready(Ok(())),
            (false, last) => self.wait(last, "the end of", cx),
        }
    }

    fn wait<R>(&self, until: Option<Instant>, what: &str, cx: &mut Context<'_>) -> Poll<R> {
        if let Some(at) = until {
            self.clock.schedule_wake(at, cx.waker());
        }
        waits_for(|| format!("{what} {self:?}"));
        Poll::Pending
    }
}

impl<T: TimerQueue> Read for Port<T> {
    /// # Cancel safety
    ///
    /// Cancel-safe: bytes are only taken by the poll that returns them.
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, LineFault> {
        poll_fn(|cx| self.incoming.poll_read(buf, cx)).await
    }
}

impl<T: TimerQueue> ReadReady for Port<T> {
    fn read_ready(&mut self) -> Result<bool, LineFault> {
        Ok(self
            .incoming
            .with(|model, _| model.fails_read || model.has_received() || model.has_ended()))
    }
}

impl<T: TimerQueue> Write for Port<T> {
    /// # Cancel safety
    ///
    /// Cancel-safe: bytes are only accepted by the poll that returns, and are sent.
    async fn write(&mut self, buf: &[u8]) -> Result<usize, LineFault> {
        poll_fn(|cx| self.outgoing.poll_write(buf, cx)).await
    }

    /// Waits until the last stop bit is over.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the bytes written are sent anyway.
    async fn flush(&mut self) -> Result<(), LineFault> {
        poll_fn(|cx| self.outgoing.poll_flush(cx)).await
    }
}

impl<T: TimerQueue> SetBaud for Port<T> {
    type Error = SpeedError;

    /// # Cancel safety
    ///
    /// Cancel-safe: the speed changes only in the poll that returns.
    async fn set_baud(&mut self, bits_per_second: u32) -> Result<(), SpeedError> {
        if bits_per_second == 0 || bits_per_second > self.fastest {
            return Err(SpeedError::Unsupported(bits_per_second));
        }
        self.flush().await.map_err(SpeedError::Line)?;
        let baud = Baud::new(bits_per_second);
        self.outgoing.with(|model, _| model.send_at(baud));
        self.incoming.with(|model, now| model.hear_at(baud, now));
        Ok(())
    }
}

impl<T: TimerQueue> WriteReady for Port<T> {
    fn write_ready(&mut self) -> Result<bool, LineFault> {
        Ok(self.outgoing.with(|model, _| model.fails_write || model.has_room()))
    }
}

impl<T: Clock> ErrorType for Port<T> {
    type Error = LineFault;
}

impl<T: Clock> Drop for Port<T> {
    fn drop(&mut self) {
        self.outgoing.hang_up();
    }
}

impl embedded_io::Error for LineFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the line failed, as requested")
    }
}

impl std::error::Error for LineFault {}

impl fmt::Display for SpeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(fault) => fault.fmt(f),
            Self::Unsupported(rate) => write!(f, "the port does not support {rate} baud"),
        }
    }
}

impl std::error::Error for SpeedError {}

impl<T: Clone> Clone for Way<T> {
    fn clone(&self) -> Self {
        Self { clock: self.clock.clone(), model: self.model.clone() }
    }
}

impl<T> fmt::Debug for Way<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a serial line")
    }
}

impl<T: Clock> fmt::Debug for Port<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a port of a serial line")
    }
}
