//! Edges stamped by an interrupt.

use core::cell::Cell;
use core::convert::Infallible;
use core::fmt;
use core::task::Waker;

use embedded_hal::digital::{InputPin, PinState};
use embedded_hal_async::digital::Wait;
use tickwire_traits::{Clock, Instant};

use super::input::IrqInput;
use super::line::{IrqLine, bit};
use crate::kernel::monitor::Monitor;
use crate::kernel::raw::RawMutex;
use crate::kernel::ring::Ring;

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
/// [`arm`](tickwire_traits::Edges::arm). So handlers that record the lines of one object must not preempt
/// each other.
///
/// # Capacity
///
/// The queue holds `N` edges of 16 bytes each. When it is full, a new edge evicts the
/// oldest, which is counted in [`Edge::missed`] of the one after it. Pulses that end
/// before the interrupt is served are not seen.
///
/// [`Edges`]: tickwire_traits::Edges
/// [`Edge::missed`]: tickwire_traits::Edge::missed
/// [`Side`]: tickwire_traits::Side
/// [`TwoLines`]: tickwire_traits::TwoLines
pub struct IrqEdges<R, C, const N: usize, L = ()> {
    shared: Monitor<R, Shared<L, N>, 0>,
    clock: C,
}

/// A recorded edge.
pub(super) struct Stamped<L> {
    pub(super) at: Instant,
    /// The number of the edge, which shows gaps.
    pub(super) number: u32,
    pub(super) level: PinState,
    pub(super) line: L,
}

/// Invariant: while there are edges, `reader` is `None`.
pub(super) struct Shared<L, const N: usize> {
    pub(super) edges: Ring<Stamped<L>, N>,
    /// The waker of the claim's task, if it waits.
    pub(super) reader: Cell<Option<Waker>>,
    /// A bit per line that is low. Lines with pull-ups start as zeros, so that a `static` takes no
    /// flash.
    low: Cell<u8>,
    /// The number of the next edge.
    pub(super) next: Cell<u32>,
    pub(super) is_claimed: Cell<bool>,
}

impl<R: RawMutex, C, const N: usize, L: IrqLine> IrqEdges<R, C, N, L> {
    /// Creates the edges of lines that all start at `level`.
    ///
    /// A pin at the other level is an edge when it is first recorded or watched.
    pub const fn new(level: PinState, clock: C) -> Self {
        const { assert!(L::COUNT <= 8, "the levels of 8 lines are kept at most") };
        const { assert!(Ring::<Stamped<L>, N>::CAPACITY > 0) };
        let low = match level {
            PinState::Low => u8::MAX,
            PinState::High => 0,
        };
        let shared = Shared {
            edges: Ring::new(),
            reader: Cell::new(None),
            low: Cell::new(low),
            next: Cell::new(0),
            is_claimed: Cell::new(false),
        };
        Self { shared: Monitor::new(shared), clock }
    }

    /// Records an edge with a more precise timestamp than the handler's own reading of
    /// the clock, such as that of a capture register.
    ///
    /// Timestamps must not decrease, across all lines.
    pub fn record_line_at(&self, line: L, at: Instant, level: PinState) {
        let reader = self.lock(|shared| {
            let number = shared.next.get();
            if shared.level(line) == level {
                return None;
            }
            shared.low.set(shared.low.get() ^ bit(line));
            shared.next.set(number.wrapping_add(1));
            shared.keep(Stamped { at, number, level, line });
            shared.reader.take()
        });
        if let Some(reader) = reader {
            reader.wake();
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
        (!was_claimed).then(|| IrqInput::new(self))
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
    pub(super) fn lock<T>(&self, f: impl FnOnce(&Shared<L, N>) -> T) -> T {
        self.shared.lock(|inside| f(&inside.state))
    }
}

impl<L, const N: usize> Shared<L, N> {
    /// Adds an edge, in place of the oldest if there is no room. A gap in the numbers shows that.
    #[inline(always)]
    fn keep(&self, edge: Stamped<L>) {
        if let Err(edge) = self.edges.push(edge) {
            self.edges.pop();
            let pushed = self.edges.push(edge);
            debug_assert!(pushed.is_ok(), "the oldest has made room");
        }
    }
}

impl<L: IrqLine, const N: usize> Shared<L, N> {
    #[inline(always)]
    pub(super) fn level(&self, line: L) -> PinState {
        (self.low.get() & bit(line) == 0).into()
    }
}

impl<R: RawMutex, C, const N: usize, L> fmt::Debug for IrqEdges<R, C, N, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, waiting) = self.lock(|shared| (shared.low.get(), shared.edges.len()));
        let mut edges = f.debug_struct("IrqEdges");
        edges.field("low", &low).field("waiting", &waiting).finish_non_exhaustive()
    }
}
