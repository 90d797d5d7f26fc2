//! SPI devices of Linux boards, and any blocking one, for tasks.
//!
//! A [`Device`] is embedded-hal-async's `SpiDevice`: the kernel selects the chip, and shares
//! the bus with other devices, even with those of other programs.
//!
//! ```no_run
//! use embedded_hal_async::spi::SpiDevice;
//! use tickwire_exec_std::run;
//! use tickwire_exec_std::spi::{Device, Error, Settings};
//!
//! // Not run: it needs a board with an MCP3008.
//! let mut converter = Device::open("/dev/spidev0.0", Settings::new(1_000_000))?;
//! let mut sample = [0x01, 0x80, 0x00];
//! run(async |_| converter.transfer_in_place(&mut sample).await)?;
//! # Ok::<_, Error>(())
//! ```
//!
//! # A thread per device
//!
//! As on an [I²C bus](crate::i2c#a-thread-per-bus), a thread performs the transactions. Each
//! device has its own, because the kernel decides which device is next.

mod adapter;
mod device;
mod error;
mod settings;
mod transaction;

#[doc(no_inline)]
pub use embedded_hal::spi::{MODE_0, MODE_1, MODE_2, MODE_3, Mode};

pub use device::Device;
pub use error::Error;
pub use settings::Settings;
