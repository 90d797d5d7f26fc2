//! What the programs for a Raspberry Pi Pico have in common.
#![no_std]
#![forbid(unsafe_code)]

mod i2c;
mod observer;
mod panic;
mod report;

#[cfg(feature = "report")]
#[doc(hidden)]
pub use cortex_m_semihosting;
pub use i2c::Settled;
pub use observer::Observer;
#[cfg(feature = "report")]
pub use report::{gesture_name, report_fix};
