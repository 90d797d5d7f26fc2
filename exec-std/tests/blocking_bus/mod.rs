//! A blocking I²C bus in memory, with faults.
// Each test uses a part of it.
#![allow(dead_code)]

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, Operation};
use tickwire_exec_std::i2c::Bus;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Error(ErrorKind),
    /// Each bit that is read is inverted.
    Garbled,
    Panic,
}

/// The test's end of a bus. Every address answers: a read returns the last byte written, and
/// the following numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bench(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    next: Option<Fault>,
    is_held: bool,
    takes: Duration,
    is_unplugged: bool,
    last: u8,
    /// The address and the number of messages of each transaction.
    seen: Vec<(u8, usize)>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Returns the bus, with a thread of its own.
    pub(crate) fn bus(&self) -> Bus {
        Bus::from_blocking(Blocking(self.clone())).expect("there is a thread")
    }

    /// Lets the next transaction go wrong.
    pub(crate) fn next(&self, fault: Fault) {
        self.state().next = Some(fault);
    }

    /// Has each transaction hang until it is released.
    pub(crate) fn hold(&self) {
        self.state().is_held = true;
    }

    pub(crate) fn release(&self) {
        self.state().is_held = false;
        self.0.1.notify_all();
    }

    /// Sets how long a transaction takes.
    pub(crate) fn take(&self, time: Duration) {
        self.state().takes = time;
    }

    /// Takes the bus away for good.
    pub(crate) fn unplug(&self) {
        self.state().is_unplugged = true;
    }

    pub(crate) fn addresses(&self) -> Vec<u8> {
        self.state().seen.iter().map(|(address, _)| *address).collect()
    }

    pub(crate) fn messages(&self) -> Vec<usize> {
        self.state().seen.iter().map(|(_, messages)| *messages).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Blocking(Bench);

impl ErrorType for Blocking {
    type Error = ErrorKind;
}

impl I2c for Blocking {
    fn transaction(&mut self, at: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        thread::sleep(self.0.state().takes);
        let mut state = self.0.state();
        while state.is_held {
            state = self.0.0.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_unplugged {
            return Err(ErrorKind::Other);
        }
        let fault = state.next.take();
        if let Some(Fault::Error(kind)) = fault {
            return Err(kind);
        }
        if fault == Some(Fault::Panic) {
            panic!("as the test wants it");
        }
        state.seen.push((at, operations.len()));
        for operation in operations {
            match operation {
                Operation::Write(bytes) => state.last = bytes.last().copied().unwrap_or(state.last),
                Operation::Read(bytes) => {
                    for (byte, number) in bytes.iter_mut().zip(state.last..) {
                        *byte = if fault == Some(Fault::Garbled) { !number } else { number };
                    }
                }
            }
        }
        Ok(())
    }
}
