//! What an async executor must provide to hardware drivers, and adapters to
//! the traits that the embedded world already has.
//!
//! | trait | answers | implemented by |
//! | --- | --- | --- |
//! | [`Clock`], [`TimerQueue`] | what time is it; wake me then | each backend |
//! | [`Readiness`] | when is another try worth it | interrupts, file descriptors, [`PollEvery`], [`PollEachPass`] |
//! | [`Edges`] | which line changed when, and how many edges were missed | pulses per second, counters |
//! | [`EdgeInput`] | the same of one pin, and its level | GPIO lines, [`PolledEdges`] |
//! | [`TwoLines`] | the same of two lines in one order | an encoder's pins |
//! | [`AnalogInput`] | which voltage | converters |
//! | [`Spawn`] | run this beside me | each backend |
//!
//! Everything else is built on these: [`Timer`] sleeps, times out and ticks on
//! any [`TimerQueue`]; [`Delay`] is any [`TimerQueue`] as embedded-hal-async's
//! `DelayNs`; [`nb_ready`] and [`NbSerial`] make async what is written for
//! `nb`; [`yield_now`] gives other tasks their turn, and [`race`] takes the first of two
//! futures. Drivers are generic over what they need; only applications see
//! [`Spawn`].
//!
//! [`waits_for`] says what a future waits for, in the reports of executors that ask.
//!
//! No trait here has a `Send` bound, and no type a marker that forbids it: a
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
#![no_std]
#![forbid(unsafe_code)]

pub mod analog;
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
