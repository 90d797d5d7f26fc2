//! The services that hardware drivers need from an async executor, and adapters to
//! existing embedded traits.
//!
//! | trait | purpose | implemented by |
//! | --- | --- | --- |
//! | [`Clock`], [`TimerQueue`] | reads the time; wakes a task at a deadline | each backend |
//! | [`Readiness`] | reports when to try again | interrupts, file descriptors, [`PollEvery`], [`PollEachPass`] |
//! | [`Edges`] | reports which line changed when, and how many edges were missed | pulses per second, counters |
//! | [`EdgeInput`] | the same for one pin, with its level | GPIO lines, [`PolledEdges`] |
//! | [`TwoLines`] | the same for two lines in one order | an encoder's pins |
//! | [`AnalogInput`] | measures a voltage | converters |
//! | [`SetBaud`] | changes the speed of a serial port | serial ports, [`baud::from_fn`] |
//! | [`Spawn`] | starts a task | each backend |
//!
//! Everything else is built on these. [`Timer`] sleeps, times out and ticks on any
//! [`TimerQueue`]; [`Delay`] adapts any [`TimerQueue`] to embedded-hal-async's `DelayNs`;
//! [`nb_ready`] and [`NbSerial`] make `nb` code async; [`yield_now`] lets other tasks
//! run, and [`race`] returns the first of two futures. Drivers are generic over the
//! traits they need; only applications use [`Spawn`].
//!
//! [A guide] has devices that wait by a deadline, by edges, by an interrupt and by polling.
//!
//! [`waits_for`] reports the reason for a wait to an executor that asks.
//!
//! No trait here has a `Send` bound, and no type has a marker that forbids `Send`: a
//! driver is `Send` exactly when its pins and its clock are.
//!
//! # Features
//!
//! - `std` brings `hear_waits`, for executors that report what futures wait for.
//! - `defmt` implements `defmt::Format` for values, and turns on that of embedded-hal and
//!   embedded-io.
//! - `fugit` and `embassy-time` bring conversions between our durations and those of these crates.
//!
//! By default there is none.
//!
//! [A guide]: https://github.com/tickwire/tickwire/blob/main/examples/own-devices/README.md
#![no_std]
#![forbid(unsafe_code)]

pub mod analog;
pub mod baud;
mod clock;
mod delay;
mod edges;
mod nb_adapter;
mod poll_each_pass;
mod poll_every;
mod polled_edges;
mod race;
mod readiness;
mod spawn;
mod time;
mod timer;
mod waits_for;
mod waker_id;
mod yield_now;

pub use analog::AnalogInput;
pub use baud::SetBaud;
pub use clock::{Clock, TimerQueue};
pub use delay::Delay;
pub use edges::{Edge, EdgeInput, Edges, Side, TimeSource, TwoLines};
pub use nb_adapter::{NbError, NbSerial, nb_ready};
pub use poll_each_pass::PollEachPass;
pub use poll_every::PollEvery;
pub use polled_edges::PolledEdges;
pub use race::{Either, race};
pub use readiness::{Interest, Readiness, ReadinessExt};
pub use spawn::{Exit, JoinHandle, Spawn, SpawnError};
pub use time::{Duration, Instant};
pub use timer::{Elapsed, SleepUntil, Tick, Ticker, Timeout, Timer};
#[cfg(feature = "std")]
pub use waits_for::hear_waits;
pub use waits_for::waits_for;
pub use waker_id::WakerId;
pub use yield_now::yield_now;
