use embedded_hal::digital::PinState;
use tickwire_traits::{Edges, Instant};

/// A pin that calls a function at each edge: the tutorial's `PinCall`.
///
/// It takes any [`Edges`]: a pin that interrupts, a line of Linux's kernel, a pin that can only
/// wait ([`PolledEdges`](tickwire_traits::PolledEdges)), or one that cannot even do that
/// ([`PolledPin`](crate::PolledPin)).
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_own_devices::PinCall;
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let wire = Wire::new(sim.clock(), PinState::Low);
/// wire.toggle_at(&[3, 5].map(Instant::from_millis));
/// let mut pin = PinCall::new(wire.input());
/// let (mut rise, mut fall) = (None, None);
/// let calls = pin.run(|at| rise = Some(at), |at| fall = Some(at));
/// let _ = sim.run(sim.clock().timeout(Duration::from_millis(10), calls));
/// assert_eq!([rise, fall], [3, 5].map(|ms| Some(Instant::from_millis(ms))));
/// ```
#[derive(Debug)]
pub struct PinCall<P> {
    pin: P,
    missed: u32,
}

impl<P: Edges<Line = ()>> PinCall<P> {
    /// Takes a pin. Edges before the first [`run`](Self::run) or [`arm`](Self::arm) are not seen.
    pub const fn new(pin: P) -> Self {
        Self { pin, missed: 0 }
    }

    /// Forgets past edges, and sees those from now on.
    ///
    /// # Errors
    ///
    /// Any error of the pin. It may be armed again.
    pub fn arm(&mut self) -> Result<(), P::Error> {
        self.pin.arm()
    }

    /// Returns the number of edges without a call, because the pin's queue was full. It stops at
    /// the largest value.
    pub const fn missed(&self) -> u32 {
        self.missed
    }

    /// Calls `rise` or `fall` with the time of each edge. Returns the pin's error, after which it
    /// may be called again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: each edge that was taken has had its call.
    pub async fn run(
        &mut self,
        mut rise: impl FnMut(Instant),
        mut fall: impl FnMut(Instant),
    ) -> P::Error {
        loop {
            let edge = match self.pin.edge().await {
                Ok(edge) => edge,
                Err(error) => return error,
            };
            // No await below: the poll that takes an edge makes its call. So the functions are no
            // async ones, which could be dropped halfway.
            self.missed = self.missed.saturating_add(edge.missed);
            match edge.level {
                PinState::High => rise(edge.at),
                PinState::Low => fall(edge.at),
            }
        }
    }
}
