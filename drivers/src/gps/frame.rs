//! From bytes to sentences.

mod checksum;
mod plain;

use self::checksum::checksums;
use self::plain::plain;
use super::counters::{Counters, count};

/// The longest sentence that the framer keeps by default, `$` to checksum, without its
/// line end.
///
/// NMEA 0183 (4.10, section 5.3) allows 82 bytes with CR LF, which is 80 bytes here. Receivers send
/// longer sentences with correct fixes, so the framer keeps them and counts them in
/// [`Counters::over_standard_length`]. 102 bytes is the limit of the crate `nmea`, so both decoders
/// read the same sentences.
pub const LINE_LENGTH: usize = 102;

/// NMEA 0183, section 5.3: 82 bytes without CR LF.
const STANDARD_LENGTH: usize = 80;

/// A state machine that cuts a stream of bytes into sentences with a correct checksum.
///
/// ```text
///            ┌──────────┐          `$`           ┌──────────┐
/// other: ┌──►│ between  ├───────────────────────►│  inside  │◄──┐ ` `..`~`: kept
/// skipped└───┤ sentences│◄───────────────────────┤ sentence ├───┘ `$`: torn, begins anew
///            └──────────┘ CR or LF: checked      └──────────┘
///                         full: too long
///                         other byte: torn
/// ```
///
/// A `$` always begins a new sentence, so garbage costs at most the sentence that it is in. CR, LF
/// and CR LF all end a sentence.
///
/// Every dropped byte is counted. A byte is a line end, part of a sentence that was returned,
/// counted in [`Counters::bytes_skipped`], or [`pending`](Self::pending).
///
/// ```
/// use tickwire_drivers::gps::Framer;
///
/// let mut framer = Framer::<80>::new();
/// let mut sentences = Vec::new();
/// for byte in *b"4,N*71\r\n$GPGLL,49$GPTXT,hello*01\r\n$GPTXT,hullo*01\r\n" {
///     if let Some(sentence) = framer.push(byte) {
///         sentences.push(String::from_utf8_lossy(sentence).into_owned());
///     }
/// }
/// assert_eq!(sentences, ["$GPTXT,hello*01"]);
/// let counters = framer.counters();
/// assert_eq!((counters.sentences, counters.torn, counters.bad_checksum), (2, 1, 1));
/// assert_eq!(counters.bytes_skipped, 6 + 9 + 15);
/// ```
#[derive(Clone, Debug)]
pub struct Framer<const LINE: usize = LINE_LENGTH> {
    line: [u8; LINE],
    /// The number of bytes in `line`; 0 between sentences.
    len: usize,
    pub(super) counters: Counters,
}

impl<const LINE: usize> Framer<LINE> {
    /// Creates a framer that waits for the first `$`.
    pub const fn new() -> Self {
        const { assert!(LINE > 0, "a line holds at least the `$`") };
        Self { line: [0; LINE], len: 0, counters: Counters::NONE }
    }

    /// Takes the next byte. Returns a sentence from `$` to checksum if the byte ends one.
    pub fn push(&mut self, byte: u8) -> Option<&[u8]> {
        let len = if self.take(byte) { self.end()? } else { return None };
        self.line.get(..len)
    }

    /// Returns the sentence that ended last, which is `len` bytes long.
    pub(super) fn ended(&self, len: usize) -> &[u8] {
        self.line.get(..len).unwrap_or_default()
    }

    /// Takes bytes up to the end of the first sentence with a correct checksum. Returns the number
    /// of bytes taken, and the sentence.
    ///
    /// Without a sentence, all bytes were taken. The result is that of [`push`](Self::push) with
    /// each byte, in a fraction of the time.
    ///
    /// ```
    /// use tickwire_drivers::gps::Framer;
    ///
    /// let mut framer = Framer::<80>::new();
    /// let bytes = b"$GPTXT,hello*01\r\n$GPTXT,hel";
    /// assert_eq!(framer.push_all(bytes), (16, Some(&b"$GPTXT,hello*01"[..])));
    /// assert_eq!(framer.push_all(&bytes[16..]), (11, None));
    /// assert_eq!(framer.pending(), 10);
    /// ```
    pub fn push_all(&mut self, bytes: &[u8]) -> (usize, Option<&[u8]>) {
        let mut taken = 0;
        while let Some(rest) = bytes.get(taken..) {
            taken += self.keep_plain(rest);
            let Some(byte) = bytes.get(taken) else { break };
            taken += 1;
            if self.take(*byte)
                && let Some(len) = self.end()
            {
                return (taken, self.line.get(..len));
            }
        }
        (taken, None)
    }

    /// Takes the next byte. Returns whether it ends a sentence.
    fn take(&mut self, byte: u8) -> bool {
        match byte {
            // An LF after a CR, and an empty line, end no sentence.
            b'\r' | b'\n' => return self.len > 0,
            b'$' => {
                self.tear();
                self.keep(byte);
            }
            _ if self.len == 0 => self.skip(1),
            b' '..=b'~' => self.keep(byte),
            _ => {
                self.tear();
                self.skip(1);
            }
        }
        false
    }

