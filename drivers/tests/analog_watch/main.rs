//! Watches over analog sources of `sim`: what they report, when they read, when they are late or
//! dropped, and when their input fails.
#![forbid(unsafe_code)]

mod behavior;
mod drops;
mod faults;
mod late;
mod random;
mod rig;
