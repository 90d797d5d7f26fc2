//! How exact a position is.

use super::Course;

/// The expected errors of a position, as standard deviations (GST).
///
/// A receiver estimates them from its measurements. Without a value in the sentence, a method
/// returns `None`.
///
/// ```
/// use tickwire_drivers::gps::{Extended, Receiver};
/// use tickwire_traits::Instant;
///
/// let mut receiver = Receiver::<102>::new().with_decoder(Extended::new());
/// let sentence = b"$GPGST,232713.000,1.3,105.1,9.1,-40.9,0.3,0.3,0.6*78\r";
/// receiver.push_all(sentence, Instant::EPOCH);
/// let accuracy = receiver.decoder().accuracy().unwrap().value;
/// assert_eq!((accuracy.latitude_mm(), accuracy.longitude_mm()), (Some(300), Some(300)));
/// assert_eq!(accuracy.altitude_mm(), Some(600));
/// assert_eq!(accuracy.semi_major_mm(), Some(105_100));
/// assert_eq!(accuracy.orientation().unwrap().to_string(), "319.10°");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accuracy {
    /// In the order of the fields; [`NONE`] for none. With an `Option`, each takes twice as much.
    millimeters: [u32; 6],
    orientation: Option<Course>,
}

const NONE: u32 = u32::MAX;

/// The index of a value in [`Accuracy::millimeters`].
#[derive(Clone, Copy)]
enum Value {
    Rms,
    SemiMajor,
    SemiMinor,
    Latitude,
    Longitude,
    Altitude,
}

impl Accuracy {
    pub(super) const UNKNOWN: Self = Self { millimeters: [NONE; 6], orientation: None };

    /// Creates it from the fields of a sentence, as they are read. Returns `None` if there is no
    /// value.
    #[inline]
    pub(super) fn of(millimeters: [Option<u32>; 6], orientation: Option<Course>) -> Option<Self> {
        let new = Self { millimeters: millimeters.map(|value| value.unwrap_or(NONE)), orientation };
        (new != Self::UNKNOWN).then_some(new)
    }

    /// Returns the root mean square of the errors of the ranges to the satellites, in millimeters.
    pub const fn rms_mm(&self) -> Option<u32> {
        self.get(Value::Rms)
    }

    /// Returns the semi-major axis of the error ellipse, in millimeters.
    pub const fn semi_major_mm(&self) -> Option<u32> {
        self.get(Value::SemiMajor)
    }

    /// Returns the semi-minor axis of the error ellipse, in millimeters.
    pub const fn semi_minor_mm(&self) -> Option<u32> {
        self.get(Value::SemiMinor)
    }

    /// Returns the direction of the semi-major axis, clockwise from true north.
    pub const fn orientation(&self) -> Option<Course> {
        self.orientation
    }

    /// Returns the error of the latitude, in millimeters.
    pub const fn latitude_mm(&self) -> Option<u32> {
        self.get(Value::Latitude)
    }

    /// Returns the error of the longitude, in millimeters.
    pub const fn longitude_mm(&self) -> Option<u32> {
        self.get(Value::Longitude)
    }

    /// Returns the error of the altitude, in millimeters.
    pub const fn altitude_mm(&self) -> Option<u32> {
        self.get(Value::Altitude)
    }

    const fn get(&self, value: Value) -> Option<u32> {
        let millimeters = self.millimeters[value as usize];
        if millimeters == NONE { None } else { Some(millimeters) }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Accuracy {
    /// Writes the errors, in millimeters, in the order of the sentence.
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Accuracy {{ rms_mm: {}, ", self.rms_mm());
        defmt::write!(f, "semi_major_mm: {}, ", self.semi_major_mm());
        defmt::write!(f, "semi_minor_mm: {}, ", self.semi_minor_mm());
        defmt::write!(f, "orientation: {}, ", self.orientation());
        defmt::write!(f, "latitude_mm: {}, ", self.latitude_mm());
        defmt::write!(f, "longitude_mm: {}, ", self.longitude_mm());
        defmt::write!(f, "altitude_mm: {} }}", self.altitude_mm());
    }
}
