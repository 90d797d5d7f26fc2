use embedded_hal::digital::{ErrorType, InputPin, PinState};
use tickwire_traits::{
    Duration, Edge, Edges, Interest, PollEvery, ReadinessExt, TimeSource, TimerQueue,
};

/// [`Edges`] of a pin that can only be read, such as that of a port expander: looks at its level
/// at a period.
///
/// Drivers that need the level too, such as a switch, take it as well.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_own_devices::PolledPin;
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{Duration, Edges, Instant};
///
/// let sim = Sim::new();
/// let wire = Wire::new(sim.clock(), PinState::High);
/// wire.toggle_at(&[Instant::from_millis(12)]);
/// let mut pin = PolledPin::new(wire.input(), sim.clock(), Duration::from_millis(5));
/// let edge = sim.run(pin.edge()).unwrap();
/// assert_eq!((edge.at, edge.level), (Instant::from_millis(15), PinState::Low));
/// ```
#[derive(Debug)]
pub struct PolledPin<P, T> {
    pin: P,
    clock: T,
    look: PollEvery<T>,
    /// The level before the next edge. None until armed.
    last: Option<PinState>,
}

impl<P, T: Clone> PolledPin<P, T> {
    /// Takes a pin, which is looked at once per `period` while its edge is awaited.
    pub fn new(pin: P, clock: T, period: Duration) -> Self {
        Self { pin, look: PollEvery::new(clock.clone(), period), clock, last: None }
    }
}

impl<P: ErrorType, T> ErrorType for PolledPin<P, T> {
    type Error = P::Error;
}

impl<P: InputPin, T> InputPin for PolledPin<P, T> {
    fn is_high(&mut self) -> Result<bool, P::Error> {
        self.pin.is_high()
    }

    fn is_low(&mut self) -> Result<bool, P::Error> {
        self.pin.is_low()
    }
}

impl<P: InputPin, T: TimerQueue> Edges for PolledPin<P, T> {
    type Line = ();

    fn time_source(&self) -> TimeSource {
        TimeSource::Poll
    }

    fn arm(&mut self) -> Result<(), P::Error> {
        self.last = Some(self.pin.is_high()?.into());
        Ok(())
    }

    async fn edge(&mut self) -> Result<Edge, P::Error> {
        loop {
            let level = self.pin.is_high()?.into();
            // No await between the look and the return.
            let last = self.last.replace(level);
            if last.is_some_and(|last| last != level) {
                return Ok(Edge { line: (), at: self.clock.now(), level, missed: 0 });
            }
            let Ok(()) = self.look.ready(Interest::Read).await;
        }
    }
}
