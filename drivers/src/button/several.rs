//! Several buttons that share a source of contacts.

use futures_util::Stream;
use futures_util::stream::unfold;
use tickwire_traits::Instant;

use crate::contact::{Change, ContactSource};

use super::{Gesture, Recognizer, Timing};

/// Buttons of one [source](ContactSource) of several contacts, such as a keypad.
///
/// ```
/// # mod keys { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/mod.rs")); }
/// # use keys::Keys;
/// use tickwire_drivers::button::{Buttons, Event};
/// use tickwire_sim::Sim;
///
/// let sim = Sim::new();
/// // Three keys, with the times at which they toggle, in milliseconds.
/// let keys = Keys::new(sim.clock(), &[(100, 'a'), (150, 'b'), (200, 'a'), (1_200, 'b')]);
/// let mut buttons = Buttons::<_, 2>::of(keys);
/// let expected = [
///     ('a', Event::Press),
///     ('b', Event::Press),
///     ('a', Event::Release),
///     ('b', Event::Long),
///     ('b', Event::Release),
/// ];
/// for (key, event) in expected {
///     let gesture = sim.run(buttons.gesture()).unwrap();
///     assert_eq!((gesture.key, gesture.event), (key, event));
/// }
/// ```
///
/// # Capacity
///
/// The number of keys is not limited. `N` is the number that may be in use at the same
/// time: held, or released so recently that another click would count. A press of a further
/// key is ignored until its next press, and counted in [`missed_presses`](Self::missed_presses).
#[derive(Debug)]
pub struct Buttons<S: ContactSource, const N: usize> {
    source: S,
    slots: [Slot<S::Key>; N],
    /// A change that waits for earlier gestures to be reported.
    change: Option<Change<S::Key>>,
    missed: u16,
}

#[derive(Debug)]
struct Slot<K> {
    /// The key that this recognizer serves, or served last.
    key: Option<K>,
    recognizer: Recognizer,
}

impl<K> Slot<K> {
    const NEW: Self = Self { key: None, recognizer: Recognizer::new(Timing::DEFAULT) };
}

impl<S: ContactSource, const N: usize> Buttons<S, N> {
    /// Creates buttons with `source` as their contacts.
    pub const fn of(source: S) -> Self {
        const { assert!(N > 0, "one button at least may be in use") };
        Self { source, slots: [const { Slot::NEW }; N], change: None, missed: 0 }
    }

    /// Sets the times and the reporting of gestures.
    pub fn with_timing(mut self, timing: Timing) -> Self {
        for slot in &mut self.slots {
            slot.recognizer = Recognizer::new(timing);
        }
        self
    }

    /// Returns how many presses were ignored because `N` buttons were in use, up to
    /// 65 535.
    pub const fn missed_presses(&self) -> u16 {
        self.missed
    }

    /// Returns the source of the contacts.
    pub fn release(self) -> S {
        self.source
    }
}

impl<S: ContactSource<Key: PartialEq>, const N: usize> Buttons<S, N> {
    /// Returns whether the button is down, according to the gestures reported so far.
    pub fn is_pressed(&self, key: S::Key) -> bool {
        let is_pressed =
            |slot: &Slot<S::Key>| slot.key == Some(key) && slot.recognizer.is_pressed();
        self.slots.iter().any(is_pressed)
    }

    /// Waits for the next gesture of any button.
    ///
    /// # Errors
    ///
    /// Errors of the source. The buttons may be used again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a gesture is recorded in the poll that returns it. Later ones are
    /// computed from the times of the presses.
    pub async fn gesture(&mut self) -> Result<Gesture<S::Key>, S::Error> {
        loop {
            if let Some(gesture) = self.settle() {
                return Ok(gesture);
            }
            let due = self.slots.iter().filter_map(|slot| slot.recognizer.deadline()).min();
            // The contacts first: a late task then sees the changes in order.
            let change = self.source.change_until(due.unwrap_or(Instant::MAX)).await?;
            // No await below: the change is recorded in the poll that returns it.
            self.change = change;
            if change.is_none()
                && let Some(gesture) = self.elapse(self.source.now())
            {
                return Ok(gesture);
            }
        }
    }

    /// Returns a stream of the gestures. The stream never ends.
    ///
    /// # Cancel safety
    ///
    /// As for [`gesture`](Self::gesture): dropping the stream loses nothing.
    pub fn gestures(&mut self) -> impl Stream<Item = Result<Gesture<S::Key>, S::Error>> {
        unfold(self, async |buttons| Some((buttons.gesture().await, buttons)))
    }

    /// Returns the next gesture that the last change results in, or one that was due before
    /// the change.
    fn settle(&mut self) -> Option<Gesture<S::Key>> {
        let Change { key, contact, at } = self.change?;
        if let Some(gesture) = self.elapse(at) {
            return Some(gesture);
        }
        self.change = None;
        let is_pressed = contact != self.source.rest();
        let slot = self.slot_of(key, at, is_pressed)?;
        slot.recognizer.contact(is_pressed, at).map(|gesture| gesture.of(key))
    }

    /// Returns the first gesture that is due.
    fn elapse(&mut self, now: Instant) -> Option<Gesture<S::Key>> {
        loop {
            let dues = self.slots.iter_mut().filter_map(|slot| {
                let due = slot.recognizer.deadline().filter(|due| *due <= now)?;
                Some((due, slot))
            });
            let (_, slot) = dues.min_by_key(|(due, _)| *due)?;
            if let (Some(gesture), Some(key)) = (slot.recognizer.elapse(now), slot.key) {
                return Some(gesture.of(key));
            }
        }
    }

    /// Returns the slot that recognizes `key`, or an idle one.
    fn slot_of(&mut self, key: S::Key, at: Instant, is_pressed: bool) -> Option<&mut Slot<S::Key>> {
        let known = self.slots.iter().position(|slot| slot.key == Some(key));
        let place = known.or_else(|| {
            let idle = self.slots.iter_mut().position(|slot| {
                // Due gestures have been reported; this ends windows without a gesture.
                slot.recognizer.elapse(at);
                slot.recognizer.is_idle()
            });
            // An idle slot ignores the release of a missed press.
            self.missed = self.missed.saturating_add((is_pressed && idle.is_none()).into());
            idle
        })?;
        let slot = self.slots.get_mut(place)?;
        slot.key = Some(key);
        Some(slot)
    }
}
