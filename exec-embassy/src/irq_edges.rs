//! Edges with the time of the interrupt.

use core::cell::Cell;
use core::convert::Infallible;
use core::fmt;

use critical_section::Mutex;
use embedded_hal::digital::{ErrorType, InputPin, PinState};
use embedded_hal_async::digital::Wait;
use tickwire_sync::{CriticalSectionRawMutex, RingQueue};
use tickwire_traits::{Clock, Edge, Edges, Instant, TimeSource};

use crate::EmbassyClock;

/// Edges of one pin, stamped by an interrupt and read by a task when it gets to it:
/// an [`EdgeInput`](tickwire_traits::EdgeInput) whose times are right however late the task is.
///
/// It lies in a `static`. Two ways lead in. Where the interrupt handler is yours, it
/// calls [`record`](Self::record). Where it is the HAL's, as for the pins of most of
/// embassy's, a task on an interrupt executor awaits [`watch`](Self::watch): that one
/// preempts whatever keeps the thread's executor busy. The driver gets the
/// [claim](Self::claim), and arms it itself.
///
/// ```
/// # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
/// use embedded_hal::digital::PinState;
/// use std::thread;
/// use std::time::Duration;
/// use tickwire_exec_embassy::{EmbassyClock, IrqEdges};
/// use tickwire_traits::{Clock, Edges};
///
/// static DOOR: IrqEdges<16> = IrqEdges::new(PinState::High);
///
/// # host::run(async |_| {
/// let mut pin = DOOR.claim().unwrap();
/// pin.arm().unwrap();
/// // Where an interrupt would be:
/// thread::spawn(|| DOOR.record(PinState::Low)).join().unwrap();
/// thread::sleep(Duration::from_millis(50)); // Busy with something else.
/// let edge = pin.edge().await.unwrap();
/// assert_eq!((edge.level, edge.missed), (PinState::Low, 0));
/// assert!((EmbassyClock.now() - edge.at).as_millis() >= 50);
/// # });
/// ```
///
/// # What does not fit
///
/// `N` edges are kept, 16 bytes each. One that comes when there are so many takes the
/// place of the oldest, which is counted in [`Edge::missed`] of the one after it.
/// Pulses that are over before the interrupt is served are not seen at all.
pub struct IrqEdges<const N: usize> {
    edges: RingQueue<CriticalSectionRawMutex, Stamped, N>,
    shared: Mutex<Shared>,
}

/// An edge as it is recorded.
struct Stamped {
    at: Instant,
    /// Counts the edges, so that gaps show.
    number: u32,
    level: PinState,
}

struct Shared {
    level: Cell<PinState>,
    /// The number of the next edge.
    next: Cell<u32>,
    is_claimed: Cell<bool>,
}

impl<const N: usize> IrqEdges<N> {
    /// Creates the edges of a pin that is at `level` at first.
    pub const fn new(level: PinState) -> Self {
        let shared =
            Shared { level: Cell::new(level), next: Cell::new(0), is_claimed: Cell::new(false) };
        Self { edges: RingQueue::new(), shared: Mutex::new(shared) }
    }

    /// Takes note that the pin is at `level` from now on. For the interrupt handler.
    ///
    /// A level that it is at already is no edge: the pin was served too late to see
    /// the pulse.
    ///
    /// One context at a time may record: who is interrupted by another one in here has
    /// looked at the clock already, and its edge would come behind one with a later time.
    pub fn record(&self, level: PinState) {
        self.record_at(EmbassyClock.now(), level);
    }

    /// Takes note of an edge whose time is known better than by the handler's own
    /// look at the clock, from a capture register say.
    ///
    /// Times must not go back, and one context at a time may record, as for
    /// [`record`](Self::record).
    pub fn record_at(&self, at: Instant, level: PinState) {
        let number = self.lock(|shared| {
            let number = shared.next.get();
            if shared.level.replace(level) == level {
                return None;
            }
            shared.next.set(number.wrapping_add(1));
            Some(number)
        });
        if let Some(number) = number {
            // What it overwrites is missing in the numbers.
            self.edges.push(Stamped { at, number, level });
        }
    }

