//! From bytes to sentences.

mod plain;

use self::plain::plain;
use super::counters::{Counters, count};

/// The longest sentence that the framer keeps by default, `$` to checksum, without its
/// line end.
///
/// NMEA 0183 (4.10, section 5.3) allows 82 bytes with CR LF, so 80 here. Receivers exceed
/// that with fixes that are right, so longer sentences are kept and counted in
/// [`Counters::over_standard_length`]. 102 bytes are the longest that the crate `nmea`
/// reads, so both decoders see the same sentences.
pub const LINE_LENGTH: usize = 102;

/// NMEA 0183, section 5.3: 82 bytes, less CR LF.
const STANDARD_LENGTH: usize = 80;

/// Cuts a stream of bytes into sentences whose checksum is right.
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
/// A `$` always begins anew, so garbage costs at most the sentence it hit.
/// CR, LF and CR LF end a sentence alike. Whatever is dropped is counted, to the
/// byte: every byte pushed is a line end, part of a sentence that was returned,
/// in [`Counters::bytes_skipped`], or [`pending`](Self::pending).
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
    /// None between sentences, where `line` holds nothing.
    len: usize,
    pub(super) counters: Counters,
}

impl<const LINE: usize> Framer<LINE> {
    /// Creates a framer that waits for the first `$`.
    pub const fn new() -> Self {
        const { assert!(LINE > 0, "a line holds at least the `$`") };
        Self { line: [0; LINE], len: 0, counters: Counters::NONE }
    }

    /// Takes the next byte. Returns a sentence, `$` to checksum, if that byte
    /// ended one.
    pub fn push(&mut self, byte: u8) -> Option<&[u8]> {
        let len = if self.take(byte) { self.end()? } else { return None };
        self.line.get(..len)
    }

    /// Takes bytes up to the end of a sentence whose checksum is right. Returns how many
    /// it took, and the sentence.
    ///
    /// Without a sentence it took all. It does what [`push`](Self::push) does with each
    /// byte, in a fraction of the time.
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
            // An LF after a CR, or an empty line, ends none.
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

    /// Keeps the bytes in front that only add to a sentence. Returns how many.
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

    /// Returns what has been counted since the framer was made.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Returns the length of the sentence that has begun and not ended.
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

    /// Ends the sentence. Returns its length, if its checksum is right.
    fn end(&mut self) -> Option<usize> {
        let len = core::mem::take(&mut self.len);
        count(&mut self.counters.sentences);
        match self.line.get(..len).and_then(checksums) {
            Some((said, found)) if said == found => {
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

/// What the sentence says its checksum is, and what it is: the exclusive or of
/// all between `$` and `*` (NMEA 0183, section 5.2.2).
fn checksums(sentence: &[u8]) -> Option<(u8, u8)> {
    let (body, &[b'*', high, low]) = sentence.split_last_chunk()? else { return None };
    let said = digit(high)? << 4 | digit(low)?;
    let found = body.strip_prefix(b"$")?.iter().fold(0, |sum, byte| sum ^ byte);
    Some((said, found))
}

/// Reads a hexadecimal digit, in either case.
const fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'F' => byte - b'A' + 10,
        b'a'..=b'f' => byte - b'a' + 10,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counters, as `name=count` for those that are not zero.
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
                "one digit is no checksum",
                b"$A,b*0\n",
                0,
                skipping(Counters { no_checksum: 1, ..one }, 6),
            ),
            (
                "three digits are no checksum",
                b"$A,b*00F\n",
                0,
                skipping(Counters { no_checksum: 1, ..one }, 8),
            ),
            (
                "a sign is no digit",
                b"$A,b*+F\n",
                0,
                skipping(Counters { no_checksum: 1, ..one }, 7),
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
