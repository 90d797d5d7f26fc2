//! The whole station in virtual time, with models of all its devices.

mod controls;
mod faults;
mod gestures;
mod hand;
mod heard;
mod late;
mod line;
mod pages;
mod pulses;
mod rig;
mod settings;
