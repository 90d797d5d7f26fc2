//! Sentences that no decoder takes.

use super::Update;
use super::decode::Fields;

/// What one sentence with a correct checksum was.
///
/// [`Gps::next`](super::Gps::next) has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The decoder took it, and the fix has its values.
    Update(Update),
    /// The decoder does not take sentences of this type. It is valid until the next byte.
    Other(Raw<'a>),
}

/// A sentence as it came, from `$` to checksum.
///
/// It is borrowed from the buffer of the driver. Its checksum is correct, and its bytes are
/// printable ASCII.
///
/// ```
/// use tickwire_drivers::gps::{Event, Receiver};
/// use tickwire_traits::Instant;
///
/// let mut receiver = Receiver::<102>::new();
/// let (_, event) = receiver.push_any(b"$PAIR001,002,0*39\r\n", Instant::EPOCH);
/// let Some(Event::Other(raw)) = event else { unreachable!() };
/// assert_eq!(raw.address(), b"PAIR001");
/// assert!(raw.fields().eq([&b"002"[..], b"0"]));
/// assert_eq!(raw.bytes(), b"$PAIR001,002,0*39");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a>(&'a [u8]);

impl<'a> Raw<'a> {
    pub(super) const fn new(sentence: &'a [u8]) -> Self {
        Self(sentence)
    }

    /// Returns the sentence from `$` to the last digit of the checksum.
    pub const fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Returns the part between `$` and `*`, which the checksum covers.
    pub fn body(self) -> &'a [u8] {
        self.0.get(1..self.0.len().saturating_sub(3)).unwrap_or_default()
    }

    /// Returns the field before the first comma: `PUBX`, `PMTK001`, `GPTXT`.
    pub fn address(self) -> &'a [u8] {
        Fields::of_body(self.body()).next().unwrap_or_default()
    }

    /// Returns the fields after the address, from left to right. An empty field is empty.
    pub fn fields(self) -> impl Iterator<Item = &'a [u8]> + Clone {
        Fields::of_body(self.body()).skip(1)
    }
}
