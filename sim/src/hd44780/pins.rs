//! Ways to the controller's pins: wires, and the I²C backpack.

use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal::digital::PinState;
use tickwire_traits::{Clock, Instant};

use super::panel::Panel;
use super::{Pins, ViolationKind};
use crate::Wire;
use crate::i2c::{Ack, Device};

/// Lets a controller take what is on the wires when E falls.
pub(super) fn attach<T: Clock + Clone + 'static>(
    panel: &Rc<RefCell<Panel>>,
    controller: usize,
    [rs, e]: [&Wire<T>; 2],
    rw: Option<&Wire<T>>,
    data: &[&Wire<T>],
) {
    let panel = panel.clone();
    let (rs, rw) = (rs.clone(), rw.cloned());
    let data: Vec<Wire<T>> = data.iter().copied().cloned().collect();
    let is_high = |wire: &Wire<T>| wire.level() == PinState::High;
    // Lines that are not connected are pulled up.
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
/// D0 to D3 are not connected, and pulled up.
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
            // The other lines are held for a moment: what counts is how they were.
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
