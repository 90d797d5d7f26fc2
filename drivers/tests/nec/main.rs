//! The receiver of remote controls: tables of edges, garbage, recordings, and the driver on wires
//! in virtual time. The transmitter, received by it.

mod garbage;
mod line;
mod modulator;
mod oracle;
mod properties;
mod random;
mod recorded;
mod remote;
mod shell;
mod transmitter;
mod vectors;
