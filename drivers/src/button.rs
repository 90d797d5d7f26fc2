//! Pushbuttons: presses, clicks, double clicks, long presses.

mod recogniser;

use futures_util::Stream;
use futures_util::stream::unfold;
use tickwire_traits::{EdgeInput, Instant, TimerQueue};

use crate::switch::{Contact, Debounce, Switch, Wiring};

pub use recogniser::{Event, Gesture, Recogniser, Reporting, Timing};

/// A pushbutton on one pin: a [`Switch`] whose changes are read as gestures.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::button::{Button, Event, Timing};
/// use tickwire_drivers::switch::{Debounce, Wiring};
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::Duration;
///
/// let sim = Sim::new();
/// let wire = Wire::new(sim.clock(), PinState::High); // Pressed is low.
/// wire.play("--__--__-----", Duration::from_millis(60)).unwrap();
///
/// let (wiring, debounce) = (Wiring::default(), Debounce::default());
/// let mut button = Button::new(wire.input(), sim.clock(), wiring, debounce, Timing::default());
/// let expected = [Event::Press, Event::Release, Event::Press, Event::Double, Event::Release];
/// for event in expected {
///     assert_eq!(sim.run(button.gesture()).unwrap().event, event);
/// }
/// ```
#[derive(Debug)]
pub struct Button<P, T> {
    switch: Switch<P, T>,
    recogniser: Recogniser,
}

impl<P: EdgeInput, T: TimerQueue> Button<P, T> {
    /// Creates a button that is up. If it is not, it is pressed at the first
    /// look.
    ///
    /// It counts as pressed while its contact differs from [`Wiring::rest`].
    /// `debounce` is about the contact, `timing` about the finger.
    ///
    /// Edges before the first call are not seen, unless the pin was
    /// [armed](tickwire_traits::Edges::arm) before.
    pub const fn new(pin: P, clock: T, wiring: Wiring, debounce: Debounce, timing: Timing) -> Self {
        let switch = Switch::new(pin, clock, wiring, debounce);
        Self { switch, recogniser: Recogniser::new(timing) }
    }

    /// Returns whether the button is down: the debounced state.
    pub fn is_pressed(&self) -> bool {
        self.pressed(self.switch.contact())
    }

    /// Returns how many edges the pin has missed, up to 65 535.
    pub const fn missed_edges(&self) -> u16 {
        self.switch.missed_edges()
    }

    /// Waits for the next gesture.
    ///
    /// # Errors
    ///
    /// Whatever the pin reports. The button may be used again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a gesture is noted in the poll that returns it, and what is
    /// due by then is computed from the times of the presses.
    pub async fn gesture(&mut self) -> Result<Gesture, P::Error> {
        loop {
            if let Some(gesture) = self.recogniser.owed() {
                return Ok(gesture);
            }
            let due = self.recogniser.deadline().unwrap_or(Instant::MAX);
            // The contact first: a late task finds out in order what happened.
            let change = self.switch.change_until(due).await?;
            // No await below: the gesture is noted in the poll that returns it.
            let gesture = match change {
                Some(change) => self.recogniser.contact(self.pressed(change.contact), change.at),
                None => self.recogniser.elapse(self.switch.clock().now()),
            };
            if let Some(gesture) = gesture {
                return Ok(gesture);
            }
        }
    }

    /// Returns the gestures as a stream, which never ends.
    ///
    /// ```
    /// use core::pin::pin;
    /// use embedded_hal::digital::PinState;
    /// use futures_util::StreamExt;
    /// use tickwire_drivers::button::{Button, Event, Timing};
    /// use tickwire_drivers::switch::{Debounce, Wiring};
    /// use tickwire_sim::{Sim, Wire};
    /// use tickwire_traits::Instant;
    ///
    /// let sim = Sim::new();
    /// let wire = Wire::new(sim.clock(), PinState::High);
    /// wire.toggle_at(&[Instant::from_millis(100)]); // And held.
    /// let (wiring, debounce) = (Wiring::default(), Debounce::default());
    /// let mut button = Button::new(wire.input(), sim.clock(), wiring, debounce, Timing::default());
    /// let mut events = pin!(button.gestures().map(|gesture| gesture.unwrap().event));
    /// assert_eq!(sim.run(events.next()), Some(Event::Press));
    /// assert_eq!(sim.run(events.next()), Some(Event::Long));
    /// ```
    ///
    /// # Cancel safety
    ///
    /// That of [`gesture`](Self::gesture): dropping the stream loses nothing.
    pub fn gestures(&mut self) -> impl Stream<Item = Result<Gesture, P::Error>> {
        unfold(self, async |button| Some((button.gesture().await, button)))
    }

    fn pressed(&self, contact: Contact) -> bool {
        contact != self.switch.rest()
    }
}

#[cfg(test)]
mod tests;
