//! From a sentence to a report.

mod extended;
mod fields;
#[cfg(feature = "nmea")]
mod nmea;
mod own;
mod satellites;
mod text;

use tickwire_traits::Instant;

use super::values::for_each_value;
use super::{
    Constellation, Course, Date, Dimension, Dop, Position, Quality, Sentence, Speed, Status, Time,
};

pub use extended::Extended;
pub(super) use fields::Fields;
#[cfg(feature = "nmea")]
pub use nmea::NmeaCrate;
pub use own::FixedPoint;
pub(super) use satellites::{Numbers, Seen, in_use, in_view};

/// A decoder of sentences. The default is [`FixedPoint`].
///
/// The trait is sealed, because a report gets more fields as more sentences are supported.
pub trait Decoder: Decode {}

impl<D: Decode> Decoder for D {}

/// The sealed part of [`Decoder`].
pub trait Decode {
    /// Reads a sentence from `$` to checksum, whose bytes were read at `now`. The checksum is
    /// correct.
    ///
    /// Fills `report`, which has no value before. After a refusal, its contents have no meaning.
    // Returned, a report would be copied at each level of decoders.
    fn decode(&mut self, sentence: &[u8], now: Instant, report: &mut Report)
    -> Result<(), Refusal>;
}

/// Declares [`Report`] from the table.
macro_rules! declare_report {
    ($($(#[$doc:meta])* $field:ident => $name:ident: $type:ty = $placeholder:expr,)+) => {
        /// The contents of one sentence, with `None` for each value that it does not report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Report {
            pub(super) sentence: Sentence,
            $(pub(super) $name: Option<$type>,)+
            pub(super) page: Option<Page>,
        }

        impl Report {
            /// No value. The decoder sets the type of the sentence.
            pub(super) const NOTHING: Self =
                Self { sentence: Sentence::Gga, $($name: None,)+ page: None };
        }
    };
}

for_each_value!(declare_report);

/// One sentence of a set of GSV sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) system: Constellation,
    /// From 1 to `of`.
    pub(super) number: u8,
    pub(super) of: u8,
    pub(super) in_view: u8,
    /// 1 to 15; 0 for all signals, or if the receiver names none.
    pub(super) signal: u8,
    /// The numbers of the satellites; 0 for none.
    pub(super) ids: [u16; 4],
}

/// The reason why a sentence with a correct checksum has no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The type of the sentence is not supported.
    Unsupported,
    /// The type is supported, and an essential field cannot be read.
    Malformed,
}

/// Returns the type of a sentence that [`FixedPoint`] reads. Returns `None` for any other.
fn kind(sentence: &[u8]) -> Option<Sentence> {
    let Address { system, kind } = address(sentence)?;
    Some(match &kind {
        b"GGA" => Sentence::Gga,
        b"GLL" => Sentence::Gll,
        b"GSA" => Sentence::Gsa,
        b"GSV" if system.is_some() => Sentence::Gsv,
        b"RMC" => Sentence::Rmc,
        b"VTG" => Sentence::Vtg,
        _ => return None,
    })
}

/// The first field of a sentence.
struct Address {
    /// The system that the talker stands for, if it is one.
    system: Option<Constellation>,
    /// The type of the sentence.
    kind: [u8; 3],
}

/// Returns the address of a sentence. Returns `None` for a proprietary one.
fn address(sentence: &[u8]) -> Option<Address> {
    let &[b'$', first, second, a, b, c, b',', ..] = sentence else { return None };
    let system = Constellation::of_talker(&[first, second]);
    // Proprietary, such as Garmin's `$PGRMC`, except for the `PQ` of modems.
    let is_talker = system.is_some()
        || (first != b'P' && first.is_ascii_alphanumeric() && second.is_ascii_alphanumeric());
    is_talker.then_some(Address { system, kind: [a, b, c] })
}
