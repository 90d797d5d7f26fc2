//! Which bytes of a bus have a fault.

use std::collections::BTreeMap;

/// The faults `F` of the bytes of a bus, by the numbers of the bytes from 0.
#[derive(Debug)]
pub(crate) struct FaultPlan<F> {
    planned: BTreeMap<u64, F>,
    always: Option<F>,
    /// The number of bytes so far.
    bytes: u64,
}

impl<F> Default for FaultPlan<F> {
    fn default() -> Self {
        Self { planned: BTreeMap::new(), always: None, bytes: 0 }
    }
}

impl<F: Copy> FaultPlan<F> {
    /// Injects `fault` into one byte, after `bytes` more intact ones.
    pub(crate) fn inject(&mut self, bytes: u64, fault: F) {
        self.planned.insert(self.bytes.saturating_add(bytes), fault);
    }

    /// Injects `fault` into every byte until the next call.
    pub(crate) fn set(&mut self, fault: Option<F>) {
        self.always = fault;
    }

    /// Returns the number of bytes so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Counts a byte and returns its fault.
    pub(crate) fn next_byte(&mut self) -> Option<F> {
        let byte = self.bytes;
        self.bytes += 1;
        self.planned.remove(&byte).or(self.always)
    }
}
