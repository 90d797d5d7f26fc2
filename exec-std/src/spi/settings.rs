//! Settings of a device.

use embedded_hal::spi::{MODE_0, Mode};

/// Settings of the bus during the transactions of a device.
///
/// ```
/// use tickwire_exec_std::spi::{MODE_3, Settings};
///
/// let sensor = Settings { mode: MODE_3, ..Settings::new(5_000_000) };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The clock's polarity and phase.
    pub mode: Mode,
    /// The clock's frequency, in hertz. A controller takes the next lower one that it has.
    pub speed_hz: u32,
    /// The number of bits per word, at most 8. Each word takes one byte of a buffer; a
    /// shorter word is in its lower bits.
    pub bits: u8,
}

impl Settings {
    /// Returns settings for mode 0 and words of 8 bits.
    pub const fn new(speed_hz: u32) -> Self {
        Self { mode: MODE_0, speed_hz, bits: 8 }
    }
}
