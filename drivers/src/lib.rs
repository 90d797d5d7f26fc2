//! Async drivers for real hardware, generic over pins, buses and clocks.
//!
//! Each module is one device: a pure state machine that takes events and times
//! and gives results and deadlines, and a thin shell that waits. No module knows
//! an executor, a board or an allocator.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod button;
#[cfg(feature = "gps")]
pub mod gps;
pub mod hd44780;
pub mod htu21d;
pub mod switch;

mod span;
