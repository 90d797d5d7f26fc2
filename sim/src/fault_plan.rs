//! Which operations have a fault: the bytes of a bus, the conversions of a converter.

use std::collections::BTreeMap;

/// The faults `F` of operations, by their numbers from 0.
#[derive(Debug)]
pub(crate) struct FaultPlan<F> {
    planned: BTreeMap<u64, F>,
    always: Option<F>,
    /// The number of operations so far.
    done: u64,
}

impl<F> Default for FaultPlan<F> {
    fn default() -> Self {
        Self { planned: BTreeMap::new(), always: None, done: 0 }
    }
}

impl<F: Copy> FaultPlan<F> {
    /// Injects `fault` into one operation, after `intact` more intact ones.
    pub(crate) fn inject(&mut self, intact: u64, fault: F) {
        self.planned.insert(self.done.saturating_add(intact), fault);
    }

    /// Injects `fault` into every operation until the next call.
    pub(crate) fn set(&mut self, fault: Option<F>) {
        self.always = fault;
    }

    /// Returns the number of operations so far.
    pub(crate) fn done(&self) -> u64 {
        self.done
    }

    /// Counts an operation and returns its fault.
    pub(crate) fn next_fault(&mut self) -> Option<F> {
        let number = self.done;
        self.done += 1;
        self.planned.remove(&number).or(self.always)
    }
}
