//! Waiting on systems other than Linux: the loop parks its thread, and the thread of
//! async-io watches descriptors.

mod alarms;
#[cfg(unix)]
mod fd;

use std::convert::Infallible;
use std::sync::LazyLock;
use std::thread::{self, Thread};
use std::time;

use tickwire_traits::Instant;

use crate::clock;

pub(crate) use alarms::alarm;
#[cfg(unix)]
pub use fd::Fd;

/// Returns the time since the first call, in nanoseconds.
pub(crate) fn nanos() -> u64 {
    static START: LazyLock<time::Instant> = LazyLock::new(time::Instant::now);
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// The thread of a run loop, which waits parked.
#[derive(Debug)]
pub(crate) struct Reactor(Thread);

impl Reactor {
    /// Creates the reactor of this thread.
    pub(crate) fn new() -> Result<Self, Infallible> {
        Ok(Self(thread::current()))
    }

    /// Ends the wait, from any thread.
    pub(crate) fn notify(&self) {
        self.0.unpark();
    }

    /// Waits until [`notify`](Self::notify), or until `at`.
    pub(crate) fn wait(&self, at: Option<Instant>) {
        match at {
            Some(at) => thread::park_timeout(clock::until(at)),
            None => thread::park(),
        }
    }

    /// Does nothing: the thread of async-io wakes tasks by itself.
    pub(crate) fn look(&self) {}

    /// Does nothing: the thread of async-io outlives the run.
    pub(crate) fn close(&self) {}
}
