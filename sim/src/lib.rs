//! Virtual time, scripted wires and models of devices: Tickwire's third backend, for tests
//! and for computers without hardware.
//!
//! - [`Sim`] runs futures and skips idle time: an hour takes milliseconds. If no task can
//!   ever wake, it reports the time and what each task waits for.
//! - [`impatiently`] drops an operation at every pending poll and starts it again;
//!   [`drop_after`] drops it at one of them. An operation that still returns the right
//!   result is cancel-safe.
//! - [`Pace`] and [`at_every_pace`] make a simulation late, by a clock that wakes rarely or
//!   a task that occupies the thread.
//! - [`Wire`] is a net with pins: play a timing diagram, let it bounce, record a driver's
//!   output. [`Pwm`] is a channel with a duty cycle.
//! - [`analog`] is a voltage that a converter measures: a wave by points, with noise and faults.
//! - [`i2c`] and [`spi`] are buses with devices, fault injection, and waveforms that can be
//!   decoded.
//! - [`models`] of devices follow their datasheets, including faults, and are generic over
//!   the clock, so they run in real time too.
//! - [`Trace`] writes the history of wires, conversions and duty cycles as a VCD file, for
//!   GTKWave and PulseView.
#![forbid(unsafe_code)]

mod bounce;
mod clock;
mod executor;
mod fault_plan;
mod impatience;
mod pace;
mod pwm;
mod trace;
mod wire;

pub mod analog;
pub mod i2c;
pub mod models;
pub mod spi;
pub mod uart;

pub use bounce::Bounce;
pub use clock::SimClock;
pub use executor::{Sim, SimSpawner, SimTask, Stall, StallKind, StalledTask};
pub use impatience::{drop_after, impatiently};
pub use pace::{Pace, at_every_pace};
pub use pwm::Pwm;
pub use tickwire_traits::waits_for;
pub use trace::{Probe, Trace, VcdStream};
pub use wire::{Input, InputPair, InvalidDiagram, Output, PinFault, Wire};
