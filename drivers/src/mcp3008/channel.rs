//! One input of a converter.

use embedded_hal_async::spi::SpiDevice;
use tickwire_traits::AnalogInput;

use super::{Error, Input, Mcp3x08};

/// One input of a converter, as an [`AnalogInput`]. Made by [`Mcp3x08::into_channel`].
#[derive(Debug)]
pub struct Channel<SPI, const BITS: u32> {
    pub(super) adc: Mcp3x08<SPI, BITS>,
    pub(super) input: Input,
}

impl<SPI, const BITS: u32> Channel<SPI, BITS> {
    /// Returns the input.
    pub const fn input(&self) -> Input {
        self.input
    }

    /// Returns the converter.
    pub fn release(self) -> Mcp3x08<SPI, BITS> {
        self.adc
    }
}

/// # Errors
///
/// Any [`Error`]. The channel may be read again.
///
/// # Cancel safety
///
/// Cancel-safe: as [`Mcp3x08::read`].
impl<SPI: SpiDevice, const BITS: u32> AnalogInput for Channel<SPI, BITS> {
    type Error = Error<SPI::Error>;

    fn full_scale(&self) -> u32 {
        Mcp3x08::<SPI, BITS>::FULL_SCALE.into()
    }

    async fn read(&mut self) -> Result<u32, Self::Error> {
        self.adc.read(self.input).await.map(u32::from)
    }
}
