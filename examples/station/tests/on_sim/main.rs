//! The whole station in virtual time, with models of all its devices.

mod faults;
mod gestures;
mod late;
mod pages;
mod rig;
