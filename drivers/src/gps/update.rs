//! What changed.

use core::fmt;

use tickwire_traits::Instant;

use super::fix::Slot;

/// What one sentence set.
///
/// ```
/// use tickwire_drivers::gps::{Field, Receiver, Sentence, Transition};
/// use tickwire_traits::Instant;
///
/// let mut receiver = Receiver::<102>::new();
/// let sentence = b"$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r";
/// let update = sentence.iter().find_map(|byte| receiver.push(*byte, Instant::EPOCH)).unwrap();
/// assert_eq!(update.sentence, Sentence::Gll);
/// assert_eq!(update.transition, Some(Transition::Found));
/// assert!(update.set.contains(Field::Position) && !update.set.contains(Field::Date));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update {
    /// Which sentence it was.
    pub sentence: Sentence,
    /// The values that it set anew, to another value or the same.
    pub set: Fields,
    /// Whether the fix came or went by it.
    pub transition: Option<Transition>,
}

/// The sentences that are understood. [`Gps::updates`](super::Gps::updates) has an
/// example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sentence {
    /// Fix data.
    Gga,
    /// Geographic position.
    Gll,
    /// Active satellites and dilution of precision.
    Gsa,
    /// Satellites in view.
    Gsv,
    /// Recommended minimum data.
    Rmc,
    /// Course and speed over ground.
    Vtg,
}

/// A turn of [`Fix::status`](super::Fix::status).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transition {
    /// There is a fix, and there was none.
    Found,
    /// There is no fix any more.
    Lost,
}

/// A value of a [`Fix`](super::Fix).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the methods of `Fix` with the same names tell")]
pub enum Field {
    Status,
    Position,
    Altitude,
    GeoidSeparation,
    Speed,
    Course,
    MagneticVariation,
    Date,
    Time,
    Quality,
    Dimension,
    SatellitesUsed,
    Pdop,
    Hdop,
    Vdop,
    SatellitesInView,
}

/// A set of [`Field`]s.
///
/// ```
/// use tickwire_drivers::gps::{Field, Receiver};
/// use tickwire_traits::Instant;
///
/// let mut receiver = Receiver::<102>::new();
/// let sentence = b"$GPVTG,232.9,T,,M,002.3,N,004.3,K,A*01\r";
/// let update = sentence.iter().find_map(|byte| receiver.push(*byte, Instant::EPOCH)).unwrap();
/// assert!(update.set.contains(Field::Speed));
/// assert_eq!(format!("{:?}", update.set), "{Speed, Course}");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Fields(u16);

impl Fields {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// Returns whether `field` is in the set.
    pub const fn contains(self, field: Field) -> bool {
        self.0 & field.bit() != 0
    }

    /// Returns whether nothing is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the fields of the set, in the order of [`Field`].
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |field| self.contains(*field))
    }
}

impl Field {
    const ALL: [Self; 16] = [
        Self::Status,
        Self::Position,
        Self::Altitude,
        Self::GeoidSeparation,
        Self::Speed,
        Self::Course,
        Self::MagneticVariation,
        Self::Date,
        Self::Time,
        Self::Quality,
        Self::Dimension,
        Self::SatellitesUsed,
        Self::Pdop,
        Self::Hdop,
        Self::Vdop,
        Self::SatellitesInView,
    ];

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Sets a slot, if there is something to set.
pub(super) fn put<T: Copy>(
    slot: &mut Slot<T>,
    value: Option<T>,
    now: Instant,
    field: Field,
    set: &mut Fields,
) {
    if let Some(value) = value {
        *slot = Slot::new(value, now);
        set.0 |= field.bit();
    }
}
