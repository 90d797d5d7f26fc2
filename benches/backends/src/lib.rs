//! What an executor costs, by operations that every one of them serves.
//!
//! [`Workload`] names the operations. [`Ours`] does them over Tickwire's traits and
//! primitives, the same source on every backend. Other executors implement [`Workload`] as
//! their own users would: with their own tasks, sleeps, locks and queues. [`measure`] does
//! all that a workload has, in an order that is the same for all.
//!
//! A [`Meter`] counts. It is told where an amount of work begins and ends, and each operation
//! is done in two amounts ([`Operation::times`]): the difference in the count, divided by the
//! difference in the amount, is free of start and set-up.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "peer")]
mod embassy;
mod operation;
mod ours;
mod watch;
mod workload;

#[cfg(feature = "peer")]
pub use embassy::{Embassy, EmbassyShared};
pub use operation::{OPERATIONS, Operation};
pub use ours::{Devices, Ours, Shared};
pub use watch::{Watched, keep_wakers, polls, wakes, watched};
pub use workload::{
    CAPACITY, CHUNK, HOUR, Meter, ROUND, SLEEP, TASKS, Workload, begin_then, measure,
};
