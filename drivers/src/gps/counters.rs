//! What came, and what was lost.

/// What came in, and what became of it. Each stops at `u32::MAX`.
///
/// `sentences` = `accepted` + `unsupported` + `malformed` + `bad_checksum` +
/// `no_checksum`.
///
/// ```
/// use tickwire_drivers::gps::Receiver;
/// use tickwire_traits::Instant;
///
/// let mut receiver = Receiver::<102>::new();
/// for byte in *b"$PMTK605*31\r\n$GPGLL,,,,,,V*06\r\n$GPGLL,,,,,,V*07\r\n" {
///     let _ = receiver.push(byte, Instant::EPOCH);
/// }
/// let counters = receiver.counters();
/// assert_eq!((counters.sentences, counters.accepted), (3, 1));
/// assert_eq!((counters.unsupported, counters.bad_checksum), (1, 1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Counters {
    /// Lines from a `$` to a line end.
    pub sentences: u32,
    /// Sentences that were understood. A [`Framer`](super::Framer) alone counts none of these
    /// three.
    pub accepted: u32,
    /// Sentences with a good checksum that are none of ours, such as `$PMTK…`.
    pub unsupported: u32,
    /// Sentences of our types, with a good checksum, whose contents make no sense.
    pub malformed: u32,
    /// Sentences that were altered on the way.
    pub bad_checksum: u32,
    /// Lines that do not end in `*` and two hexadecimal digits.
    pub no_checksum: u32,
    /// Sentences broken off by the next `$`, or by a byte that is no printable
    /// ASCII.
    pub torn: u32,
    /// Lines that did not fit.
    pub too_long: u32,
    /// Sentences with a good checksum that are longer than NMEA 0183 allows.
    pub over_standard_length: u32,
    /// Bytes of noise between sentences, and of all that was dropped, without
    /// line ends.
    pub bytes_skipped: u32,
}

impl Counters {
    pub(super) const NONE: Self = Self {
        sentences: 0,
        accepted: 0,
        unsupported: 0,
        malformed: 0,
        bad_checksum: 0,
        no_checksum: 0,
        torn: 0,
        too_long: 0,
        over_standard_length: 0,
        bytes_skipped: 0,
    };
}

pub(super) fn count(counter: &mut u32) {
    *counter = counter.saturating_add(1);
}
