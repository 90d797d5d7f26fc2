//! Edges stamped by an interrupt.

use core::cell::Cell;
use core::convert::Infallible;
use core::fmt;

use embedded_hal::digital::{ErrorType, InputPin, PinState};
use embedded_hal_async::digital::Wait;
use tickwire_traits::{Clock, Edge, Edges, Instant, Side, TimeSource, TwoLines};

use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::Monitor;
use crate::ring_queue::RingQueue;

/// Edges of one pin, or of several in one order, stamped by an interrupt and read by a
/// task: [`Edges`] whose timestamps are right however late the task is.
///
/// Put it in a `static`, and fill it in one of two ways. If the interrupt handler is the
/// application's, it calls [`record`](Self::record). If it is the HAL's, a task on an
/// executor that preempts the late one awaits [`watch`](Self::watch). The driver takes
/// the [claim](Self::claim), and arms it.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::Sim;
/// use tickwire_sync::local::IrqEdges;
/// use tickwire_traits::{Clock, Duration, Edges, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// // In firmware: a static of the type in `shared`.
/// let door = IrqEdges::<_, 16>::new(PinState::High, clock.clone());
/// sim.run(async {
///     let mut pin = door.claim().unwrap();
///     pin.arm().unwrap();
///     door.record(PinState::Low); // In the interrupt handler.
///     clock.sleep(Duration::from_millis(50)).await; // Busy with other work.
///     let edge = pin.edge().await.unwrap();
///     assert_eq!((edge.at, edge.level, edge.missed), (Instant::EPOCH, PinState::Low, 0));
/// });
/// ```
///
/// # Several pins
///
/// `L` identifies an edge's line: `()` for one pin, [`Side`] for two, or the
/// application's own [`IrqLine`]. All lines share one queue, so the task reads their
/// edges in the order in which they were recorded, and two are [`TwoLines`].
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_sim::Sim;
/// use tickwire_sync::local::IrqEdges;
/// use tickwire_traits::{Edges, Side, TwoLines};
///
/// let sim = Sim::new();
/// let knob = IrqEdges::<_, 16, Side>::new(High, sim.clock());
/// let mut lines = knob.claim().unwrap();
/// lines.arm().unwrap();
/// knob.record_line(Side::B, Low);
/// knob.record_line(Side::A, Low);
/// assert_eq!(sim.run(lines.edge()).unwrap().line, Side::B);
/// assert_eq!(lines.levels(), Ok((Low, Low)));
/// ```
///
/// # A single recording context
///
/// A context that is interrupted while it records has already read the clock. Its edge
/// would be queued behind a later one, and might be taken for one from before
/// [`arm`](Edges::arm). So handlers that record the lines of one object must not preempt
/// each other.
///
/// # Capacity
///
/// The queue holds `N` edges of 16 bytes each. When it is full, a new edge evicts the
/// oldest, which is counted in [`Edge::missed`] of the one after it. Pulses that end
/// before the interrupt is served are not seen.
pub struct IrqEdges<R, C, const N: usize, L = ()> {
    edges: RingQueue<R, Stamped<L>, N>,
    shared: Monitor<R, Shared, 0>,
    clock: C,
}

/// A recorded edge.
struct Stamped<L> {
    at: Instant,
    /// The number of the edge, which shows gaps.
    number: u32,
    level: PinState,
    line: L,
}

struct Shared {
    /// The levels, one bit per line.
    levels: Cell<u8>,
    /// The number of the next edge.
    next: Cell<u32>,
    is_claimed: Cell<bool>,
}

/// One of the lines of [`IrqEdges`].
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_sim::Sim;
/// use tickwire_sync::{IrqLine, local::IrqEdges};
/// use tickwire_traits::Edges;
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Limit { Left, Right, Home }
///
/// impl IrqLine for Limit {
///     const COUNT: u8 = 3;
///
///     fn number(self) -> u8 {
///         self as u8
///     }
/// }
///
/// let sim = Sim::new();
/// let limits = IrqEdges::<_, 8, Limit>::new(High, sim.clock());
/// let mut input = limits.claim().unwrap();
/// input.arm().unwrap();
/// limits.record_line(Limit::Home, Low);
/// assert_eq!(sim.run(input.edge()).unwrap().line, Limit::Home);
/// assert_eq!(limits.level_of(Limit::Right), High);
/// ```
///
/// # For implementers
///
/// Give each line a distinct number. Lines with the same number share a level, and an
/// edge of one is lost if the other already has that level.
///
/// # For driver authors
///
/// Use [`Edges`] or [`TwoLines`] instead: this trait is for the application that fills a
/// queue.
pub trait IrqLine: Copy {
    /// The number of lines, 8 at most. The compiler rejects more.
    const COUNT: u8;

    /// Returns the number of the line, less than [`COUNT`](Self::COUNT).
    fn number(self) -> u8;
}

impl IrqLine for () {
    const COUNT: u8 = 1;

