//! Tables against naive models, and the shells on a serial line.

extern crate std;

mod any_byte;
mod any_write;
mod cutting;
mod frames;
mod half_duplex;
mod half_duplex_any;
mod half_duplex_faults;
mod half_duplex_line;
mod half_duplex_port;
mod line;
mod model;
mod paces;
mod quiet;
mod script;
mod shared_writer;
mod shared_writer_any;
