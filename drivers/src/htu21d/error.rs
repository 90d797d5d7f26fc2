//! The errors of the driver.

use core::fmt;

use embedded_hal_async::i2c::{self, ErrorKind};

use super::BadFrame;

/// An error of a [`Sensor`](super::Sensor). The sensor may be used again after any of
/// them.
///
/// ```
/// use tickwire_drivers::htu21d::{Error, Htu21d};
/// use tickwire_sim::{Sim, i2c::{Bus, Fault}};
/// use tickwire_traits::Delay;
///
/// let sim = Sim::new();
/// let bus = Bus::new(sim.clock());
/// let faults = bus.faults();
/// let mut sensor = Htu21d::new(bus, Delay(sim.clock()));
/// let absent = sim.run(sensor.temperature()).unwrap_err();
/// assert!(matches!(absent, Error::Bus(_)));
/// faults.set(Some(Fault::Hang));
/// let stuck = sim.run(sensor.temperature()).unwrap_err();
/// assert_eq!(stuck.to_string(), "the i2c bus is stuck");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The bus failed, or the address was not acknowledged for longer than the sensor can
    /// be busy.
    Bus(E),
    /// The bus did not finish a transfer that takes less than a millisecond: a line is held
    /// low. The transfer has been dropped after 35 waits of a millisecond, each of which may
    /// end late.
    Timeout,
    /// The sensor began a measurement and did not end it.
    NotReady,
    /// A result, or a serial number, does not match its checksum.
    Checksum,
    /// A result is all zeros, which match their checksum: the data line is held low.
    AllZeros,
    /// A result is of the other quantity: another driver uses the sensor.
    Mixup,
    /// A register, which has no checksum, reads differently twice, or does not keep a written
    /// value.
    Register,
}

impl<E> From<BadFrame> for Error<E> {
    fn from(bad: BadFrame) -> Self {
        match bad {
            BadFrame::Checksum => Self::Checksum,
            BadFrame::AllZeros => Self::AllZeros,
        }
    }
}

impl<E: i2c::Error> Error<E> {
    /// Returns the error with the kind of the bus's error, which is the same type on every bus.
    pub(super) fn of_kind(&self) -> Error<ErrorKind> {
        match self {
            Self::Bus(error) => Error::Bus(error.kind()),
            Self::Timeout => Error::Timeout,
            Self::NotReady => Error::NotReady,
            Self::Checksum => Error::Checksum,
            Self::AllZeros => Error::AllZeros,
            Self::Mixup => Error::Mixup,
            Self::Register => Error::Register,
        }
    }
}

impl<E: i2c::Error> i2c::Error for Error<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(error) => error.kind(),
            _ => ErrorKind::Other,
        }
    }
}

impl<E: i2c::Error> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bus(error) => return write!(f, "i2c bus: {}", error.kind()),
            Self::Timeout => "the i2c bus is stuck",
            Self::NotReady => "the sensor does not finish its measurement",
            Self::Checksum => BadFrame::Checksum.text(),
            Self::AllZeros => BadFrame::AllZeros.text(),
            Self::Mixup => "the sensor measured something else",
            Self::Register => "a register cannot be trusted",
        })
    }
}

impl<E: i2c::Error + core::error::Error + 'static> core::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Bus(error) => Some(error),
            _ => None,
        }
    }
}