    #[inline(always)]
    fn number(self) -> u8 {
        0
    }
}

impl IrqLine for Side {
    const COUNT: u8 = 2;

    #[inline(always)]
    fn number(self) -> u8 {
        match self {
            Self::A => 0,
            Self::B => 1,
        }
    }
}

impl<R: RawMutex, C, const N: usize, L: IrqLine> IrqEdges<R, C, N, L> {
    /// Creates the edges of lines that all start at `level`.
    ///
    /// A pin at the other level is an edge when it is first recorded or watched.
    pub const fn new(level: PinState, clock: C) -> Self {
        const { assert!(L::COUNT <= 8, "the levels of 8 lines are kept at most") };
        let levels = match level {
            PinState::Low => 0,
            PinState::High => u8::MAX,
        };
        let shared =
            Shared { levels: Cell::new(levels), next: Cell::new(0), is_claimed: Cell::new(false) };
        Self { edges: RingQueue::new(), shared: Monitor::new(shared), clock }
    }

    /// Records an edge with a more precise timestamp than the handler's own reading of
    /// the clock, such as that of a capture register.
    ///
    /// Timestamps must not decrease, across all lines.
    pub fn record_line_at(&self, line: L, at: Instant, level: PinState) {
        let number = self.lock(|shared| {
            let number = shared.next.get();
            let levels = shared.levels.get();
            if shared.level(line) == level {
                return None;
            }
            shared.levels.set(levels ^ bit(line));
            shared.next.set(number.wrapping_add(1));
            Some(number)
        });
        if let Some(number) = number {
            // A gap in the numbers shows an overwritten edge.
            self.edges.push(Stamped { at, number, level, line });
        }
    }

    /// Returns the most recently recorded level of `line`.
    pub fn level_of(&self, line: L) -> PinState {
        self.lock(|shared| shared.level(line))
    }

    /// Makes the caller the reader of the edges, until the claim is dropped.
    ///
    /// Returns `None` while another claim exists. Try again after it is dropped.
    pub fn claim(&self) -> Option<IrqInput<'_, R, C, N, L>> {
        let was_claimed = self.lock(|shared| shared.is_claimed.replace(true));
        (!was_claimed).then_some(IrqInput { edges: self, next: None })
    }
}

impl<R: RawMutex, C: Clock, const N: usize, L: IrqLine> IrqEdges<R, C, N, L> {
    /// Records that `line` is at `level` from now on. Call it in the interrupt handler.
    ///
    /// A level that the line already has is not an edge: the pin was served too late to
    /// see the pulse.
    pub fn record_line(&self, line: L, level: PinState) {
        self.record_line_at(line, self.clock.now(), level);
    }

    /// Waits for edges of `pin`, and records them as those of `line`, as long as it is
    /// awaited. Run it in a task of an executor that preempts the late one.
    ///
    /// An edge's timestamp is that of the poll: the interrupt's, on an interrupt
    /// executor. Tasks for several pins, all on one executor, are one context.
    ///
    /// # Errors
    ///
    /// Any error of the pin. It may be watched again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: an edge is recorded in the poll that sees it. An edge while no task
    /// watches is seen late.
    pub async fn watch_line<P: InputPin + Wait>(
        &self,
        line: L,
        mut pin: P,
    ) -> Result<Infallible, P::Error> {
        loop {
            let last = self.level_of(line);
            match last {
                PinState::High => pin.wait_for_low().await?,
                PinState::Low => pin.wait_for_high().await?,
            }
            self.record_line(line, !last);
        }
    }
}

/// Edges of one pin, whose line needs no name.
impl<R: RawMutex, C: Clock, const N: usize> IrqEdges<R, C, N> {
    /// Like [`record_line`](Self::record_line), for the only pin.
    pub fn record(&self, level: PinState) {
        self.record_line((), level);
    }

    /// Like [`record_line_at`](Self::record_line_at), for the only pin.
    pub fn record_at(&self, at: Instant, level: PinState) {
        self.record_line_at((), at, level);
    }

    /// Like [`watch_line`](Self::watch_line), for the only pin. The program
    /// [`busy`](https://github.com/tickwire/tickwire/blob/main/examples/rp2040/src/bin/busy.rs)
    /// for a Raspberry Pi Pico has a task that awaits it.
    ///
    /// # Errors
    ///
    /// Any error of the pin. It may be watched again.
    ///
    /// # Cancel safety
    ///
    /// The same as that of [`watch_line`](Self::watch_line).
    pub fn watch<P: InputPin + Wait>(
        &self,
        pin: P,
    ) -> impl Future<Output = Result<Infallible, P::Error>> {
        self.watch_line((), pin)
    }

    /// Returns the most recently recorded level.
    pub fn level(&self) -> PinState {
        self.level_of(())
    }
}

