//! The whole station in virtual time, with models of all its devices.

mod controls;
mod faults;
mod gestures;
mod hand;
mod late;
mod pages;
mod pulses;
mod rig;
