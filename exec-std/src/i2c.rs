//! I²C buses of Linux boards, and any blocking bus, for tasks.
//!
//! A [`Bus`] is embedded-hal-async's `I2c`. Each driver gets a clone of it.
//!
//! ```no_run
//! use embedded_hal_async::i2c::I2c;
//! use tickwire_exec_std::i2c::{Bus, Error};
//! use tickwire_exec_std::run;
//!
//! // Not run: it needs a board with a clock chip.
//! let mut bus = Bus::open("/dev/i2c-1")?;
//! let mut time = [0; 3];
//! run(async |_| bus.write_read(0x68, &[0x00], &mut time).await)?;
//! # Ok::<_, Error>(())
//! ```
//!
//! # A thread per bus
//!
//! The kernel reports no readiness of a bus, and a transaction blocks its caller. So each
//! `Bus` that is opened has one thread, which performs the transactions of all clones. A
//! transaction wakes the thread, and the thread wakes the task: under
//! [`run`](crate::run), that is four system calls beyond the transaction itself. Any
//! [executor in real time](crate#other-executors) may await a bus, and a bus needs no
//! descriptors except those of its devices.
//!
//! The thread is started by `open`, and ends after the last clone has been dropped.

mod adapter;
mod bus;
mod error;
mod transaction;

pub use bus::Bus;
pub use error::Error;