impl<R: RawMutex, C, const N: usize, L> IrqEdges<R, C, N, L> {
    #[inline(always)]
    fn lock<T>(&self, f: impl FnOnce(&Shared) -> T) -> T {
        self.shared.lock(|inside| f(&inside.state))
    }
}

impl Shared {
    #[inline(always)]
    fn level<L: IrqLine>(&self, line: L) -> PinState {
        (self.levels.get() & bit(line) != 0).into()
    }
}

/// Returns the bit that holds the level of `line`.
#[inline(always)]
fn bit<L: IrqLine>(line: L) -> u8 {
    1_u8.wrapping_shl(line.number().into())
}

impl<R: RawMutex, C, const N: usize, L> fmt::Debug for IrqEdges<R, C, N, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let levels = self.lock(|shared| shared.levels.get());
        let mut edges = f.debug_struct("IrqEdges");
        edges.field("levels", &levels).field("waiting", &self.edges.len()).finish_non_exhaustive()
    }
}

/// The right to read the edges of [`IrqEdges`], for a driver. Its levels are the most
/// recently recorded ones.
///
/// ```
/// use embedded_hal::digital::{InputPin, PinState};
/// use tickwire_sim::{Sim, SimClock};
/// use tickwire_sync::local::{IrqEdges, IrqInput};
///
/// let door = IrqEdges::<_, 16>::new(PinState::High, Sim::new().clock());
///
/// let mut pin: IrqInput<'_, SimClock, 16> = door.claim().unwrap();
/// assert!(pin.is_high().unwrap() && door.claim().is_none());
/// drop(pin);
/// assert!(door.claim().is_some());
/// ```
#[must_use = "dropping a claim gives it up"]
pub struct IrqInput<'a, R: RawMutex, C, const N: usize, L = ()> {
    edges: &'a IrqEdges<R, C, N, L>,
    /// The number of the next edge to return; `None` until armed.
    next: Option<u32>,
}

impl<R: RawMutex, C, const N: usize, L> ErrorType for IrqInput<'_, R, C, N, L> {
    type Error = Infallible;
}

impl<R: RawMutex, C, const N: usize> InputPin for IrqInput<'_, R, C, N> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.edges.level_of(()) == PinState::High)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(self.edges.level_of(()) == PinState::Low)
    }
}

impl<R: RawMutex, C, const N: usize, L: IrqLine> Edges for IrqInput<'_, R, C, N, L> {
    type Line = L;

    fn time_source(&self) -> TimeSource {
        TimeSource::Interrupt
    }

    fn arm(&mut self) -> Result<(), Infallible> {
        self.next = Some(self.edges.lock(|shared| shared.next.get()));
        Ok(())
    }

    async fn edge(&mut self) -> Result<Edge<L>, Infallible> {
        if self.next.is_none() {
            self.arm()?;
        }
        loop {
            let Stamped { at, number, level, line } = self.edges.edges.pop().await;
            // No await below: the poll that takes an edge must return it.
            let missed = number.wrapping_sub(self.next.unwrap_or(number));
            // Half of all numbers are earlier: those of edges from before it was armed.
            if missed < 1 << 31 {
                self.next = Some(number.wrapping_add(1));
                return Ok(Edge { line, at, level, missed });
            }
        }
    }
}

impl<R: RawMutex, C, const N: usize> TwoLines for IrqInput<'_, R, C, N, Side> {
    fn levels(&mut self) -> Result<(PinState, PinState), Infallible> {
        Ok(self.edges.lock(|shared| (shared.level(Side::A), shared.level(Side::B))))
    }
}

impl<R: RawMutex, C, const N: usize, L> Drop for IrqInput<'_, R, C, N, L> {
    fn drop(&mut self) {
        self.edges.lock(|shared| shared.is_claimed.set(false));
    }
}

impl<R: RawMutex, C, const N: usize, L> fmt::Debug for IrqInput<'_, R, C, N, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IrqInput").field("edges", self.edges).field("next", &self.next).finish()
    }
}

#[cfg(test)]
mod tests {
    use core::pin::pin;
    use core::task::{Context, Poll, Waker};

    use super::*;
    use crate::kernel::raw::NoopRawMutex;

    #[test]
    fn numbers_of_edges_begin_anew_after_the_last_one() {
        let pin = IrqEdges::<NoopRawMutex, (), 2>::new(PinState::Low, ());
        pin.lock(|shared| shared.next.set(u32::MAX - 1));
        let mut input = pin.claim().unwrap();
        input.arm().unwrap();
        let mut missed = |edges| {
            (0..edges).for_each(|_| {
                pin.record_line_at((), Instant::EPOCH, !pin.level_of(()));
            });
            let edge = pin!(input.edge()).poll(&mut Context::from_waker(Waker::noop()));
            let Poll::Ready(Ok(edge)) = edge else { panic!("an edge was not seen") };
            edge.missed
        };
        assert_eq!((missed(1), missed(4), missed(0), missed(1)), (0, 2, 0, 0));
    }
}
