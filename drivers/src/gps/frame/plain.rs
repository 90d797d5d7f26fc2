//! Bytes that only add to a sentence, a word of them at a time.

/// Counts the bytes in front that are within ` `..=`~` and no `$`.
pub(super) fn plain(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks();
    let words = words.iter().take_while(|word| is_plain(usize::from_ne_bytes(**word))).count();
    let plain = words * size_of::<usize>();
    let rest = bytes.get(plain..).unwrap_or_default();
    plain + rest.iter().take_while(|byte| matches!(byte, b' '..=b'#' | b'%'..=b'~')).count()
}

/// Whether all bytes of a word are within ` `..=`~` and none is `$`.
///
/// It looks at them all at once, by the high bit that each leaves or not. A byte that
/// borrows from its neighbor has left a high bit itself, so the whole is right.
const fn is_plain(word: usize) -> bool {
    const ONES: usize = usize::MAX / 0xff;
    let dollars = word ^ (ONES * b'$' as usize);
    let is_dollar = dollars.wrapping_sub(ONES) & !dollars;
    let is_below = word.wrapping_sub(ONES * b' ' as usize) & !word;
    let is_above = word.wrapping_add(ONES) | word;
    (is_dollar | is_below | is_above) & (ONES << 7) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_add_to_a_sentence_are_told_many_at_once() {
        for byte in 0..=u8::MAX {
            let expected = (b' '..=b'~').contains(&byte) && byte != b'$';
            // In every lane, with neighbors that are nearly not plain.
            for neighbor in [b' ', b'#', b'%', b'~'] {
                for at in 0..size_of::<usize>() {
                    let mut word = [neighbor; size_of::<usize>()];
                    word[at] = byte;
                    assert_eq!(is_plain(usize::from_ne_bytes(word)), expected, "{word:02x?}");
                }
                for at in 0..20 {
                    let mut bytes = [neighbor; 20];
                    bytes[at] = byte;
                    assert_eq!(plain(&bytes), if expected { 20 } else { at }, "{bytes:02x?}");
                }
            }
        }
    }
}
