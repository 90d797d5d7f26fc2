//! Encoders on wires of `sim`: what they report, when they are late or dropped, and
//! when their lines fail; and the machines at random.
#![forbid(unsafe_code)]

mod behavior;
mod drops;
mod faults;
mod in_order;
mod late;
mod lines;
mod million;
mod random;
mod rig;
