//! Debounced contacts: switches, relays, reeds, and the contacts of buttons.

mod debouncer;

use futures_util::Stream;
use futures_util::stream::unfold;
use tickwire_traits::{EdgeInput, Instant, Timer, TimerQueue};

use crate::contact::ContactSource;

pub use crate::contact::{Change, Contact};
pub use debouncer::{Debounce, Debouncer, Mode, Wiring};

/// A debounced contact on one pin.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::switch::{Contact, Switch};
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{Duration, Instant};
///
/// let sim = Sim::new();
/// let door = Wire::new(sim.clock(), PinState::High);
/// door.play("---_-_________-_-----", Duration::from_millis(10)).unwrap();
///
/// let mut switch = Switch::new(door.input(), sim.clock());
/// sim.run(async {
///     let change = switch.change().await.unwrap();
///     assert_eq!((change.contact, change.at), (Contact::Closed, Instant::from_millis(30)));
///     let change = switch.change().await.unwrap();
///     assert_eq!((change.contact, change.at), (Contact::Open, Instant::from_millis(140)));
/// });
/// ```
///
/// The pin is any [`EdgeInput`]. [`PolledEdges`](tickwire_traits::PolledEdges) makes one of a
/// pin that has only embedded-hal-async's `Wait`. If edges come with their times, the times
/// of changes are exact, however late the task runs.
#[derive(Debug)]
pub struct Switch<P, T> {
    pin: P,
    clock: T,
    debouncer: Debouncer,
}

impl<P: EdgeInput, T: TimerQueue> Switch<P, T> {
    /// Creates a switch to ground with a pull-up that bounces for up to 50 ms: the defaults of
    /// [`Wiring`] and of [`Debounce`].
    ///
    /// The contact is assumed to be at rest. If it is not, that is the first change.
    ///
    /// Edges before the first call are not seen, unless the pin was
    /// [armed](tickwire_traits::Edges::arm) before. A task that may be late for its first
    /// call arms the pin first.
    pub const fn new(pin: P, clock: T) -> Self {
        Self { pin, clock, debouncer: Debouncer::new(Wiring::DEFAULT, Debounce::DEFAULT) }
    }

    /// Sets how the contact is wired to its pin.
    ///
    /// ```
    /// use embedded_hal::digital::PinState::Low;
    /// use tickwire_drivers::switch::{Contact, Switch, Wiring};
    /// use tickwire_sim::{Sim, Wire};
    ///
    /// let sim = Sim::new();
    /// let limit = Wire::new(sim.clock(), Low);
    /// // Opens when the carriage arrives.
    /// let wiring = Wiring::normally_closed(Low);
    /// let switch = Switch::new(limit.input(), sim.clock()).with_wiring(wiring);
    /// assert_eq!(switch.contact(), Contact::Closed);
    /// ```
    pub const fn with_wiring(mut self, wiring: Wiring) -> Self {
        self.debouncer.set_wiring(wiring);
        self
    }

    /// Sets how long the contact bounces, and when a change is reported.
    pub const fn with_debounce(mut self, debounce: Debounce) -> Self {
        self.debouncer.set_debounce(debounce);
        self
    }

    /// Returns the pin and the clock.
    pub fn release(self) -> (P, T) {
        (self.pin, self.clock)
    }

    /// Returns the debounced state: that of the last change reported.
    pub const fn contact(&self) -> Contact {
        self.debouncer.contact()
    }

    /// Returns how many edges the pin has missed, up to 65 535: a sign that the task often
    /// runs too late. The state of the contact is correct nevertheless.
    pub const fn missed_edges(&self) -> u16 {
        self.debouncer.missed()
    }

    /// Waits for the next change.
    ///
    /// # Errors
    ///
    /// Errors of the pin. The switch may be used again, and has missed only short pulses.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a change is recorded in the poll that returns it.
    pub async fn change(&mut self) -> Result<Change, P::Error> {
        loop {
            if let Some(change) = self.change_until(Instant::MAX).await? {
                return Ok(change);
            }
        }
    }

    /// Returns a stream of the changes. The stream never ends.
    ///
    /// ```
    /// use core::pin::pin;
    /// use embedded_hal::digital::PinState;
    /// use futures_util::StreamExt;
    /// use tickwire_drivers::switch::Switch;
    /// use tickwire_sim::{Sim, Wire};
    /// use tickwire_traits::Instant;
    ///
    /// let sim = Sim::new();
    /// let wire = Wire::new(sim.clock(), PinState::High);
    /// wire.toggle_at(&[100, 300, 500].map(Instant::from_millis));
    /// let mut switch = Switch::new(wire.input(), sim.clock());
    /// let three = sim.run(pin!(switch.changes()).take(3).collect::<Vec<_>>());
    /// assert!(three.iter().all(Result::is_ok));
    /// ```
    ///
    /// # Cancel safety
    ///
    /// As for [`change`](Self::change): dropping the stream loses nothing.
    pub fn changes(&mut self) -> impl Stream<Item = Result<Change, P::Error>> {
        unfold(self, async |switch| Some((switch.change().await, switch)))
    }
}

impl<P: EdgeInput, T: TimerQueue> ContactSource for Switch<P, T> {
    type Key = ();
    type Error = P::Error;

    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn rest(&self) -> Contact {
        self.debouncer.rest()
    }

    async fn change_until(&mut self, until: Instant) -> Result<Option<Change>, P::Error> {
        loop {
            let due = self.debouncer.deadline().unwrap_or(Instant::MAX).min(until);
            // Edges first, even if a deadline is past: a late task sees them in order, and they
            // happened before the deadline's event.
            let edge = self.clock.timeout_at(due, self.pin.edge()).await;
            // No await below: the change is recorded in the poll that returns it.
            let (change, over) = match edge {
                Ok(edge) => {
                    let edge = edge?;
                    self.debouncer.miss(edge.missed);
                    (self.debouncer.edge(edge.level, edge.at), false)
                }
                // The level overrides the edges, since one may have been missed.
                Err(_) => {
                    let level = self.pin.is_high()?.into();
                    let now = self.clock.now();
                    (self.debouncer.look(level, now), until <= now)
                }
            };
            if change.is_some() || over {
                return Ok(change);
            }
        }
    }
}

#[cfg(test)]
mod tests;
