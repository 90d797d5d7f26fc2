//! Ways for tasks to meet: primitives that sleep when nothing can move.
#![no_std]
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod broadcast;
mod event;
mod flag;
#[allow(unsafe_code)] // PERMIT
mod mutex;
mod permits;
#[allow(unsafe_code)] // EXCLUSION
mod raw;
mod semaphore;
mod turn;
#[allow(unsafe_code)] // LINKED
mod wait_queue;

pub use event::Event;
pub use flag::Flag;
pub use mutex::{Mutex, MutexGuard};
pub use raw::{CriticalSectionRawMutex, NoopRawMutex, RawMutex};
pub use semaphore::{
    Bounded, BoundedSemaphore, Kind, OverRelease, Semaphore, SemaphorePermit, Unbounded,
};
