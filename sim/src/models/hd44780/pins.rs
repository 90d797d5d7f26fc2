//! Connections to the controller's pins: wires, and the I²C backpack.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use embedded_hal::digital::PinState;
use tickwire_traits::{Clock, Instant};

use super::panel::Panel;
use super::{Pins, ViolationKind};
use crate::Wire;
use crate::i2c::{Ack, Device};

/// Makes a controller latch the levels of the wires when E falls. A line that changes
/// right after that, at the same instant, is a violation.
pub(super) fn attach<T: Clock + Clone + 'static>(
    panel: &Rc<RefCell<Panel>>,
    controller: usize,
    [rs, e]: [&Wire<T>; 2],
    rw: Option<&Wire<T>>,
    data: &[&Wire<T>],
) {
    // The time and levels of E's last fall.
    let latched = Rc::new(Cell::new(None));
    for line in data.iter().copied().chain([rs]).chain(rw) {
        let (panel, latched) = (panel.clone(), latched.clone());
        line.on_edge(move |edge| {
            let Some((fell, pins)) = latched.get().filter(|(fell, _)| *fell == edge.at) else {
                return;
            };
            latched.set(None); // One violation per pulse, however many lines move.
            if let Some(controller) = panel.borrow_mut().controllers_mut().get_mut(controller) {
                controller.note(fell, pins, ViolationKind::NotHeld);
            }
        });
    }
    let panel = panel.clone();
    let (rs, rw) = (rs.clone(), rw.cloned());
    let data: Vec<Wire<T>> = data.iter().copied().cloned().collect();
    let is_high = |wire: &Wire<T>| wire.level() == PinState::High;
    // Open lines are pulled up.
    let open = (1_u8 << 8_usize.saturating_sub(data.len()).min(7)) - 1;
    e.on_edge(move |edge| {
        if edge.level == PinState::High {
            return;
        }
        let lines = data.iter().rev().fold(0, |lines, wire| lines << 1 | u8::from(is_high(wire)));
        let data = match open {
            0 => lines,
            open => lines << open.count_ones() | open,
        };
        let pins = Pins { rs: is_high(&rs), rw: rw.as_ref().is_some_and(is_high), data };
        if let Some(controller) = panel.borrow_mut().controllers_mut().get_mut(controller) {
            controller.latch(edge.at, pins);
        }
        latched.set(Some((edge.at, pins)));
    });
}

/// A PCF8574 (NXP, rev. 5) whose port is wired to the display.
#[derive(Debug)]
pub(super) struct Backpack {
    panel: Rc<RefCell<Panel>>,
    port: u8,
}

const RS: u8 = 0x01;
const RW: u8 = 0x02;
const E: u8 = 0x04;
const BACKLIGHT: u8 = 0x08;
/// D0 to D3 are open, and pulled up.
const OPEN: u8 = 0x0f;

impl Backpack {
    /// All lines are high at power-on (section 8.1), E included.
    pub(super) fn new(panel: Rc<RefCell<Panel>>) -> Self {
        Self { panel, port: 0xff }
    }
}

impl Device for Backpack {
    fn start(&mut self, _: Instant, _: bool) -> Ack {
        Ack::Ack
    }

    fn write(&mut self, now: Instant, byte: u8) -> Ack {
        let before = std::mem::replace(&mut self.port, byte);
        let mut panel = self.panel.borrow_mut();
        panel.backlight = byte & BACKLIGHT != 0;
        let pins =
            |port: u8| Pins { rs: port & RS != 0, rw: port & RW != 0, data: port & 0xf0 | OPEN };
        let Some(controller) = panel.controllers_mut().first_mut() else { return Ack::Nack };
        if before & !byte & E != 0 {
            // The other lines are held for a moment, so their previous levels count.
            controller.latch(now, pins(before));
        }
        if byte & !before & E != 0 && (before ^ byte) & (RS | RW) != 0 {
            controller.note(now, pins(byte), ViolationKind::Unsettled);
        }
        Ack::Ack
    }

    fn read(&mut self, _: Instant) -> u8 {
        self.port
    }
}

#[cfg(test)]
mod tests {
    use tickwire_traits::Timer;

    use super::*;
    use crate::models::hd44780::Display;
    use crate::{Sim, SimClock};

    /// Returns the violations of a pulse of E at 100 ms, while `act` moves RS, R/W, E, D6 and
    /// D7.
    #[track_caller]
    fn check(act: impl FnOnce([&Wire<SimClock>; 5]), expected: &[ViolationKind]) {
        let sim = Sim::new();
        let display = Display::new(sim.clock(), 16, 2);
        let wires = [(); 7].map(|()| Wire::new(sim.clock(), PinState::Low));
        let [rs, rw, e, data @ ..] = wires.each_ref();
        display.wire(0, rs, Some(rw), e, &data);
        e.toggle_at(&[Instant::from_millis(99)]);
        sim.run(sim.clock().sleep_until(Instant::from_millis(100)));
        act([rs, rw, e, data[2], data[3]]);
        sim.run(sim.clock().sleep_until(Instant::from_millis(101)));
        for wire in &wires {
            wire.level(); // Performs the planned edges.
        }
        let kinds: Vec<_> = display.log().iter().map(|violation| violation.kind).collect();
        assert_eq!(kinds, expected);
    }

    #[test]
    fn a_line_must_be_held_until_e_has_fallen() {
        use PinState::{High, Low};
        for line in [0, 1, 3, 4] {
            let after = |wires: [&Wire<SimClock>; 5]| {
                wires[2].set(Low);
                wires[line].set(High);
            };
            check(after, &[ViolationKind::NotHeld]);
            let before = |wires: [&Wire<SimClock>; 5]| {
                wires[line].set(High);
                wires[2].set(Low);
            };
            check(before, &[]);
            let held = |wires: [&Wire<SimClock>; 5]| {
                wires[2].set(Low);
                wires[line].toggle_at(&[Instant::from_micros(100_001)]);
            };
            check(held, &[]);
        }
        let all = |[rs, _, e, d6, d7]: [&Wire<SimClock>; 5]| {
            e.set(Low);
            [rs, d6, d7].into_iter().for_each(|wire| wire.set(High));
        };
        check(all, &[ViolationKind::NotHeld]);
    }
}
