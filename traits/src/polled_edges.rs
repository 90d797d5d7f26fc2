//! Edges of pins that only support waiting.

use embedded_hal::digital::{ErrorType, InputPin, PinState};
use embedded_hal_async::digital::Wait;

use crate::{Clock, Edge, Edges, TimeSource};

/// An adapter from any pin with [`Wait`], and a clock, to
/// [`EdgeInput`](crate::EdgeInput).
///
/// [`Wait`]: https://docs.rs/embedded-hal-async/1/embedded_hal_async/digital/trait.Wait.html
///
/// It waits for the opposite of the last seen *level*, so a change while no task waits is
/// reported late, not lost. An edge's time is that of the poll that saw it.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{Edges, Instant, PolledEdges};
///
/// let sim = Sim::new();
/// let wire = Wire::new(sim.clock(), PinState::High);
/// wire.toggle_at(&[Instant::from_millis(3)]);
/// let mut edges = PolledEdges::new(wire.input(), sim.clock());
/// let edge = sim.run(edges.edge()).unwrap();
/// assert_eq!((edge.at, edge.level), (Instant::from_millis(3), PinState::Low));
/// ```
#[derive(Debug)]
pub struct PolledEdges<P, C> {
    pin: P,
    clock: C,
    /// The level before the next edge; `None` until armed.
    last: Option<PinState>,
}

impl<P, C> PolledEdges<P, C> {
    /// Creates an unarmed edge input.
    pub const fn new(pin: P, clock: C) -> Self {
        Self { pin, clock, last: None }
    }

    /// Returns the pin.
    pub fn into_inner(self) -> P {
        self.pin
    }
}

impl<P: ErrorType, C> ErrorType for PolledEdges<P, C> {
    type Error = P::Error;
}

impl<P: InputPin, C> InputPin for PolledEdges<P, C> {
    fn is_high(&mut self) -> Result<bool, P::Error> {
        self.pin.is_high()
    }

    fn is_low(&mut self) -> Result<bool, P::Error> {
        self.pin.is_low()
    }
}

impl<P: InputPin + Wait, C: Clock> Edges for PolledEdges<P, C> {
    type Line = ();

    fn time_source(&self) -> TimeSource {
        TimeSource::Poll
    }

    fn arm(&mut self) -> Result<(), P::Error> {
        self.last = Some(self.pin.is_high()?.into());
        Ok(())
    }

    async fn edge(&mut self) -> Result<Edge, P::Error> {
        let last = match self.last {
            Some(last) => last,
            None => {
                let level = self.pin.is_high()?.into();
                self.last = Some(level);
                level
            }
        };
        match last {
            PinState::High => self.pin.wait_for_low().await?,
            PinState::Low => self.pin.wait_for_high().await?,
        }
        // No await below: the poll that records the edge must return it.
        self.last = Some(!last);
        Ok(Edge { line: (), at: self.clock.now(), level: !last, missed: 0 })
    }
}
