//! Faults to inject, and misuses that are counted.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use embedded_hal_async::spi::{Error, ErrorKind};

use crate::fault_plan::FaultPlan;

/// A fault of one byte on the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// These bits of the byte are inverted, in both directions.
    Garble(u8),
    /// The controller reports an error instead of sending the byte.
    Error(ErrorKind),
    /// The controller never ends the byte.
    Hang,
}

/// A handle that injects faults into a [`Bus`](super::Bus), and counts. Clones share state.
///
/// Bytes are counted from 0.
///
/// ```
/// use embedded_hal_async::spi::{Error, ErrorKind, SpiBus};
/// use tickwire_sim::{Sim, spi::{Bus, Fault}};
///
/// let sim = Sim::new();
/// let mut bus = Bus::new(sim.clock());
/// let faults = bus.faults();
/// faults.inject(2, Fault::Error(ErrorKind::Overrun));
/// let error = sim.run(bus.write(&[1, 2, 3, 4])).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Overrun);
/// assert_eq!(faults.bytes(), 3); // The fourth did not begin.
/// ```
#[derive(Clone, Debug, Default)]
pub struct Faults(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    plan: FaultPlan<Fault>,
    counts: Counts,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) conflicts: u64,
    pub(super) unselected: u64,
    pub(super) torn: u64,
    pub(super) misread: u64,
}

impl Faults {
    /// Injects `fault` into one byte, after `bytes` more intact ones.
    pub fn inject(&self, bytes: u64, fault: Fault) {
        self.0.borrow_mut().plan.inject(bytes, fault);
    }

    /// Injects `fault` into every byte until the next call; `None` repairs the bus.
    pub fn set(&self, fault: Option<Fault>) {
        self.0.borrow_mut().plan.set(fault);
    }

    /// Returns how many bytes the controller has accepted, including failed ones.
    pub fn bytes(&self) -> u64 {
        self.0.borrow().plan.done()
    }

    /// Returns how often a chip select fell while another was low.
    pub fn conflicts(&self) -> u64 {
        self.0.borrow().counts.conflicts
    }

    /// Returns how many bytes were sent while no device was selected.
    pub fn unselected(&self) -> u64 {
        self.0.borrow().counts.unselected
    }

    /// Returns how often a chip select changed before a byte was over.
    pub fn torn(&self) -> u64 {
        self.0.borrow().counts.torn
    }

    /// Returns how many bytes were exchanged with a device in a mode that the device does
    /// not understand.
    pub fn misread(&self) -> u64 {
        self.0.borrow().counts.misread
    }

    pub(super) fn next_byte(&self) -> Option<Fault> {
        self.0.borrow_mut().plan.next_fault()
    }

    pub(super) fn count(&self, which: impl FnOnce(&mut Counts) -> &mut u64) {
        *which(&mut self.0.borrow_mut().counts) += 1;
    }
}

/// The error of a [`Bus`](super::Bus).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpiFault(pub ErrorKind);

impl Error for SpiFault {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

impl fmt::Display for SpiFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for SpiFault {}
