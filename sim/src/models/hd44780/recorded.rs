//! Recorded levels of a display's lines.

use embedded_hal::digital::PinState;
use tickwire_traits::Clock;

use super::{Display, Pins};
use crate::Wire;

/// Lines of a [`Display`] that are set to the levels of a recording: RS, R/W, E, and D4 to D7.
///
/// A recording has one row of levels per moment, so lines change together that changed in an
/// order. Here a line that changes together with E changes while E is low: it is held until E has
/// fallen, and has settled before E rises. That it changes at the instant at which E falls is a
/// [violation](super::ViolationKind::NotHeld), which the write survives.
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_sim::{Sim, models::hd44780::{Display, Pins, Recorded}};
/// use tickwire_traits::{Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let display = Display::new(clock.clone(), 16, 2);
/// let pins = |data| Pins { rs: false, rw: false, data };
/// let lines = Recorded::new(&display, pins(0), Low);
/// sim.run(async {
///     // The function set for four lines, and the halves of "display on".
///     for data in [0x20, 0x00, 0xc0] {
///         clock.sleep(Duration::from_millis(50)).await;
///         lines.set(pins(data), High);
///         lines.set(pins(0xf0), Low);
///     }
/// });
/// assert!(display.is_on());
/// ```
#[derive(Debug)]
pub struct Recorded<T> {
    rs: Wire<T>,
    rw: Wire<T>,
    e: Wire<T>,
    data: [Wire<T>; 4],
}

impl<T: Clock + Clone + 'static> Recorded<T> {
    /// Connects lines to the first controller of a display, at the first levels of a recording.
    /// Without R/W in the recording, the level of R/W is low. Of the data, D4 to D7 count.
    pub fn new(display: &Display<T>, first: Pins, e: PinState) -> Self {
        let wire = |name: &str, level: PinState| Wire::named(name, display.clock.clone(), level);
        let [d4, d5, d6, d7] = data(first);
        let lines = Self {
            rs: wire("RS", first.rs.into()),
            rw: wire("RW", first.rw.into()),
            e: wire("E", e),
            data: [wire("D4", d4), wire("D5", d5), wire("D6", d6), wire("D7", d7)],
        };
        display.wire(0, &lines.rs, Some(&lines.rw), &lines.e, &lines.data.each_ref());
        lines
    }

    /// Sets the levels of the next moment.
    pub fn set(&self, pins: Pins, e: PinState) {
        if e == PinState::Low {
            self.e.set(e);
        }
        self.rs.set(pins.rs.into());
        self.rw.set(pins.rw.into());
        for (wire, level) in self.data.iter().zip(data(pins)) {
            wire.set(level);
        }
        self.e.set(e);
    }
}

/// Returns the levels of D4 to D7.
fn data(pins: Pins) -> [PinState; 4] {
    [4, 5, 6, 7].map(|bit| (pins.data >> bit & 1 == 1).into())
}
