//! The atomics and locks of what other threads touch.
//!
//! The models in `tests/loom` compile the same files with Loom's in their place.

pub(crate) use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(target_os = "linux")]
pub(crate) use std::sync::atomic::{AtomicU8, AtomicU64};
pub(crate) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
