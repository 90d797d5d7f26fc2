//! Tables against naive models, and the shells on a serial line.

extern crate std;

mod cutting;
mod frames;
mod line;
mod model;
mod quiet;
mod script;
