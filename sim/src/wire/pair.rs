//! Two wires as one source of edges.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use embedded_hal::digital::{ErrorType, PinState};
use tickwire_traits::{Clock, Edge, Edges, Side, TimeSource, TimerQueue, TwoLines};

use super::queue::EdgeQueue;
use super::{PinFault, Wire};

/// The input ends of two [`Wire`]s, whose edges come in one order: [`TwoLines`].
///
/// Edges are ordered by time. Edges at one instant come in the order in which they take
/// effect.
///
/// ```
/// use embedded_hal::digital::PinState::Low;
/// use tickwire_sim::{InputPair, Sim, Wire};
/// use tickwire_traits::{Duration, Edges, Side};
///
/// let sim = Sim::new();
/// let (a, b) = (Wire::new(sim.clock(), Low), Wire::new(sim.clock(), Low));
/// a.play("_--__--_", Duration::from_millis(1)).unwrap();
/// b.play("__--__--", Duration::from_millis(1)).unwrap();
/// let mut knob = InputPair::new(&a, &b);
/// for side in [Side::A, Side::B, Side::A, Side::B, Side::A] {
///     assert_eq!(sim.run(knob.edge()).unwrap().line, side);
/// }
/// ```
pub struct InputPair<T> {
    wires: [Wire<T>; 2],
    queue: Option<Rc<RefCell<EdgeQueue<Side>>>>,
    capacity: usize,
}

impl<T> InputPair<T> {
    /// Creates an input on wires `a` and `b`.
    pub fn new(a: &Wire<T>, b: &Wire<T>) -> Self {
        Self { wires: [a.clone(), b.clone()], queue: None, capacity: usize::MAX }
    }

    /// Sets how many edges of both wires together the input keeps. Further edges are lost and
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

impl<T: Clock> InputPair<T> {
    /// Counts an operation on each wire.
    fn operate(&self) -> Result<(), PinFault> {
        self.wires.iter().try_for_each(Wire::operate)
    }

    /// Performs the past part of both plans, up to the same instant.
    fn catch_up(&self) {
        let [a, b] = &self.wires;
        let now = a.line.clock.now();
        a.line.catch_up_to(now);
        b.line.catch_up_to(now);
    }
}

impl<T> ErrorType for InputPair<T> {
    type Error = PinFault;
}

impl<T: TimerQueue> Edges for InputPair<T> {
    type Line = Side;

    fn time_source(&self) -> TimeSource {
        TimeSource::Hardware
    }

    fn arm(&mut self) -> Result<(), PinFault> {
        self.operate()?;
        // Past edges are performed first, to be discarded.
        self.catch_up();
        match &self.queue {
            Some(queue) => queue.borrow_mut().clear(),
            None => {
                let queue = Rc::new(RefCell::new(EdgeQueue::new(self.capacity)));
                for (wire, side) in self.wires.iter().zip([Side::A, Side::B]) {
                    wire.feed(side, &queue);
                }
                self.queue = Some(queue);
            }
        }
        Ok(())
    }

    async fn edge(&mut self) -> Result<Edge<Side>, PinFault> {
        if self.queue.is_none() {
            self.arm()?;
        }
        poll_fn(|cx| {
            self.operate()?;
            self.wires.iter().for_each(|wire| wire.unwatch(cx));
            self.catch_up();
            if let Some(edge) = self.queue.as_ref().and_then(|queue| queue.borrow_mut().pop()) {
                return Poll::Ready(Ok(edge));
            }
            self.wires.iter().for_each(|wire| wire.watch(cx, "an edge"));
            Poll::Pending
        })
        .await
    }
}

impl<T: TimerQueue> TwoLines for InputPair<T> {
    fn levels(&mut self) -> Result<(PinState, PinState), PinFault> {
        self.operate()?;
        self.catch_up();
        let [a, b] = &self.wires;
        Ok((a.line.net.borrow().level, b.line.net.borrow().level))
    }
}

impl<T> fmt::Debug for InputPair<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b] = &self.wires;
        write!(f, "inputs on {a:?} and {b:?}")
    }
}
