//! The checksum of a sentence.

/// Returns the checksum that the sentence carries, and the one that its bytes have: the exclusive
/// or of all bytes between `$` and `*` (NMEA 0183, section 5.2.2). Returns `None` if the sentence
/// does not end in `*` and two hexadecimal digits.
pub(super) fn checksums(sentence: &[u8]) -> Option<(u8, u8)> {
    let (body, &[b'*', high, low]) = sentence.split_last_chunk()? else { return None };
    let carried = digit(high)? << 4 | digit(low)?;
    let computed = body.strip_prefix(b"$")?.iter().fold(0, |sum, byte| sum ^ byte);
    Some((carried, computed))
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

    #[track_caller]
    fn check(sentence: &str, expected: Option<(u8, u8)>) {
        assert_eq!(checksums(sentence.as_bytes()), expected, "{sentence}");
    }

    #[test]
    fn a_checksum_is_a_star_and_two_digits() {
        check("$A,b*0F", Some((0x0f, 0x0f)));
        check("$A,b*0f", Some((0x0f, 0x0f)));
        check("$A,b*a0", Some((0xa0, 0x0f)));
        check("$*00", Some((0, 0)));
        for sentence in
            ["", "$", "*00", "$A,b", "$A,b*", "$A,b*0", "$A,b*00F", "$A,b*+F", "$A,b*0G"]
        {
            check(sentence, None);
        }
    }
}
