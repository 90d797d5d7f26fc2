//! A bus shared by several devices: in order, whichever call fails and whichever future
//! is dropped.

mod i2c;
mod logged;
mod spi;
mod three;