    /// Waits for edges of `pin`, and records them, for as long as it is awaited. For a
    /// task of an executor that preempts the one that is late.
    ///
    /// The time of an edge is that of the poll: the interrupt's, on an interrupt
    /// executor. A pin that is not where it was thought to be is an edge. The program
    /// [`busy`](https://github.com/tickwire/tickwire/blob/main/examples/rp2040/src/bin/busy.rs)
    /// for a Raspberry Pi Pico has such a task.
    ///
    /// # Errors
    ///
    /// Whatever the pin reports. It may be watched again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: an edge is recorded in the poll that sees it, and one that comes
    /// while nobody watches is seen late.
    pub async fn watch<P: InputPin + Wait>(&self, mut pin: P) -> Result<Infallible, P::Error> {
        loop {
            let last = self.level();
            match last {
                PinState::High => pin.wait_for_low().await?,
                PinState::Low => pin.wait_for_high().await?,
            }
            self.record(!last);
        }
    }

    /// Returns the level as recorded last.
    pub fn level(&self) -> PinState {
        self.lock(|shared| shared.level.get())
    }

    /// Makes the caller the one who reads the edges, until the claim is dropped.
    ///
    /// Returns `None` while somebody else has it. Ask again when that one is gone.
    pub fn claim(&self) -> Option<IrqInput<'_, N>> {
        let was_claimed = self.lock(|shared| shared.is_claimed.replace(true));
        (!was_claimed).then_some(IrqInput { edges: self, next: None })
    }

    fn lock<T>(&self, f: impl FnOnce(&Shared) -> T) -> T {
        critical_section::with(|cs| f(self.shared.borrow(cs)))
    }
}

impl<const N: usize> fmt::Debug for IrqEdges<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut edges = f.debug_struct("IrqEdges");
        edges.field("level", &self.level()).field("waiting", &self.edges.len()).finish()
    }
}

/// The right to read the edges of [`IrqEdges`]: the pin, as a driver wants it. Its
/// level is the one recorded last.
///
/// ```
/// use embedded_hal::digital::{InputPin, PinState};
/// use tickwire_exec_embassy::{IrqEdges, IrqInput};
///
/// static DOOR: IrqEdges<16> = IrqEdges::new(PinState::High);
///
/// let mut pin: IrqInput<'_, 16> = DOOR.claim().unwrap();
/// assert!(pin.is_high().unwrap() && DOOR.claim().is_none());
/// drop(pin);
/// assert!(DOOR.claim().is_some());
/// ```
#[derive(Debug)]
#[must_use = "dropping a claim gives it up"]
pub struct IrqInput<'a, const N: usize> {
    edges: &'a IrqEdges<N>,
    /// The number of the edge to be returned next; none until armed.
    next: Option<u32>,
}

impl<const N: usize> ErrorType for IrqInput<'_, N> {
    type Error = Infallible;
}

impl<const N: usize> InputPin for IrqInput<'_, N> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.edges.level() == PinState::High)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(self.edges.level() == PinState::Low)
    }
}

impl<const N: usize> Edges for IrqInput<'_, N> {
    type Line = ();

    fn time_source(&self) -> TimeSource {
        TimeSource::Interrupt
    }

    fn arm(&mut self) -> Result<(), Infallible> {
        self.next = Some(self.edges.lock(|shared| shared.next.get()));
        Ok(())
    }

    async fn edge(&mut self) -> Result<Edge, Infallible> {
        if self.next.is_none() {
            self.arm()?;
        }
        loop {
            let Stamped { at, number, level } = self.edges.edges.pop().await;
            // No await below: an edge is taken in the poll that returns it.
            let missed = number.wrapping_sub(self.next.unwrap_or(number));
            // Half of all numbers are before: those of edges until it was armed.
            if missed < 1 << 31 {
                self.next = Some(number.wrapping_add(1));
                return Ok(Edge { line: (), at, level, missed });
            }
        }
    }
}

impl<const N: usize> Drop for IrqInput<'_, N> {
    fn drop(&mut self) {
        self.edges.lock(|shared| shared.is_claimed.set(false));
    }
}

#[cfg(test)]
mod tests {
    use core::pin::pin;
    use core::task::{Context, Poll, Waker};

    // It brings the time driver, and is not named otherwise.
    use embassy_time as _;

    use super::*;

    #[test]
    fn numbers_of_edges_begin_anew_after_the_last_one() {
        let pin = IrqEdges::<2>::new(PinState::Low);
        pin.lock(|shared| shared.next.set(u32::MAX - 1));
        let mut input = pin.claim().unwrap();
        input.arm().unwrap();
        let mut missed = |edges| {
            (0..edges).for_each(|_| pin.record(!pin.level()));
            let edge = pin!(input.edge()).poll(&mut Context::from_waker(Waker::noop()));
            let Poll::Ready(Ok(edge)) = edge else { panic!("an edge was not seen") };
            edge.missed
        };
        assert_eq!((missed(1), missed(4), missed(0), missed(1)), (0, 2, 0, 0));
    }
}
