//! Errors of a shared SPI bus.

use core::convert::Infallible;
use core::error::Error;
use core::fmt;

use embedded_hal_async::spi::{self, ErrorKind};

/// The first error of a transaction of a [`SharedSpi`](super::SharedSpi).
///
/// After any of these errors the device may be used again.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use embedded_hal_async::spi::{Error, ErrorKind, SpiDevice};
/// use tickwire_sim::{PinFault, Sim, Wire, spi::Bus};
/// use tickwire_sync::{SharedSpiError, local};
/// use tickwire_traits::Delay;
///
/// let sim = Sim::new();
/// let bus = local::SharedBus::new(Bus::new(sim.clock()));
/// let cs = Wire::new(sim.clock(), PinState::High);
/// let mut device = bus.spi(cs.output(), Delay(sim.clock())).unwrap();
/// cs.fail_after(0);
/// let error = sim.run(device.write(&[1])).unwrap_err();
/// assert_eq!(error, SharedSpiError::ChipSelect(PinFault));
/// assert_eq!(error.kind(), ErrorKind::ChipSelectFault);
/// assert_eq!(sim.run(device.write(&[1])), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SharedSpiError<B, P, C = Infallible> {
    /// The bus failed.
    Bus(B),
    /// The chip select failed. If it did not go high, its device is still selected.
    ChipSelect(P),
    /// The bus could not be [configured](super::SharedSpi::configured), and nothing was sent.
    Configure(C),
}

impl<B: spi::Error, P: fmt::Debug, C: fmt::Debug> spi::Error for SharedSpiError<B, P, C> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(error) => error.kind(),
            Self::ChipSelect(_) => ErrorKind::ChipSelectFault,
            Self::Configure(_) => ErrorKind::Other,
        }
    }
}

impl<B: spi::Error, P, C> fmt::Display for SharedSpiError<B, P, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(error) => write!(f, "SPI bus: {}", error.kind()),
            Self::ChipSelect(_) => f.write_str("the chip select failed"),
            Self::Configure(_) => f.write_str("the SPI bus could not be configured"),
        }
    }
}

impl<B, P, C> Error for SharedSpiError<B, P, C>
where
    B: spi::Error + Error + 'static,
    P: Error + 'static,
    C: Error + 'static,
{
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(match self {
            Self::Bus(error) => error,
            Self::ChipSelect(error) => error,
            Self::Configure(error) => error,
        })
    }
}
