//! The HTU21D driver against the model of the sensor, in virtual time.

mod behavior;
mod chips;
mod drops;
mod faults;
mod late;
mod original;
mod recorded;
mod rig;
mod sampler;
