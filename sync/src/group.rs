//! Groups of futures that run in one task, each with its own waker.

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
