//! What the operations of an executor take, told line by line.

use tickwire_backends::{Meter, Operation};

use crate::meter::Mark;
use crate::{report, stopwatch};

/// Counts instructions by the [`meter`](crate::meter), and prints the lines that
/// `cargo xtask compare` reads: what was counted, the operation, how often it was done, and the
/// count, separated by tabs.
#[derive(Debug)]
pub struct Counter(Mark);

impl Counter {
    /// It counts from the first [`begin`](Meter::begin).
    #[must_use]
    pub fn new() -> Self {
        Self(Mark::now())
    }
}

impl Default for Counter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter for Counter {
    fn begin(&mut self) {
        self.0 = Mark::now();
    }

    fn end(&mut self, operation: Operation, times: u32) {
        let count = self.0.elapsed();
        report::say(format_args!("instructions\t{operation}\t{times}\t{count}\n"));
    }

    fn now_us(&mut self) -> Option<u64> {
        Some(stopwatch::now().as_micros())
    }

    fn overshot(&mut self, times: u32, micros: u64) {
        let sleep = Operation::Sleep;
        report::say(format_args!("overshoot\t{sleep}\t{times}\t{micros}\n"));
    }
}
