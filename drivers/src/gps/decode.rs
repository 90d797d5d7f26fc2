//! From a sentence to what it says.

#[cfg(feature = "nmea")]
mod nmea;
mod own;
mod text;

use super::values::for_each_value;
use super::{
    Constellation, Course, Date, Dimension, Dop, Position, Quality, Sentence, Speed, Status, Time,
};

#[cfg(feature = "nmea")]
pub use nmea::NmeaCrate;
pub use own::FixedPoint;

/// What reads sentences: [`FixedPoint`] unless another is asked for.
///
/// The trait is sealed: what a decoder returns grows with the sentences.
pub trait Decoder: Decode {}

impl<D: Decode> Decoder for D {}

/// The sealed part of [`Decoder`].
pub trait Decode {
    /// Reads a sentence, `$` to checksum, whose checksum is good.
    fn decode(&self, sentence: &[u8]) -> Result<Report, Refusal>;
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
            const fn nothing(sentence: Sentence) -> Self {
                Self { sentence, $($name: None,)+ page: None }
            }
        }
    };
}

for_each_value!(declare_report);

/// One sentence of a set of GSV sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) system: Constellation,
    /// Counted from 1, and at most `of`.
    pub(super) number: u8,
    pub(super) of: u8,
    pub(super) in_view: u8,
    /// 1 to 15; 0 for all signals, or if the receiver names none.
    pub(super) signal: u8,
    /// The satellites' numbers; 0 for none.
    pub(super) ids: [u16; 4],
}

/// Why a sentence with a good checksum says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none of ours.
    Unsupported,
    /// It is one of ours, and what it is for cannot be read.
    Malformed,
}

/// Returns which of our sentences it is.
fn kind(sentence: &[u8]) -> Option<Sentence> {
    let &[b'$', first, second, a, b, c, b',', ..] = sentence else { return None };
    let kind = match &[a, b, c] {
        b"GGA" => Sentence::Gga,
        b"GLL" => Sentence::Gll,
        b"GSA" => Sentence::Gsa,
        b"GSV" => Sentence::Gsv,
        b"RMC" => Sentence::Rmc,
        b"VTG" => Sentence::Vtg,
        _ => return None,
    };
    let is_system = || Constellation::of_talker(&[first, second]).is_some();
    let is_supported = match kind {
        // The talker names the system of the satellites.
        Sentence::Gsv => is_system(),
        // Proprietary, such as Garmin's `$PGRMC`, except for the `PQ` of modems.
        _ if first == b'P' => is_system(),
        _ => first.is_ascii_alphanumeric() && second.is_ascii_alphanumeric(),
    };
    is_supported.then_some(kind)
}
