//! Debounced contacts: switches, relays, reeds, and what buttons are made of.

mod debouncer;

use futures_util::Stream;
use futures_util::stream::unfold;
use tickwire_traits::{EdgeInput, Instant, Timer, TimerQueue};

pub use debouncer::{Change, Contact, Debounce, Debouncer, Mode, Wiring};

/// A debounced contact on one pin.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::switch::{Contact, Switch, Debounce, Wiring};
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{Duration, Instant};
///
/// let sim = Sim::new();
/// let door = Wire::new(sim.clock(), PinState::High);
/// door.play("---_-_________-_-----", Duration::from_millis(10)).unwrap();
///
/// let mut switch = Switch::new(door.input(), sim.clock(), Wiring::default(), Debounce::default());
/// sim.run(async {
///     let change = switch.change().await.unwrap();
///     assert_eq!((change.contact, change.at), (Contact::Closed, Instant::from_millis(30)));
///     let change = switch.change().await.unwrap();
///     assert_eq!((change.contact, change.at), (Contact::Open, Instant::from_millis(140)));
/// });
/// ```
///
/// The pin is any [`EdgeInput`]; one that has only embedded-hal-async's `Wait`
/// becomes one by [`PolledEdges`](tickwire_traits::PolledEdges). Where edges
/// come with the time they happened, changes do too, however late the task runs.
#[derive(Debug)]
pub struct Switch<P, T> {
    pin: P,
    clock: T,
    debouncer: Debouncer,
}

impl<P: EdgeInput, T: TimerQueue> Switch<P, T> {
    /// Creates a switch, taken to be at rest. If it is not, that is the first
    /// change.
    ///
    /// Edges before the first call are not seen, unless the pin was
    /// [armed](tickwire_traits::Edges::arm) before. A task that may be late for its first call arms
    /// the pin first.
    pub const fn new(pin: P, clock: T, wiring: Wiring, debounce: Debounce) -> Self {
        Self { pin, clock, debouncer: Debouncer::new(wiring, debounce) }
    }

    /// Returns the debounced state: that of the last change reported.
    pub const fn contact(&self) -> Contact {
        self.debouncer.contact()
    }

    /// Returns how many edges the pin has missed, up to 65 535: a sign that the
    /// task ran too late too often. The state of the contact is right nonetheless.
    pub const fn missed_edges(&self) -> u16 {
        self.debouncer.missed()
    }

    /// Waits for the next change.
    ///
    /// # Errors
    ///
    /// Whatever the pin reports. The switch may be used again, and has missed
    /// nothing but short pulses.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a change is noted in the poll that returns it.
    pub async fn change(&mut self) -> Result<Change, P::Error> {
        loop {
            if let Some(change) = self.change_until(Instant::MAX).await? {
                return Ok(change);
            }
        }
    }

    /// Waits for the next change, but not past `until`.
    pub(crate) async fn change_until(
        &mut self,
        until: Instant,
    ) -> Result<Option<Change>, P::Error> {
        loop {
            let due = self.debouncer.deadline().unwrap_or(Instant::MAX).min(until);
            // Edges first, also when a deadline is past: a late task finds them
            // in order, and what they say came before what time says.
            let edge = self.clock.timeout_at(due, self.pin.edge()).await;
            // No await below: the change is noted in the poll that returns it.
            let (change, over) = match edge {
                Ok(edge) => {
                    let edge = edge?;
                    self.debouncer.miss(edge.missed);
                    (self.debouncer.edge(edge.level, edge.at), false)
                }
                // Level beats edge: one may have been missed.
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

    /// Returns the changes as a stream, which never ends.
    ///
    /// ```
    /// use core::pin::pin;
    /// use embedded_hal::digital::PinState;
    /// use futures_util::StreamExt;
    /// use tickwire_drivers::switch::{Switch, Debounce, Wiring};
    /// use tickwire_sim::{Sim, Wire};
    /// use tickwire_traits::Instant;
    ///
    /// let sim = Sim::new();
    /// let wire = Wire::new(sim.clock(), PinState::High);
    /// wire.toggle_at(&[100, 300, 500].map(Instant::from_millis));
    /// let mut switch =
    ///     Switch::new(wire.input(), sim.clock(), Wiring::default(), Debounce::default());
    /// let three = sim.run(pin!(switch.changes()).take(3).collect::<Vec<_>>());
    /// assert!(three.iter().all(Result::is_ok));
    /// ```
    ///
    /// # Cancel safety
    ///
    /// That of [`change`](Self::change): dropping the stream loses nothing.
    pub fn changes(&mut self) -> impl Stream<Item = Result<Change, P::Error>> {
        unfold(self, async |switch| Some((switch.change().await, switch)))
    }

    pub(crate) const fn clock(&self) -> &T {
        &self.clock
    }

    pub(crate) const fn rest(&self) -> Contact {
        self.debouncer.rest()
    }
}

#[cfg(test)]
mod tests;
