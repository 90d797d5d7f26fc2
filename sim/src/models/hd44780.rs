//! A character display: the HD44780 controller, its glass, and its
//! connections.
//!
//! [`Display`] is a complete module. Connect it to [`Wire`]s with
//! [`wire_four`](Display::wire_four) or [`wire_eight`](Display::wire_eight), or put its
//! [`backpack`](Display::backpack) on an I²C bus; then read the display as text or dot by
//! dot. [`Recorded`] plays what a logic analyzer saw. [`Controller`] is the chip alone.

mod controller;
mod panel;
mod pins;
mod recorded;
mod rom;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use tickwire_traits::{Clock, Duration};

use crate::{Wire, i2c};
pub use controller::{Controller, Phase, Pins, Violation, ViolationKind};
use panel::Panel;
use pins::Backpack;
pub use recorded::Recorded;

/// A character display module, powered since its creation. Clones share state.
///
/// The geometries are the commercial ones: 8 to 40 columns in 1, 2 or 4 rows. A 16x1 is two
/// halves of 8, the usual wiring; a 40x4 has two controllers.
///
/// ```
/// use embedded_hal::digital::{OutputPin, PinState};
/// use tickwire_sim::{Sim, Wire, models::hd44780::Display};
/// use tickwire_traits::{Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let display = Display::new(clock.clone(), 16, 2);
/// let wire = || Wire::new(clock.clone(), PinState::Low);
/// let (rs, e, data) = (wire(), wire(), [(); 8].map(|()| wire()));
/// display.wire_eight(&rs, &e, data.each_ref());
///
/// sim.run(async {
///     clock.sleep(Duration::from_millis(50)).await;
///     for (is_data, byte) in [(false, 0x38), (false, 0x0c), (true, b'H'), (true, b'i')] {
///         rs.output().set_state(is_data.into()).unwrap();
///         for (bit, wire) in data.iter().enumerate() {
///             wire.output().set_state((byte >> bit & 1 == 1).into()).unwrap();
///         }
///         e.output().set_high().unwrap();
///         e.output().set_low().unwrap();
///         clock.sleep(Duration::from_micros(50)).await;
///     }
/// });
/// assert_eq!(display.row(0), "Hi              ");
/// assert_eq!(display.violations(), 0);
/// // The left upright of the H.
/// assert!((0..7).all(|y| display.pixel(0, y)));
/// ```
pub struct Display<T> {
    panel: Rc<RefCell<Panel>>,
    clock: T,
}

impl<T: Clock> Display<T> {
    /// Creates a module whose supply rises now, at 5 V.
    ///
    /// # Panics
    ///
    /// If modules of that geometry do not exist.
    pub fn new(clock: T, columns: usize, rows: usize) -> Self {
        let panel = Rc::new(RefCell::new(Panel::new(clock.now(), columns, rows)));
        Self { panel, clock }
    }

    /// Makes the row of a 16x1 a single line, instead of two halves.
    pub fn with_whole_row(self) -> Self {
        self.panel.borrow_mut().make_whole();
        self
    }

    /// Sets the frequency of the oscillator, 270 kHz by default. A slow module has 190 kHz,
    /// which makes all execution times longer by 42 %.
    pub fn with_oscillator(self, hertz: u32) -> Self {
        self.each_controller(|controller| controller.set_oscillator(hertz));
        self
    }

    /// Switches the supply off and on. The internal reset takes `reset`, which is 10 ms at
    /// 4.5 V and up to 40 ms at 2.7 V. Violations stay counted.
    pub fn power_on(&self, reset: Duration) {
        let now = self.clock.now();
        self.each_controller(|controller| controller.power_on(now, reset));
    }

    /// Sets the phase in which an earlier program left the controllers.
    pub fn set_phase(&self, phase: Phase) {
        self.each_controller(|controller| controller.set_phase(phase));
    }

    /// Connects RS, E and D4 to D7. R/W is grounded; D0 to D3 are open, and the controller
    /// pulls them up.
    pub fn wire_four(&self, rs: &Wire<T>, e: &Wire<T>, data: [&Wire<T>; 4])
    where
        T: Clone + 'static,
    {
        pins::attach(&self.panel, 0, [rs, e], None, &data);
    }

