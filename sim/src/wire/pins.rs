//! The two ends of a wire.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use embedded_hal::digital::{self, InputPin, OutputPin, PinState, StatefulOutputPin};
use embedded_hal_async::digital::Wait;
use tickwire_traits::{Clock, Edge, Edges, TimeSource, TimerQueue};

use super::Wire;
use super::queue::EdgeQueue;

/// The input end of a [`Wire`]: `InputPin`, `Wait` and `EdgeInput`, with exact times. For two
/// wires whose edges come in one order, see [`InputPair`](crate::InputPair).
pub struct Input<T> {
    wire: Wire<T>,
    queue: Option<Rc<RefCell<EdgeQueue<()>>>>,
    capacity: usize,
}

/// The output end of a [`Wire`]: `OutputPin` and `StatefulOutputPin`.
#[derive(Debug)]
pub struct Output<T>(pub(super) Wire<T>);

/// The failure requested by [`Wire::fail_after`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinFault;

impl<T> Input<T> {
    pub(super) const fn new(wire: Wire<T>) -> Self {
        Self { wire, queue: None, capacity: usize::MAX }
    }

    /// Sets how many edges the input keeps for [`Edges::edge`]. Further edges are lost and
    /// counted in [`Edge::missed`]. The default is no limit; 0 is taken as 1.
    ///
    /// An input that is armed keeps its pending edges.
    pub fn with_edge_capacity(mut self, edges: usize) -> Self {
        self.capacity = edges.max(1);
        if let Some(queue) = &self.queue {
            queue.borrow_mut().set_capacity(self.capacity);
        }
        self
    }
}

impl<T: Clock> InputPin for Input<T> {
    fn is_high(&mut self) -> Result<bool, PinFault> {
        self.wire.operate()?;
        Ok(self.wire.level() == PinState::High)
    }

    fn is_low(&mut self) -> Result<bool, PinFault> {
        self.is_high().map(|high| !high)
    }
}

impl<T: TimerQueue> Wait for Input<T> {
    async fn wait_for_high(&mut self) -> Result<(), PinFault> {
        self.wire.wait_for(PinState::High).await
    }

    async fn wait_for_low(&mut self) -> Result<(), PinFault> {
        self.wire.wait_for(PinState::Low).await
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), PinFault> {
        self.wire.wait_for_edge("a rising edge", |[_, rising]| rising).await
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), PinFault> {
        self.wire.wait_for_edge("a falling edge", |[falling, _]| falling).await
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), PinFault> {
        self.wire.wait_for_edge("an edge", |[falling, rising]| falling + rising).await
    }
}

impl<T: TimerQueue> Edges for Input<T> {
    type Line = ();

    fn time_source(&self) -> TimeSource {
        TimeSource::Hardware
    }

    fn arm(&mut self) -> Result<(), PinFault> {
        self.wire.operate()?;
        match &self.queue {
            Some(queue) => {
                // Past edges are performed first, to be discarded with the rest.
                self.wire.line.catch_up();
                queue.borrow_mut().clear();
            }
            None => {
                let queue = Rc::new(RefCell::new(EdgeQueue::new(self.capacity)));
                self.wire.feed((), &queue);
                self.queue = Some(queue);
            }
        }
        Ok(())
    }

    async fn edge(&mut self) -> Result<Edge, PinFault> {
        if self.queue.is_none() {
            self.arm()?;
        }
        let Self { wire, queue, .. } = self;
        poll_fn(|cx| {
            wire.operate()?;
            wire.catch_up_for(cx);
            if let Some(edge) = queue.as_ref().and_then(|queue| queue.borrow_mut().pop()) {
                return Poll::Ready(Ok(edge));
            }
            wire.watch(cx, "an edge");
            Poll::Pending
        })
        .await
    }
}

impl<T: Clock> OutputPin for Output<T> {
    fn set_low(&mut self) -> Result<(), PinFault> {
        self.set_state(PinState::Low)
    }

    fn set_high(&mut self) -> Result<(), PinFault> {
        self.set_state(PinState::High)
    }

    fn set_state(&mut self, level: PinState) -> Result<(), PinFault> {
        self.0.operate()?;
        self.0.set(level);
        Ok(())
    }
}

impl<T: Clock> StatefulOutputPin for Output<T> {
    fn is_set_high(&mut self) -> Result<bool, PinFault> {
        Ok(self.0.level() == PinState::High)
    }

    fn is_set_low(&mut self) -> Result<bool, PinFault> {
        Ok(self.0.level() == PinState::Low)
    }
}

impl<T> digital::ErrorType for Input<T> {
    type Error = PinFault;
}

impl<T> digital::ErrorType for Output<T> {
    type Error = PinFault;
}

impl digital::Error for PinFault {
    fn kind(&self) -> digital::ErrorKind {
        digital::ErrorKind::Other
    }
}

impl<T> fmt::Debug for Input<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "input on {:?}", self.wire)
    }
}

impl fmt::Display for PinFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the pin failed, as requested")
    }
}

impl std::error::Error for PinFault {}