    /// Keeps the leading bytes that only add to a sentence. Returns their number.
    fn keep_plain(&mut self, bytes: &[u8]) -> usize {
        if self.len == 0 {
            return 0;
        }
        let Some(room) = self.line.get_mut(self.len..) else { return 0 };
        let bytes = bytes.get(..room.len()).unwrap_or(bytes);
        let plain = plain(bytes);
        if let (Some(to), Some(from)) = (room.get_mut(..plain), bytes.get(..plain)) {
            to.copy_from_slice(from);
        }
        self.len += plain;
        plain
    }

    /// Returns the counters since the framer was created.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Returns the length of the current sentence, which has not ended.
    pub const fn pending(&self) -> usize {
        self.len
    }

    fn keep(&mut self, byte: u8) {
        if let Some(slot) = self.line.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        } else {
            count(&mut self.counters.too_long);
            self.skip(self.len + 1);
            self.len = 0;
        }
    }

    fn tear(&mut self) {
        if self.len > 0 {
            count(&mut self.counters.torn);
            self.skip(self.len);
            self.len = 0;
        }
    }

    /// Ends the sentence. Returns its length if its checksum is correct.
    fn end(&mut self) -> Option<usize> {
        let len = core::mem::take(&mut self.len);
        count(&mut self.counters.sentences);
        match self.line.get(..len).and_then(checksums) {
            Some((carried, computed)) if carried == computed => {
                if len > STANDARD_LENGTH {
                    count(&mut self.counters.over_standard_length);
                }
                return Some(len);
            }
            Some(_) => count(&mut self.counters.bad_checksum),
            None => count(&mut self.counters.no_checksum),
        }
        self.skip(len);
        None
    }

    fn skip(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.counters.bytes_skipped = self.counters.bytes_skipped.saturating_add(bytes);
    }
}

impl<const LINE: usize> Default for Framer<LINE> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, input: &[u8], sentences: usize, expected: Counters) {
        let mut framer = Framer::<20>::new();
        let mut returned = 0;
        let mut bytes = 0;
        for byte in input {
            if let Some(sentence) = framer.push(*byte) {
                returned += 1;
                bytes += sentence.len();
            }
        }
        assert_eq!((returned, *framer.counters()), (sentences, expected), "{name}");
        let line_ends = input.iter().filter(|byte| b"\r\n".contains(byte)).count();
        let skipped = expected.bytes_skipped as usize;
        assert_eq!(bytes + line_ends + skipped + framer.pending(), input.len(), "{name}");
    }

    #[test]
    fn every_way_to_spoil_a_sentence_has_its_counter() {
        let none = Counters::NONE;
        let one = Counters { sentences: 1, ..none };
        for (name, input, sentences, expected) in [
            ("CR LF ends a sentence", &b"$A,b*0F\r\n"[..], 1, one),
            ("CR ends a sentence", b"$A,b*0F\r", 1, one),
            ("LF ends a sentence", b"$A,b*0f\n", 1, one),
            ("nothing ends an unfinished one", b"$A,b*0F", 0, none),
            ("an empty line is no sentence", b"\r\n\n\n", 0, none),
            (
                "an empty sentence has no checksum",
                b"$\r\n",
                0,
                skipping(Counters { no_checksum: 1, ..one }, 1),
            ),
            ("only a checksum is a sentence", b"$*00\r\n", 1, one),
            (
                "a star alone is no checksum",
                b"$A,b*\n",
                0,
                skipping(Counters { no_checksum: 1, ..one }, 5),
            ),
            (
                "a wrong checksum is bad",
                b"$A,b*0E\n",
                0,
                skipping(Counters { bad_checksum: 1, ..one }, 7),
            ),
            ("noise before a sentence is skipped", b"\xff\x00*b$A,b*0F\n", 1, skipping(one, 4)),
            ("a $ begins anew", b"$A,$A,b*0F\n", 1, skipping(Counters { torn: 1, ..one }, 3)),
            (
                "a control character tears",
                b"$A,\x07b*0F\n",
                0,
                skipping(Counters { torn: 1, ..none }, 8),
            ),
            (
                "a byte over 126 tears",
                b"$A,\x7fb*0F\n",
                0,
                skipping(Counters { torn: 1, ..none }, 8),
            ),
            (
                "20 bytes fit",
                b"$34567890123456789*0\n",
                0,
                skipping(Counters { no_checksum: 1, ..one }, 20),
            ),
            (
                "21 do not",
                b"$345678901234567890*0\n",
                0,
                skipping(Counters { too_long: 1, ..none }, 21),
            ),
            (
                "the next one after a long one",
                b"$34567890123456789012345$A,b*0F\n",
                1,
                skipping(Counters { too_long: 1, ..one }, 24),
            ),
        ] {
            check(name, input, sentences, expected);
        }
    }

    fn skipping(counters: Counters, bytes: u32) -> Counters {
        Counters { bytes_skipped: bytes, ..counters }
    }
}
