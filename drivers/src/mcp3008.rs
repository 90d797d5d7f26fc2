//! The MCP3008, an SPI analog-to-digital converter of eight channels and 10 bits.
//!
//! Follows its datasheet (Microchip, DS21295D). Its relatives differ in the number of channels
//! and bits: MCP3004, MCP3204, MCP3208 (DS21298).

mod channel;
mod error;
mod frame;
mod input;

use embedded_hal_async::spi::SpiDevice;

pub use channel::Channel;
pub use error::Error;
pub use input::Input;

/// An MCP3008 or MCP3004, of 10 bits.
pub type Mcp3008<SPI> = Mcp3x08<SPI, 10>;

/// An MCP3208 or MCP3204, of 12 bits.
pub type Mcp3208<SPI> = Mcp3x08<SPI, 12>;

/// A converter on an SPI bus, of 10 or 12 bits: [`Mcp3008`] and [`Mcp3208`].
///
/// A conversion is one transaction, of three bytes. The chip samples during the second byte, and
/// has to be deselected before the next conversion (DS21295D, "Chip Select/Shutdown"). So
/// a transaction cannot read several channels.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::mcp3008::{Input, Mcp3008};
/// use tickwire_sim::{Sim, Wire, models, spi::Bus};
/// use tickwire_sync::local;
/// use tickwire_traits::{AnalogInput, Delay};
///
/// let sim = Sim::new();
/// let chip = Rc::new(RefCell::new(models::mcp3008::Mcp3008::new())); // With 3.3 V.
/// chip.borrow_mut().set_voltage(0, 1_650_000);
/// let cs = Wire::named("CS", sim.clock(), PinState::High);
/// let mut bus = Bus::new(sim.clock()).with_speed(1_000_000);
/// bus.attach(&cs, chip.clone());
/// let bus = local::SharedBus::new(bus);
///
/// let mut adc = Mcp3008::new(bus.spi(cs.output(), Delay(sim.clock())).unwrap());
/// sim.run(async {
///     assert_eq!(adc.read(Input::Ch0).await, Ok(512));
///     assert_eq!(adc.read(Input::Ch1MinusCh0).await, Ok(0)); // Less than nothing.
///
///     let mut knob = adc.into_channel(Input::Ch0);
///     let percent = knob.read().await.unwrap() * 100 / knob.full_scale();
///     assert_eq!(percent, 50);
/// });
/// ```
///
/// # The bus
///
/// SPI mode 0 or 3. The fastest clock depends on the supply, the slowest on the charge that
/// the chip keeps for 1.2 ms (DS21295D, sections 1.0 and 6.2; DS21298, the same).
///
/// | | at 2.7 V | at 5 V | at least |
/// | --- | --- | --- | --- |
/// | MCP3008, MCP3004 | 1.35 MHz | 3.6 MHz | 10 kHz |
/// | MCP3208, MCP3204 | 1 MHz | 2 MHz | 10 kHz |
///
/// The driver cannot see the clock. With a faster or slower one, results are wrong, without an
/// error.
///
/// # Channels for several tasks
///
/// The chip remembers nothing between conversions. So where an `SpiDevice` can be opened twice,
/// as on Linux, each task may have a converter of its own. Otherwise, share the converter by a
/// mutex:
///
/// ```
/// # use std::{cell::RefCell, rc::Rc};
/// # use embedded_hal::digital::PinState;
/// # use tickwire_drivers::mcp3008::{Input, Mcp3008};
/// # use tickwire_sim::{Sim, Wire, models, spi::Bus};
/// # use tickwire_traits::Delay;
/// use tickwire_sync::{gather, local};
/// use tickwire_traits::{AnalogInput, analog};
///
/// # let sim = Sim::new();
/// # let cs = Wire::new(sim.clock(), PinState::High);
/// # let mut bus = Bus::new(sim.clock()).with_speed(1_000_000);
/// # bus.attach(&cs, Rc::new(RefCell::new(models::mcp3008::Mcp3008::new())));
/// # let bus = local::SharedBus::new(bus);
/// # let spi = bus.spi(cs.output(), Delay(sim.clock())).unwrap();
/// let adc = local::Mutex::new(Mcp3008::new(spi));
/// let mut knob = analog::from_fn(1_023, async || adc.lock().await.read(Input::Ch0).await);
/// let mut light = analog::from_fn(1_023, async || adc.lock().await.read(Input::Ch1).await);
/// let both = sim.run(gather((knob.read(), light.read())));
/// assert_eq!(both, (Ok(0), Ok(0)));
/// ```
///
/// # What cannot be detected
///
/// The chip sends no checksum. A data line that is held low reads as 0, and a bit that is
/// garbled on the line is a wrong result. A missing chip is an [error](Error::NoAnswer) where
/// the data line is pulled up.
#[derive(Debug)]
pub struct Mcp3x08<SPI, const BITS: u32> {
    spi: SPI,
    /// The last conversion was dropped or failed: the chip may be selected, and the bus may have
    /// bytes that nobody took.
    cut: bool,
}

impl<SPI, const BITS: u32> Mcp3x08<SPI, BITS> {
    /// The largest result, for the reference voltage: 1023 or 4095.
    pub const FULL_SCALE: u16 = {
        assert!(BITS == 10 || BITS == 12, "a converter has 10 or 12 bits");
        (1 << BITS) - 1
    };

    /// Creates a driver. Sends nothing.
    pub const fn new(spi: SPI) -> Self {
        const { assert!(Self::FULL_SCALE > 0) }; // Other numbers of bits do not compile.
        Self { spi, cut: false }
    }

    /// Returns one input as an `AnalogInput`. Its `release` returns the converter.
    pub const fn into_channel(self, input: Input) -> Channel<SPI, BITS> {
        Channel { adc: self, input }
    }

    /// Returns the SPI device.
    pub fn release(self) -> SPI {
        self.spi
    }
}

impl<SPI: SpiDevice, const BITS: u32> Mcp3x08<SPI, BITS> {
    /// Converts once. Returns a value in `0..=FULL_SCALE`.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. The converter may be read again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the conversion is lost; the next call starts another. Before that, it
    /// writes a byte of zeros: some `SpiDevice`s leave the chip selected, and some controllers
    /// keep bytes that nobody took, which embassy-rp's would return with the next result.
    pub async fn read(&mut self, input: Input) -> Result<u16, Error<SPI::Error>> {
        if self.cut {
            self.spi.write(&[0]).await.map_err(Error::Spi)?;
        }
        self.cut = true;
        let mut frame = frame::request::<BITS>(input);
        self.spi.transfer_in_place(&mut frame).await.map_err(Error::Spi)?;
        // After the last await: a call that is dropped before has cut its conversion.
        self.cut = false;
        frame::result::<BITS>(frame).ok_or(Error::NoAnswer)
    }
}
