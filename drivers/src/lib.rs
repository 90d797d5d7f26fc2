//! Async drivers for real hardware, generic over pins, buses and clocks.
//!
//! | module | device | takes |
//! | --- | --- | --- |
//! | [`switch`] | a debounced contact | an [`EdgeInput`](tickwire_traits::EdgeInput), a clock |
//! | [`button`] | a pushbutton: clicks, double clicks, long presses | the same |
//! | `gps` | a GPS receiver that speaks NMEA 0183 | an `embedded_io_async::Read`, a clock |
//! | [`htu21d`] | a hygrometer and thermometer | an embedded-hal-async `I2c`, a `DelayNs` |
//! | [`hd44780`] | a character display | `OutputPin`s or an `I2c`, a `DelayNs` |
//!
//! [`civil`] has the types of dates and times that drivers share.
//!
//! What is decided is decided in code that is given the time; a thin shell waits.
//! No module knows an executor, a board or an allocator.
//!
//! A pin that has only embedded-hal-async's `Wait` becomes an `EdgeInput` by
//! [`PolledEdges`](tickwire_traits::PolledEdges); any clock of ours becomes a
//! `DelayNs` by [`Delay`](tickwire_traits::Delay).
//!
//! # Two drivers on one bus
//!
//! Each driver owns its bus. To share one, give each a handle of its own that locks
//! the bus for a transfer: `embassy_embedded_hal::shared_bus::asynch::i2c::I2cDevice`
//! is such a handle, and any other that implements `I2c` will do.
//!
//! # Features
//!
//! `gps`, on by default, builds the module of that name. `nmea` adds the crate `nmea` as a
//! second decoder of its sentences, which costs some 50 KB of flash where it is used.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod button;
pub mod civil;
#[cfg(feature = "gps")]
pub mod gps;
pub mod hd44780;
pub mod htu21d;
pub mod switch;

mod span;
mod within;
