//! The record of a transfer.

use std::fmt;

use tickwire_traits::Instant;

use super::Ack;

/// All bytes and conditions of one transfer.
///
/// `Display` writes them like sigrok and other decoders: hexadecimal bytes, address bytes
/// with the direction bit, `n` after a byte that was not acknowledged, `/` before a
/// repeated start.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal_async::i2c::I2c;
/// use tickwire_sim::{Sim, i2c::Bus, models::htu21d::Htu21d};
///
/// let sim = Sim::new();
/// let mut bus = Bus::new(sim.clock());
/// bus.attach(Htu21d::ADDRESS, Rc::new(RefCell::new(Htu21d::new())));
/// let seen = Rc::new(RefCell::new(Vec::new()));
/// let log = seen.clone();
/// bus.on_transfer(move |traffic| log.borrow_mut().push(traffic.to_string()));
///
/// sim.run(bus.write_read(Htu21d::ADDRESS, &[0xe7], &mut [0])).unwrap();
/// assert_eq!(*seen.borrow(), ["80 e7 / 81 02n"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// The time of the start.
    pub at: Instant,
    /// The symbols, in order.
    pub symbols: Vec<Symbol>,
}

/// A part of [`Traffic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// A start condition, or a repeated one.
    Start,
    /// A byte of an address or of data, with its acknowledgment.
    Byte(u8, Ack),
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut space = "";
        for (index, symbol) in self.symbols.iter().enumerate() {
            match symbol {
                Symbol::Start if index == 0 => continue,
                Symbol::Start => write!(f, "{space}/")?,
                Symbol::Byte(byte, Ack::Ack) => write!(f, "{space}{byte:02x}")?,
                Symbol::Byte(byte, Ack::Nack) => write!(f, "{space}{byte:02x}n")?,
            }
            space = " ";
        }
        Ok(())
    }
}
