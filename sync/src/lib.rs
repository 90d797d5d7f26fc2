//! Ways for tasks to meet: primitives that sleep when nothing can move.
#![no_std]
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

#[allow(unsafe_code)] // EXCLUSION
mod raw;

pub use raw::{CriticalSectionRawMutex, NoopRawMutex, RawMutex};
