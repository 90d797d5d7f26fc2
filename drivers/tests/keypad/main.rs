//! Keypads on the model of `sim`: what they report, when they are late or dropped, and when
//! their pins fail. The pure machine beside contacts that bounce, at random.
#![forbid(unsafe_code)]

mod behavior;
mod drops;
mod faults;
mod ghosts;
mod late;
mod physics;
mod random;
mod rig;
mod steps;
