//! The errors of the driver.

use core::fmt;

use embedded_hal_async::spi::{self, ErrorKind};

/// An error of an [`Mcp3008`](super::Mcp3008). The converter may be read again after either
/// of them.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::mcp3008::{Error, Input, Mcp3008};
/// use tickwire_sim::{Sim, Wire, spi::Bus};
/// use tickwire_sync::local;
/// use tickwire_traits::Delay;
///
/// let sim = Sim::new();
/// let cs = Wire::new(sim.clock(), PinState::High);
/// let bus = local::SharedBus::new(Bus::new(sim.clock())); // Without a chip.
/// let mut adc = Mcp3008::new(bus.spi(cs.output(), Delay(sim.clock())).unwrap());
/// let error = sim.run(adc.read(Input::Ch0)).unwrap_err();
/// assert_eq!(error, Error::NoAnswer);
/// assert_eq!(error.to_string(), "the converter does not answer");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The bus or the chip select failed.
    Spi(E),
    /// The bit that the converter pulls low before each result was high: there is no
    /// converter, or it has no power, or another data line is connected.
    NoAnswer,
}

impl<E: spi::Error> spi::Error for Error<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Spi(error) => error.kind(),
            Self::NoAnswer => ErrorKind::Other,
        }
    }
}

impl<E: spi::Error> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spi(error) => write!(f, "spi bus: {}", error.kind()),
            Self::NoAnswer => f.write_str("the converter does not answer"),
        }
    }
}

impl<E: spi::Error + core::error::Error + 'static> core::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Spi(error) => Some(error),
            Self::NoAnswer => None,
        }
    }
}
