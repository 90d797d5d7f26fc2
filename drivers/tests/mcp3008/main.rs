//! The MCP3008 driver against the model of the converter, in virtual time.

mod behavior;
mod drops;
mod faults;
mod late;
mod rig;
