//! Lights on pins and PWM channels of `sim`: what they show, when they are late or dropped,
//! and when their pins fail.
#![forbid(unsafe_code)]

mod behavior;
mod drops;
mod faults;
mod late;
mod rig;
