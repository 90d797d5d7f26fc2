//! Two inputs, each with its own edges, as one.

use embedded_hal::digital::{ErrorType, PinState};
use futures_util::FutureExt;
use tickwire_traits::{Edge, EdgeInput, Edges, Either, Instant, Side, TimeSource, TwoLines, race};

/// Two inputs with queues of their own, whose edges are put in one order by their times.
///
/// For lines that have no common queue: of two chips, or two pins that only have
/// embedded-hal-async's `Wait`, each as
/// [`PolledEdges`](tickwire_traits::PolledEdges). Where one source reports both lines, prefer
/// it: it knows their order.
///
/// ```
/// use embedded_hal::digital::PinState::High;
/// use tickwire_drivers::encoder::{Encoder, InOrder};
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{Duration, PolledEdges};
///
/// let sim = Sim::new();
/// let (a, b) = (Wire::new(sim.clock(), High), Wire::new(sim.clock(), High));
/// let polled = |wire: &Wire<_>| PolledEdges::new(wire.input(), sim.clock());
/// let mut knob = Encoder::new(InOrder::new(polled(&a), polled(&b)), sim.clock());
/// a.play("-__-", Duration::from_millis(5)).unwrap();
/// b.play("--__", Duration::from_millis(5)).unwrap();
/// for position in 1..=3 {
///     assert_eq!(sim.run(knob.turn()).unwrap().position, position);
/// }
/// ```
///
/// An edge is returned as soon as it is there, or after an edge of the other line that is
/// there too and is earlier: one edge per line is held back. Edges whose order is not known
/// are counted in [`out_of_order`](Self::out_of_order), and returned as edges after a gap, with
/// a [missed](Edge::missed) count, so that the levels are read again. They are:
///
/// - an edge that comes later than it should have. It counts two missed edges: itself, and the
///   other line's that was returned before;
/// - edges with equal times, and edges that a late task finds together on inputs
///   [without timestamps](TimeSource::Poll). Each counts one.
#[derive(Debug)]
pub struct InOrder<A, B> {
    a: A,
    b: B,
    held_a: Option<Edge>,
    held_b: Option<Edge>,
    /// The time of the edge returned last.
    last: Instant,
    out_of_order: u16,
}

impl<A, B> InOrder<A, B> {
    /// Creates the pair of two inputs.
    pub const fn new(a: A, b: B) -> Self {
        Self { a, b, held_a: None, held_b: None, last: Instant::EPOCH, out_of_order: 0 }
    }

    /// Returns how many edges came out of order, or in none, up to 65 535.
    pub const fn out_of_order(&self) -> u16 {
        self.out_of_order
    }

    /// Returns both inputs. Edges that are held back are lost.
    pub fn release(self) -> (A, B) {
        (self.a, self.b)
    }
}

impl<A: EdgeInput, B: EdgeInput<Error = A::Error>> InOrder<A, B> {
    /// Takes the edge that comes first, if there is one.
    fn take_first(&mut self) -> Option<Edge<Side>> {
        let is_polled = self.time_source() == TimeSource::Poll;
        if let (Some(a), Some(b)) = (&mut self.held_a, &mut self.held_b)
            && (is_polled || a.at == b.at)
        {
            a.missed = a.missed.max(1);
            b.missed = b.missed.max(1);
            self.out_of_order = self.out_of_order.saturating_add(1);
        }
        let a_is_first = match (self.held_a, self.held_b) {
            (Some(a), Some(b)) => a.at <= b.at,
            (a, _) => a.is_some(),
        };
        let (side, edge) = if a_is_first {
            (Side::A, self.held_a.take()?)
        } else {
            (Side::B, self.held_b.take()?)
        };
        let Edge { line: (), mut at, level, mut missed } = edge;
        if at < self.last {
            self.out_of_order = self.out_of_order.saturating_add(1);
            // The order is unknown of this edge and of one before it, at least.
            (at, missed) = (self.last, missed.max(2));
        }
        self.last = at;
        Some(Edge { line: side, at, level, missed })
    }
}

impl<A: ErrorType, B> ErrorType for InOrder<A, B> {
    type Error = A::Error;
}

impl<A: EdgeInput, B: EdgeInput<Error = A::Error>> Edges for InOrder<A, B> {
    type Line = Side;

    /// Returns the less precise source of both.
    fn time_source(&self) -> TimeSource {
        self.a.time_source().max(self.b.time_source())
    }

    fn arm(&mut self) -> Result<(), A::Error> {
        (self.held_a, self.held_b) = (None, None);
        self.a.arm()?;
        self.b.arm()
    }

    async fn edge(&mut self) -> Result<Edge<Side>, A::Error> {
        loop {
            if self.held_a.is_none() && self.held_b.is_none() {
                match race(self.a.edge(), self.b.edge()).await {
                    Either::First(edge) => self.held_a = Some(edge?),
                    Either::Second(edge) => self.held_b = Some(edge?),
                }
            }
            // No await below: the poll that takes an edge must return it. What is held at an
            // error is returned by the next call.
            if self.held_a.is_none() {
                self.held_a = self.a.edge().now_or_never().transpose()?;
            }
            if self.held_b.is_none() {
                self.held_b = self.b.edge().now_or_never().transpose()?;
            }
            if let Some(edge) = self.take_first() {
                return Ok(edge);
            }
        }
    }
}

impl<A: EdgeInput, B: EdgeInput<Error = A::Error>> TwoLines for InOrder<A, B> {
    /// Returns the levels of both lines, of which the second is read after the first.
    fn levels(&mut self) -> Result<(PinState, PinState), A::Error> {
        Ok((self.a.is_high()?.into(), self.b.is_high()?.into()))
    }
}
