//! The record of an exchange with a device.

use std::fmt;

use tickwire_traits::Instant;

/// All bytes exchanged with one device, from its selection to its deselection.
///
/// `Display` writes them in hexadecimal, each byte of the controller before that of the
/// device, and `!` after a last byte that was not over.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal::digital::PinState;
/// use embedded_hal_async::spi::SpiBus;
/// use tickwire_sim::{Sim, Wire, spi::{Bus, Device}};
/// use tickwire_traits::Instant;
///
/// struct Echo(u8);
/// impl Device for Echo {
///     fn exchange(&mut self, _: Instant, byte: u8) -> u8 {
///         std::mem::replace(&mut self.0, byte)
///     }
/// }
///
/// let sim = Sim::new();
/// let cs = Wire::new(sim.clock(), PinState::High);
/// let mut bus = Bus::new(sim.clock());
/// bus.attach(&cs, Rc::new(RefCell::new(Echo(0))));
/// let seen = Rc::new(RefCell::new(Vec::new()));
/// let log = seen.clone();
/// bus.on_transaction(move |traffic| log.borrow_mut().push(traffic.to_string()));
///
/// cs.set(PinState::Low);
/// sim.run(bus.write(&[0x9f, 0x01])).unwrap();
/// cs.set(PinState::High);
/// assert_eq!(*seen.borrow(), ["9f:00 01:9f"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// The device, counted from 0 in the order of [`attach`](super::Bus::attach).
    pub chip: usize,
    /// The time of the selection.
    pub at: Instant,
    /// The bytes that have begun, in order.
    pub bytes: Vec<Exchange>,
    /// Whether the last byte was over when the device was deselected.
    pub whole: bool,
}

/// A byte in each direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The byte of the controller.
    pub mosi: u8,
    /// The byte on the line to the controller.
    pub miso: u8,
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut space = "";
        for Exchange { mosi, miso } in &self.bytes {
            write!(f, "{space}{mosi:02x}:{miso:02x}")?;
            space = " ";
        }
        if self.whole { Ok(()) } else { f.write_str("!") }
    }
}
