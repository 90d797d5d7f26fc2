//! A backend as another project would write it: clock and tasks on RTIC 2, on one priority.
//!
//! A library cannot declare RTIC's tasks: they are names in `#[rtic::app]`. The application writes
//! one that awaits [`serve`], and one for each slot of a [`Pool`], which awaits [`Pool::run_slot`].
//!
//! A pool is not `Sync`, so RTIC lends it only to tasks of one priority (`local_task`). That is
//! why its futures need not be `Send`. Their wakers may be woken at any priority.
#![no_std]
#![deny(unsafe_code)]

mod clock;
#[allow(unsafe_code)] // STORED
mod tasks;

pub use clock::{Mono, RticClock, SLEEPERS, serve};
pub use tasks::{Pool, RticTask};
