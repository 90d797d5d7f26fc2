//! Faults to order.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use embedded_hal_async::i2c::{Error, ErrorKind};

/// What can go wrong with one byte on the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody acknowledges it. A byte that is read is acknowledged by the
    /// controller, so there this is a bus error.
    Nack,
    /// These bits of it arrive turned over. (An address is left alone.)
    Garble(u8),
    /// A line is held low, and the controller notices: a bus error.
    Stuck,
    /// A line is held low, and the controller waits for it for ever.
    Hang,
    /// Another controller wins.
    ArbitrationLoss,
}

/// Injects faults into a [`Bus`](super::Bus), and counts. Clones are the same.
///
/// Bytes are counted from 0, address bytes included.
///
/// ```
/// use embedded_hal_async::i2c::{Error, ErrorKind, I2c};
/// use tickwire_sim::{Sim, i2c::{Bus, Fault}};
///
/// let sim = Sim::new();
/// let mut bus = Bus::new(sim.clock());
/// let faults = bus.faults();
/// faults.inject(0, Fault::ArbitrationLoss);
/// let error = sim.run(bus.write(0x40, &[0xfe])).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::ArbitrationLoss);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Faults(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    /// By the number of the byte that they befall.
    planned: BTreeMap<u64, Fault>,
    always: Option<Fault>,
    bytes: u64,
    transfers: u64,
    refused: u64,
}

impl Faults {
    /// Lets `fault` befall one byte, after `bytes` more that it leaves alone.
    pub fn inject(&self, bytes: u64, fault: Fault) {
        let mut state = self.0.borrow_mut();
        let byte = state.bytes + bytes;
        state.planned.insert(byte, fault);
    }

    /// Lets `fault` befall every byte until further notice: `Some(Fault::Nack)`
    /// is a bus from which all devices are unplugged, `None` repairs it.
    pub fn set(&self, fault: Option<Fault>) {
        self.0.borrow_mut().always = fault;
    }

    /// Returns how many bytes have begun, address bytes included.
    pub fn bytes(&self) -> u64 {
        self.0.borrow().bytes
    }

    /// Returns how many transfers have begun.
    pub fn transfers(&self) -> u64 {
        self.0.borrow().transfers
    }

    /// Returns how many bytes a device, or the lack of one, has refused.
    pub fn refused(&self) -> u64 {
        self.0.borrow().refused
    }

    pub(super) fn next_byte(&self) -> Option<Fault> {
        let mut state = self.0.borrow_mut();
        let byte = state.bytes;
        state.bytes += 1;
        state.planned.remove(&byte).or(state.always)
    }

    pub(super) fn count_transfer(&self) {
        self.0.borrow_mut().transfers += 1;
    }

    pub(super) fn count_refusal(&self) {
        self.0.borrow_mut().refused += 1;
    }
}

/// The error of a [`Bus`](super::Bus). `ErrorKind::Other` is that of an address which
/// has more than 7 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct I2cFault(pub ErrorKind);

impl Error for I2cFault {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

impl fmt::Display for I2cFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ErrorKind::Other => f.write_str("the I2C address has more than 7 bits"),
            kind => kind.fmt(f),
        }
    }
}

impl std::error::Error for I2cFault {}
