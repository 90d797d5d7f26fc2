//! Virtual time, scripted wires and models of devices: Tickwire's third
//! backend, for tests and for laptops with no hardware at all.
//!
//! - [`Sim`] runs futures and jumps over all idle time: an hour takes
//!   milliseconds. When nothing can ever wake, it says when that was and what
//!   each task was waiting for.
//! - [`impatiently`] drops an operation at every pending poll and starts it
//!   again; [`drop_after`] drops it at one of them. What still gives the right
//!   result is cancel-safe.
//! - [`Pace`] and [`at_every_pace`] let a simulation be late: by a clock that wakes seldom, or next to
//!   a task that holds the thread.
//! - [`Wire`] is a net with pins on it: play a timing diagram, let it bounce,
//!   record what a driver writes.
//! - [`i2c`] and [`spi`] are buses with devices on them, faults to order, and waveforms that
//!   decode.
//! - [`models`] of devices behave as their datasheets say, faults included, and are
//!   generic over the clock: the same models run in real time.
//! - [`Trace`] writes what happened on the wires as a VCD file, for GTKWave and
//!   PulseView.
#![forbid(unsafe_code)]

mod bounce;
mod clock;
mod executor;
mod impatience;
mod pace;
mod trace;
mod wire;

pub mod i2c;
pub mod models;
pub mod spi;
pub mod uart;

pub use bounce::Bounce;
pub use clock::SimClock;
pub use executor::{Sim, SimSpawner, SimTask, Stall, StallKind, StalledTask};
pub use impatience::{drop_after, impatiently};
pub use pace::{Pace, at_every_pace};
pub use tickwire_traits::waits_for;
pub use trace::{Probe, Trace, VcdStream};
pub use wire::{Input, InputPair, InvalidDiagram, Output, PinFault, Wire};
