//! A bus that several devices share: in turn, whatever fails, and whoever is dropped.

mod i2c;
mod logged;
mod spi;
mod three;