    /// Connects RS, E and D0 to D7. R/W is grounded.
    pub fn wire_eight(&self, rs: &Wire<T>, e: &Wire<T>, data: [&Wire<T>; 8])
    where
        T: Clone + 'static,
    {
        pins::attach(&self.panel, 0, [rs, e], None, &data);
    }

    /// Connects a controller of the module, with or without R/W, by four or eight data lines.
    /// The second controller of a 40x4 has its own E.
    pub fn wire(
        &self,
        controller: usize,
        rs: &Wire<T>,
        rw: Option<&Wire<T>>,
        e: &Wire<T>,
        data: &[&Wire<T>],
    ) where
        T: Clone + 'static,
    {
        pins::attach(&self.panel, controller, [rs, e], rw, data);
    }

    /// Returns the module's I²C backpack, to be attached to a bus: a PCF8574 with RS on P0,
    /// R/W on P1, E on P2, the backlight on P3 and D4 to D7 on P4 to P7. The usual address is
    /// 0x27.
    pub fn backpack(&self) -> Rc<RefCell<dyn i2c::Device>> {
        Rc::new(RefCell::new(Backpack::new(self.panel.clone())))
    }

    /// Returns the numbers of columns and rows.
    pub fn geometry(&self) -> (usize, usize) {
        self.panel.borrow().geometry()
    }

    /// Returns a row as text, even if the display is off. Custom characters are `⓪` to `⑦`; a
    /// code without a character is `�`.
    pub fn row(&self, row: usize) -> String {
        self.panel.borrow().row(row)
    }

    /// Returns all rows as text.
    pub fn rows(&self) -> Vec<String> {
        (0..self.geometry().1).map(|row| self.row(row)).collect()
    }

    /// Returns the dots of a character as they are now, including cursor and blinking: eight
    /// rows from the top, the left column in bit 4. All are 0 while the display is off.
    pub fn cell(&self, row: usize, column: usize) -> [u8; 8] {
        self.panel.borrow().cell(self.clock.now(), row, column)
    }

    /// Returns whether a dot is dark now. The characters are 5 x 8 dots without gaps, so `x`
    /// goes to 5 times the columns and `y` to 8 times the rows. The viewer adds the gaps, which
    /// on the glass are about one dot between characters. A dot outside is never dark.
    pub fn pixel(&self, x: usize, y: usize) -> bool {
        self.cell(y / 8, x / 5)[y % 8] >> (4 - x % 5) & 1 == 1
    }

    /// Returns whether the display is on.
    pub fn is_on(&self) -> bool {
        self.panel.borrow().controllers().iter().all(Controller::is_on)
    }

    /// Returns row and column of the underline, if there is one.
    pub fn cursor(&self) -> Option<(usize, usize)> {
        self.panel.borrow().find(Controller::cursor)
    }

    /// Returns row and column of the blinking character, if there is one.
    pub fn blink(&self) -> Option<(usize, usize)> {
        self.panel.borrow().find(Controller::blink)
    }

    /// Returns whether the backlight is on. It is, unless a backpack switches it
    /// off.
    pub fn backlight(&self) -> bool {
        self.panel.borrow().backlight
    }

    /// Returns the number of violations: writes that came too early, and were ignored if the
    /// controller was busy, and levels that were not held for long enough.
    pub fn violations(&self) -> u64 {
        self.panel.borrow().controllers().iter().map(Controller::violations).sum()
    }

    /// Returns the first few violations.
    pub fn log(&self) -> Vec<Violation> {
        let panel = self.panel.borrow();
        panel.controllers().iter().flat_map(Controller::log).copied().collect()
    }

    /// Returns how often E fell with R/W high.
    pub fn reads(&self) -> u64 {
        self.panel.borrow().controllers().iter().map(Controller::reads).sum()
    }

    fn each_controller(&self, change: impl FnMut(&mut Controller)) {
        self.panel.borrow_mut().controllers_mut().iter_mut().for_each(change);
    }
}

impl<T: Clone> Clone for Display<T> {
    fn clone(&self) -> Self {
        Self { panel: self.panel.clone(), clock: self.clock.clone() }
    }
}

impl<T: Clock> fmt::Debug for Display<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rows()).finish()
    }
}
