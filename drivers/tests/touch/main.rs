//! Touch pads on a source of `sim`: what they report, when they are late or dropped, and when
//! their input fails.
#![forbid(unsafe_code)]

mod behavior;
mod drops;
mod faults;
mod rig;
