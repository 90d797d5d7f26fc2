//! Children's wakers that outlive their child, their group and their thread.
//!
//! Written for Miri and ThreadSanitizer, under which it is short.

mod between_threads;
#[path = "../common/mod.rs"]
mod common;
#[path = "../support/hooks.rs"]
#[allow(unsafe_code, dead_code)] // NUMBERED, ALONE; the lock in it is not for slots.
mod hooks;
mod outlive;
