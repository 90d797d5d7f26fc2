//! The receiver of remote controls: tables of edges, garbage, recordings, and the driver on wires
//! in virtual time.

mod garbage;
mod line;
mod oracle;
mod random;
mod recorded;
mod shell;
mod vectors;
