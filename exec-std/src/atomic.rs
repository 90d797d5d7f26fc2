//! Atomics and locks of the types that threads share.
//!
//! The models in `tests/loom` compile the same files with those of Loom instead.

pub(crate) use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(target_os = "linux")]
pub(crate) use std::sync::atomic::{AtomicU8, AtomicU64};
pub(crate) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
