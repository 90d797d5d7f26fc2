//! Pushbuttons: presses, clicks, double clicks, long presses.

mod recognizer;
mod several;

use futures_util::Stream;
use futures_util::stream::unfold;
use tickwire_traits::{EdgeInput, Instant, TimerQueue};

use crate::contact::ContactSource;
use crate::switch::{Debounce, Switch, Wiring};

pub use recognizer::{Event, Gesture, Recognizer, Reporting, Timing};
pub use several::Buttons;

/// A pushbutton: a contact whose changes are read as gestures.
///
/// The contact is a [`Switch`] on a pin, or any other [source](ContactSource) of one.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::button::{Button, Event};
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::Duration;
///
/// let sim = Sim::new();
/// let wire = Wire::new(sim.clock(), PinState::High); // Pressed is low.
/// wire.play("--__--__-----", Duration::from_millis(60)).unwrap();
///
/// let mut button = Button::new(wire.input(), sim.clock());
/// let expected = [Event::Press, Event::Release, Event::Press, Event::Double, Event::Release];
/// for event in expected {
///     assert_eq!(sim.run(button.gesture()).unwrap().event, event);
/// }
/// ```
///
/// Methods change the defaults:
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::button::{Button, Reporting, Timing};
/// use tickwire_drivers::switch::{Debounce, Wiring};
/// # use tickwire_sim::{Sim, Wire};
/// # use tickwire_traits::Duration;
/// # let sim = Sim::new();
/// # let wire = Wire::new(sim.clock(), PinState::Low);
/// # let (pin, clock) = (wire.input(), sim.clock());
///
/// let button = Button::new(pin, clock)
///     .with_wiring(Wiring::normally_open(PinState::High))
///     .with_debounce(Debounce::confirmed(Duration::from_millis(5)))
///     .with_timing(Timing { reporting: Reporting::Exclusive, ..Timing::default() });
/// ```
#[derive(Debug)]
pub struct Button<S> {
    source: S,
    recognizer: Recognizer,
}

impl<P: EdgeInput, T: TimerQueue> Button<Switch<P, T>> {
    /// Creates a button to ground with a pull-up. A button that is down at the first call
    /// reports a press.
    ///
    /// Edges before the first call are not seen, unless the pin was
    /// [armed](tickwire_traits::Edges::arm) before.
    pub const fn new(pin: P, clock: T) -> Self {
        Self::of(Switch::new(pin, clock))
    }

    /// Sets how the contact is wired to its pin. The button is pressed while its contact
    /// differs from [`Wiring::rest`].
    pub fn with_wiring(self, wiring: Wiring) -> Self {
        Self { source: self.source.with_wiring(wiring), recognizer: self.recognizer }
    }

    /// Sets how long the contact bounces, and when a change is reported.
    pub fn with_debounce(self, debounce: Debounce) -> Self {
        Self { source: self.source.with_debounce(debounce), recognizer: self.recognizer }
    }

    /// Returns how many edges the pin has missed, up to 65 535.
    pub const fn missed_edges(&self) -> u16 {
        self.source.missed_edges()
    }
}

impl<S> Button<S> {
    /// Creates a button with `source` as its contact. For a source of several contacts, such as a
    /// keypad or a ladder, use [`Buttons`].
    pub const fn of(source: S) -> Self {
        Self { source, recognizer: Recognizer::new(Timing::DEFAULT) }
    }

    /// Sets the times and the reporting of gestures.
    pub const fn with_timing(mut self, timing: Timing) -> Self {
        self.recognizer = Recognizer::new(timing);
        self
    }

    /// Returns whether the button is down, according to the gestures reported so far.
    pub const fn is_pressed(&self) -> bool {
        self.recognizer.is_pressed()
    }

    /// Returns the source of the contact.
    pub fn release(self) -> S {
        self.source
    }
}

impl<S: ContactSource<Key = ()>> Button<S> {
    /// Waits for the next gesture.
    ///
    /// # Errors
    ///
    /// Errors of the source. The button may be used again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a gesture is recorded in the poll that returns it. Later ones are
    /// computed from the times of the presses.
    pub async fn gesture(&mut self) -> Result<Gesture, S::Error> {
        loop {
            if let Some(gesture) = self.recognizer.owed() {
                return Ok(gesture);
            }
            let due = self.recognizer.deadline().unwrap_or(Instant::MAX);
            // The contact first: a late task then sees the changes in order.
            let change = self.source.change_until(due).await?;
            // No await below: the gesture is recorded in the poll that returns it.
            let gesture = match change {
                Some(change) => {
                    let is_pressed = change.contact != self.source.rest();
                    self.recognizer.contact(is_pressed, change.at)
                }
                None => self.recognizer.elapse(self.source.now()),
            };
            if let Some(gesture) = gesture {
                return Ok(gesture);
            }
        }
    }

    /// Returns a stream of the gestures. The stream never ends.
    ///
    /// ```
    /// use core::pin::pin;
    /// use embedded_hal::digital::PinState;
    /// use futures_util::StreamExt;
    /// use tickwire_drivers::button::{Button, Event};
    /// use tickwire_sim::{Sim, Wire};
    /// use tickwire_traits::Instant;
    ///
    /// let sim = Sim::new();
    /// let wire = Wire::new(sim.clock(), PinState::High);
    /// wire.toggle_at(&[Instant::from_millis(100)]); // Held from here on.
    /// let mut button = Button::new(wire.input(), sim.clock());
    /// let mut events = pin!(button.gestures().map(|gesture| gesture.unwrap().event));
    /// assert_eq!(sim.run(events.next()), Some(Event::Press));
    /// assert_eq!(sim.run(events.next()), Some(Event::Long));
    /// ```
    ///
    /// # Cancel safety
    ///
    /// As for [`gesture`](Self::gesture): dropping the stream loses nothing.
    pub fn gestures(&mut self) -> impl Stream<Item = Result<Gesture, S::Error>> {
        unfold(self, async |button| Some((button.gesture().await, button)))
    }
}

#[cfg(test)]
mod tests;
