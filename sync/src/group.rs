//! Futures that come and go in one task, each woken for itself.

#[allow(unsafe_code)] // PINNED
mod pinned;
#[allow(unsafe_code)] // HELD
pub(crate) mod slot;
#[allow(unsafe_code)] // FOREVER
mod slot_waker;
mod task_group;
pub(crate) mod wake_slots;

pub use task_group::{TaskGroup, TaskId};
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub use wake_slots::HeapSlots;
#[cfg(feature = "std")]
pub use wake_slots::is_child_of;
pub use wake_slots::{StaticSlots, WakeHome, WakeSlots};
