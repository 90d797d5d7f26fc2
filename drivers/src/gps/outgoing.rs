//! Sentences for a receiver.

use core::fmt;

/// NMEA 0183, section 5.3: the longest sentence, with CR LF.
const STANDARD_LENGTH: usize = 82;

/// `$`, `*`, two digits, CR and LF.
const AROUND: usize = 6;

/// A sentence for a receiver: `$`, the body, `*`, its checksum, CR LF.
///
/// `N` is the longest sentence that it holds, in bytes, from `$` to LF. The digits of the checksum
/// are upper case, as in the documents of all manufacturers.
///
/// ```
/// use tickwire_drivers::gps::Outgoing;
///
/// let sentence = Outgoing::<82>::new(b"PMTK220,1000").unwrap();
/// assert_eq!(sentence.as_bytes(), b"$PMTK220,1000*1F\r\n");
/// assert_eq!(sentence.body(), b"PMTK220,1000");
///
/// assert!(Outgoing::<82>::new(b"PMTK220,1000*1F").is_none(), "the star ends a body");
/// assert!(Outgoing::<16>::new(b"PMTK220,1000").is_none(), "it takes 18 bytes");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Outgoing<const N: usize = STANDARD_LENGTH> {
    bytes: [u8; N],
    /// The number of bytes from `$` to LF.
    len: u8,
}

impl<const N: usize> Outgoing<N> {
    /// Adds `$`, checksum and line end to a body.
    ///
    /// Returns `None` if the sentence has more than `N` bytes, or if the body contains a byte that
    /// would end it: `$`, `*`, a control character, or a byte that is not ASCII.
    pub fn new(body: &[u8]) -> Option<Self> {
        let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !b"$*".contains(byte);
        if body.len() + AROUND > N || !body.iter().all(is_plain) {
            return None;
        }
        let mut sentence = Unfinished::new();
        sentence.push(body);
        Some(sentence.finish())
    }

    /// Returns the same sentence in a buffer that is as long, or longer.
    pub(super) fn widened<const LONGER: usize>(&self) -> Outgoing<LONGER> {
        const { assert!(N <= LONGER, "the longest sentence fits") };
        let mut bytes = [0; LONGER];
        for (to, from) in bytes.iter_mut().zip(self.bytes) {
            *to = from;
        }
        Outgoing { bytes, len: self.len }
    }

    /// Returns the sentence, with CR LF.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len.into()).unwrap_or_default()
    }

    /// Returns the bytes between `$` and `*`.
    pub fn body(&self) -> &[u8] {
        self.as_bytes().get(1..usize::from(self.len) + 1 - AROUND).unwrap_or_default()
    }
}

/// As [`Outgoing::as_bytes`].
impl<const N: usize> AsRef<[u8]> for Outgoing<N> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// The beginning of a sentence. Bytes for which there is no room are dropped.
pub(super) struct Unfinished<const N: usize> {
    sentence: Outgoing<N>,
    checksum: u8,
}

impl<const N: usize> Unfinished<N> {
    pub(super) fn new() -> Self {
        const { assert!(AROUND < N && N <= u8::MAX as usize, "a length is a byte") };
        let mut bytes = [0; N];
        bytes[0] = b'$';
        Self { sentence: Outgoing { bytes, len: 1 }, checksum: 0 }
    }

    pub(super) fn push(&mut self, text: &[u8]) {
        for byte in text {
            self.put(*byte);
            self.checksum ^= byte;
        }
    }

    /// Appends a number without leading zeros.
    pub(super) fn push_number(&mut self, number: u32) {
        // Division by a variable may panic, as far as the compiler sees.
        let mut digits = [b'0'; 10];
        let (mut rest, mut first) = (number, digits.len());
        for digit in digits.iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
            first -= 1;
            if rest == 0 {
                break;
            }
        }
        self.push(digits.get(first..).unwrap_or_default());
    }

    pub(super) fn finish(mut self) -> Outgoing<N> {
        const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
        let digit = |nibble: u8| DIGITS[usize::from(nibble & 0xf)];
        for byte in [b'*', digit(self.checksum >> 4), digit(self.checksum), b'\r', b'\n'] {
            self.put(byte);
        }
        self.sentence
    }

    fn put(&mut self, byte: u8) {
        if let Some(slot) = self.sentence.bytes.get_mut(usize::from(self.sentence.len)) {
            *slot = byte;
            self.sentence.len += 1;
        }
    }
}

/// Writes the body.
impl<const N: usize> fmt::Display for Outgoing<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(self.body()).unwrap_or_default())
    }
}

impl<const N: usize> fmt::Debug for Outgoing<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({})", self.as_bytes().escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString;

    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Option<&str>) {
        let sentence = Outgoing::<20>::new(body.as_bytes());
        let bytes = sentence.as_ref().map(Outgoing::as_bytes);
        assert_eq!(bytes, expected.map(str::as_bytes), "{body}");
        assert_eq!(sentence.map(|it| it.to_string()), expected.map(|_| body.to_string()), "{body}");
    }

    #[test]
    fn a_body_gets_what_goes_around_it() {
        check("PMTK101", Some("$PMTK101*32\r\n"));
        check("A,b", Some("$A,b*0F\r\n"));
        check("", Some("$*00\r\n"));
        check("12345678901234", Some("$12345678901234*05\r\n"));
        for body in ["123456789012345", "a$", "a*", "a\n", "a\r", "\u{e9}", "a\x7f"] {
            check(body, None);
        }
    }

    #[test]
    fn numbers_have_no_leading_zeros() {
        for number in [0, 1, 9, 10, 99, 100, 101, 115_200, u32::MAX] {
            let mut sentence = Unfinished::<20>::new();
            sentence.push_number(number);
            assert_eq!(sentence.finish().to_string(), number.to_string());
        }
    }
}
