//! The effect of one sentence on a fix.

use core::fmt;

use super::values::for_each_value;

/// The effect of one sentence on a fix.
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
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Update {
    /// The type of the sentence.
    pub sentence: Sentence,
    /// The values that the sentence reported, even if they are the same as before.
    pub set: Fields,
    /// Whether the time of the sentence is in a leap second: 23:59:60.
    ///
    /// [`Fix::time`](super::Fix::time) repeats second 59 then, with the fraction of the sentence:
    /// 23:59:60.5 is 23:59:59.5.
    pub leap_second: bool,
    /// The change of the status, if there is one.
    pub transition: Option<Transition>,
}

/// The types of sentences that are supported.
///
/// [`Gps::updates`](super::Gps::updates) has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Sentence {
    /// Fix data.
    Gga,
    /// Geographic position.
    Gll,
    /// Fix data of several systems.
    Gns,
    /// Active satellites and dilution of precision.
    Gsa,
    /// Expected errors of the position.
    Gst,
    /// Satellites in view.
    Gsv,
    /// Recommended minimum data.
    Rmc,
    /// Course and speed over ground.
    Vtg,
    /// Time, date and local zone.
    Zda,
}

/// A change of [`Fix::status`](super::Fix::status).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Transition {
    /// There is a fix now, and there was none before.
    Found,
    /// There is no fix any longer.
    Lost,
}

/// Declares [`Field`] from the table.
macro_rules! declare_field {
    ($($(#[$doc:meta])* $field:ident => $name:ident: $type:ty = $placeholder:expr,)+) => {
        /// A value of a [`Fix`](super::Fix).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        pub enum Field {
            $(
                #[doc = concat!("[`Fix::", stringify!($name), "`](super::Fix::", stringify!($name), ")")]
                $field,
            )+
            /// [`Fix::satellites_in_view`](super::Fix::satellites_in_view)
            SatellitesInView,
        }

        impl Field {
            /// All values, in the order of their bits in [`Fields`].
            pub(super) const ALL: [Self; Self::SatellitesInView as usize + 1] =
                [$(Self::$field,)+ Self::SatellitesInView];
        }
    };
}

for_each_value!(declare_field);

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
pub struct Fields(u32);

const _: () =
    assert!(Field::ALL.len() <= u32::BITS as usize, "`Fields` lacks a bit for each `Field`");

impl Fields {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// All fields.
    pub(super) const ALL: Self = Self(u32::MAX);

    /// Returns whether `field` is in the set.
    pub const fn contains(self, field: Field) -> bool {
        self.0 & field.bit() != 0
    }

    /// Returns whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn insert(&mut self, field: Field) {
        self.0 |= field.bit();
    }

    /// Returns the fields of the set, in the order of [`Field`].
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |field| self.contains(*field))
    }
}

impl Field {
    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Fields {
    /// Writes the fields of the set: `{Speed, Course}`.
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{{");
        for (at, field) in self.iter().enumerate() {
            if at > 0 {
                defmt::write!(f, ", ");
            }
            defmt::write!(f, "{}", field);
        }
        defmt::write!(f, "}}");
    }
}
