//! Two decoders of the same sentence, which differ only where the documentation says so.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../drivers/tests/gps/form.rs"]
mod form;
#[path = "../../drivers/tests/gps/oracle.rs"]
#[allow(dead_code, unused_imports, reason = "its tests use the rest of it")]
mod oracle;
#[path = "../../drivers/tests/gps/random.rs"]
#[allow(dead_code, reason = "the tests of the oracle use it")]
mod random;
#[path = "../../drivers/tests/gps/sentences.rs"]
#[allow(dead_code, reason = "the tests of the oracle use the rest of it")]
mod sentences;
#[path = "../../drivers/tests/gps/vectors.rs"]
#[allow(dead_code, unused_imports, reason = "its tests use the rest of it")]
mod vectors;

// The first byte chooses a sentence, and each three after it change it: bytes alone hardly ever
// make one that has a position.
fuzz_target!(|data: &[u8]| {
    let Some((first, edits)) = data.split_first() else { return };
    let original = sentences::SENTENCES[usize::from(*first) % sentences::SENTENCES.len()];
    let mut body = sentences::body(original).to_vec();
    for edit in edits.chunks_exact(3) {
        let at = usize::from(edit[1]) % body.len();
        match edit[0] % 4 {
            0 => body[at] = edit[2],
            1 => body.insert(at, edit[2]),
            2 if body.len() > 1 => drop(body.remove(at)),
            // As digits and fields are often moved or doubled.
            _ => body.insert(at, body[usize::from(edit[2]) % body.len()]),
        }
    }
    // Others do not get to a decoder as one sentence.
    body.retain(|byte| matches!(byte, b' '..=b'~') && !b"$*".contains(byte));
    body.truncate(98);
    if !has_long_number(&body) {
        oracle::explained(&body);
    }
});

/// Whether a number has more digits than a float of 64 bits holds. `nmea` reads such a time as the
/// nearest float, as the documentation says.
fn has_long_number(body: &[u8]) -> bool {
    body.split(|byte| !byte.is_ascii_digit() && *byte != b'.').any(|number| number.len() > 15)
}
