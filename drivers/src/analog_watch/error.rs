//! The errors of the driver.

use core::fmt;

use super::BeyondFullScale;

/// An error of an [`AnalogWatch`](super::AnalogWatch). The watch may be used again after either of
/// them.
///
/// ```
/// use tickwire_drivers::analog_watch::{AnalogWatch, Band, Error, Settings};
/// use tickwire_sim::Sim;
/// use tickwire_sim::analog::{Fault, Source};
///
/// let sim = Sim::new();
/// let knob = Source::new(sim.clock(), 1_023);
/// let settings = Settings::new(Band::between(0, 500));
/// let mut watch = AnalogWatch::new(knob.clone(), sim.clock(), settings).unwrap();
/// knob.set_fault(Some(Fault::Value(65_535)));
/// assert_eq!(sim.run(watch.enter()), Err(Error::BeyondFullScale(65_535)));
/// knob.set_fault(None);
/// assert_eq!(sim.run(watch.enter()).unwrap().value, 0);
/// assert_eq!(watch.beyond_full_scale(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The input failed.
    Input(E),
    /// The input returned this value, which is above its own full scale. Further such readings are
    /// only counted, until one is within the full scale.
    BeyondFullScale(u32),
}

impl<E> From<BeyondFullScale> for Error<E> {
    fn from(BeyondFullScale(reading): BeyondFullScale) -> Self {
        Self::BeyondFullScale(reading)
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) => write!(f, "analog input: {error}"),
            Self::BeyondFullScale(reading) => BeyondFullScale(*reading).fmt(f),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Input(error) => Some(error),
            Self::BeyondFullScale(_) => None,
        }
    }
}

impl fmt::Display for BeyondFullScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a reading of {} is above the full scale", self.0)
    }
}

impl core::error::Error for BeyondFullScale {}
