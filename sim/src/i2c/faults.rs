//! Faults to inject.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use embedded_hal_async::i2c::{Error, ErrorKind};

use crate::fault_plan::FaultPlan;

/// A fault of one byte on the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The byte is not acknowledged. The controller acknowledges the bytes that it reads, so
    /// there this is a bus error.
    Nack,
    /// These bits of the byte are inverted on arrival. (Has no effect on an address.)
    Garble(u8),
    /// A line is held low, and the controller reports a bus error.
    Stuck,
    /// A line is held low, and the controller waits for it forever.
    Hang,
    /// Another controller wins the arbitration.
    ArbitrationLoss,
}

/// A handle that injects faults into a [`Bus`](super::Bus), and counts. Clones share state.
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
    plan: FaultPlan<Fault>,
    transfers: u64,
    refused: u64,
}

impl Faults {
    /// Injects `fault` into one byte, after `bytes` more intact ones.
    pub fn inject(&self, bytes: u64, fault: Fault) {
        self.0.borrow_mut().plan.inject(bytes, fault);
    }

    /// Injects `fault` into every byte until the next call. `Some(Fault::Nack)` is a bus
    /// without any device, and `None` repairs the bus.
    pub fn set(&self, fault: Option<Fault>) {
        self.0.borrow_mut().plan.set(fault);
    }

    /// Returns how many bytes have begun, address bytes included.
    pub fn bytes(&self) -> u64 {
        self.0.borrow().plan.done()
    }

    /// Returns how many transfers have begun.
    pub fn transfers(&self) -> u64 {
        self.0.borrow().transfers
    }

    /// Returns how many bytes were refused, by a device or for lack of one.
    pub fn refused(&self) -> u64 {
        self.0.borrow().refused
    }

    pub(super) fn next_byte(&self) -> Option<Fault> {
        self.0.borrow_mut().plan.next_fault()
    }

    pub(super) fn count_transfer(&self) {
        self.0.borrow_mut().transfers += 1;
    }

    pub(super) fn count_refusal(&self) {
        self.0.borrow_mut().refused += 1;
    }
}

/// The error of a [`Bus`](super::Bus). `ErrorKind::Other` stands for an address of more
/// than 7 bits.
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
