//! The reader of the edges that an interrupt has stamped.

use core::convert::Infallible;
use core::fmt;
use core::future::poll_fn;
use core::task::{Context, Poll};

use embedded_hal::digital::{ErrorType, InputPin, PinState};
use futures_util::FutureExt;
use tickwire_traits::{Edge, Edges, Side, TimeSource, TwoLines, waits_for};

use super::edges::{IrqEdges, Stamped};
use super::line::IrqLine;
use crate::kernel::raw::RawMutex;

/// The right to read the edges of [`IrqEdges`], for a driver. Its levels are the most
/// recently recorded ones. The next edge after a wait that was dropped wakes the task once.
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

impl<'a, R: RawMutex, C, const N: usize, L> IrqInput<'a, R, C, N, L> {
    /// Creates the reader. The caller has claimed `edges` for it.
    pub(super) const fn new(edges: &'a IrqEdges<R, C, N, L>) -> Self {
        Self { edges, next: None }
    }
}

impl<R: RawMutex, C, const N: usize, L: IrqLine> IrqInput<'_, R, C, N, L> {
    fn poll_edge(&mut self, cx: &mut Context<'_>) -> Poll<Edge<L>> {
        // The waker is cloned before the lock is taken and dropped after it. Looking for an edge
        // and registering are one step, so no edge is missed in between.
        let mut reader = Some(cx.waker().clone());
        loop {
            let edge = self.edges.lock(|shared| {
                let edge = shared.edges.pop();
                if edge.is_none() {
                    reader = shared.reader.replace(reader.take());
                }
                edge
            });
            let Some(Stamped { at, number, level, line }) = edge else {
                waits_for(|| "an edge of `IrqEdges`");
                return Poll::Pending;
            };
            let missed = number.wrapping_sub(self.next.unwrap_or(number));
            // Half of all numbers are earlier: those of edges from before it was armed.
            if missed < 1 << 31 {
                self.next = Some(number.wrapping_add(1));
                return Poll::Ready(Edge { line, at, level, missed });
            }
        }
    }
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
        poll_fn(|cx| self.poll_edge(cx)).map(Ok).await
    }
}

impl<R: RawMutex, C, const N: usize> TwoLines for IrqInput<'_, R, C, N, Side> {
    fn levels(&mut self) -> Result<(PinState, PinState), Infallible> {
        Ok(self.edges.lock(|shared| (shared.level(Side::A), shared.level(Side::B))))
    }
}

impl<R: RawMutex, C, const N: usize, L> Drop for IrqInput<'_, R, C, N, L> {
    fn drop(&mut self) {
        let reader = self.edges.lock(|shared| {
            shared.is_claimed.set(false);
            shared.reader.take()
        });
        drop(reader);
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
    use tickwire_traits::Instant;

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
