//! Resistor ladders on a source of `sim`: gestures of their keys, when they are late or
//! dropped, and when their input fails.
#![forbid(unsafe_code)]

mod behavior;
mod drops;
mod faults;
mod rig;
