//! Several buttons on one analog input: a resistor ladder.
//!
//! Each key connects the input to ground by another resistance, and one resistor leads to the
//! supply. The level tells the key:
//!
//! ```text
//!  supply ──[10 kΩ]── input ──┬──[1 kΩ]──┬──[2.2 kΩ]──┬──[4.7 kΩ]──┐
//!                           key 0      key 1        key 2        key 3
//!                             │          │            │            │
//!                           ground     ground       ground       ground
//! ```
//!
//! Only one key at a time is recognized. In this circuit, the lowest key that is held hides those
//! above it, which are reported as released. Where each key has a resistor of its own to ground,
//! two keys together make a level of neither, which is [counted](Ladder::between).

mod decoder;
mod settings;

use tickwire_traits::{AnalogInput, Instant, Timer, TimerQueue};

use crate::contact::{Change, ContactSource};

pub use crate::analog_watch::Error;
pub use decoder::Decoder;
pub use settings::{InvalidSettings, Settings, Share};

/// The keys of a resistor ladder: a [`ContactSource`] for [`Buttons`](crate::button::Buttons).
///
/// A key is its index in [`Settings::new`].
///
/// ```
/// use tickwire_drivers::button::{Buttons, Event};
/// use tickwire_drivers::ladder::{Ladder, Settings, Share};
/// use tickwire_sim::{Sim, analog::Source};
/// use tickwire_traits::Instant;
///
/// // Ohms from the input to ground, with 10 kΩ to the supply.
/// const KEYS: Settings<4> = Settings::new([
///     Share::divider(0, 10_000),
///     Share::divider(1_000, 10_000),
///     Share::divider(3_200, 10_000),
///     Share::divider(7_900, 10_000),
/// ]);
///
/// let sim = Sim::new();
/// let input = Source::new(sim.clock(), 4_095);
/// input.set(4_095);
/// input.set_at(Instant::from_millis(100), 993); // Key 2: 3.2 of 13.2 kΩ.
/// input.set_at(Instant::from_millis(200), 4_095);
///
/// let ladder = Ladder::new(input, sim.clock(), KEYS).unwrap();
/// let mut buttons = Buttons::<_, 1>::of(ladder);
/// for event in [Event::Press, Event::Release] {
///     let gesture = sim.run(buttons.gesture()).unwrap();
///     assert_eq!((gesture.key, gesture.event), (2, event));
/// }
/// ```
///
/// # Readings
///
/// The input is read every 20 ms while no key is down, and every 5 ms otherwise, or at other
/// [periods](Settings::with_periods), only while a future is awaited. In between, the driver waits
/// for its clock. A change is reported at the third reading in a row that shows it
/// ([`with_readings`](Settings::with_readings)), and its time is that of this reading. A shorter
/// touch than these readings is not reported.
///
/// The time limit of [`change_until`](ContactSource::change_until) does not end a conversion that
/// has begun.
#[derive(Debug)]
pub struct Ladder<A, T, const N: usize> {
    input: A,
    clock: T,
    decoder: Decoder<N>,
}

impl<A: AnalogInput, T: TimerQueue, const N: usize> Ladder<A, T, N> {
    /// Creates a ladder with no key down. Reads nothing yet.
    ///
    /// # Errors
    ///
    /// [`InvalidSettings`] if the settings contradict one another, or levels cannot be
    /// distinguished by this input.
    pub fn new(input: A, clock: T, settings: Settings<N>) -> Result<Self, InvalidSettings> {
        let decoder = Decoder::new(settings, input.full_scale())?;
        Ok(Self { input, clock, decoder })
    }

    /// Returns the input and the clock.
    pub fn release(self) -> (A, T) {
        (self.input, self.clock)
    }

    /// Returns the key that is down, as reported.
    pub const fn key(&self) -> Option<u8> {
        self.decoder.key()
    }

    /// Returns the number of readings between the levels, up to 65 535. A few are normal while a
    /// key goes down or up; many are a sign of wrong resistances, or of two keys at once.
    pub const fn between(&self) -> u16 {
        self.decoder.between()
    }

    /// Returns the number of readings above the full scale of the input, up to 65 535.
    pub const fn beyond_full_scale(&self) -> u16 {
        self.decoder.beyond()
    }
}

impl<A: AnalogInput, T: TimerQueue, const N: usize> ContactSource for Ladder<A, T, N> {
    type Key = u8;
    type Error = Error<A::Error>;

    fn now(&self) -> Instant {
        self.clock.now()
    }

    async fn change_until(
        &mut self,
        until: Instant,
    ) -> Result<Option<Change<u8>>, Error<A::Error>> {
        loop {
            let due = self.decoder.deadline();
            if until < due {
                self.clock.sleep_until(until).await;
                return Ok(None);
            }
            self.clock.sleep_until(due).await;
            let reading = match self.decoder.is_owing() {
                true => None,
                false => Some(self.input.read().await),
            };
            // No await below: a reading that was taken is recorded.
            let now = self.clock.now();
            let change = match reading {
                None => self.decoder.owed(),
                Some(Ok(reading)) => self.decoder.reading(reading, now)?,
                Some(Err(error)) => {
                    self.decoder.skip(now);
                    return Err(Error::Input(error));
                }
            };
            // Without a change, the next reading is due after a limit that is past.
            if change.is_some() {
                return Ok(change);
            }
        }
    }
}

#[cfg(test)]
mod tests;
