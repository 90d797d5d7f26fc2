//! Two decoders of the same sentence, which differ only where the documentation says so; and replies,
//! each of which answers no command but that which it names.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../drivers/tests/gps/form.rs"]
mod form;
#[path = "../../drivers/tests/gps/more_oracle.rs"]
mod more_oracle;
#[path = "../../drivers/tests/gps/oracle.rs"]
#[allow(dead_code, unused_imports, reason = "its tests use the rest of it")]
mod oracle;
#[path = "../../drivers/tests/gps/mtk/pairing.rs"]
mod pairing;
#[path = "../../drivers/tests/gps/random.rs"]
#[allow(dead_code, reason = "the tests of the oracle use it")]
mod random;
#[path = "../../drivers/tests/gps/sentences.rs"]
#[allow(dead_code, reason = "the tests of the oracle use the rest of it")]
mod sentences;
#[path = "../../drivers/tests/gps/sky_oracle.rs"]
mod sky_oracle;
#[path = "../../drivers/tests/gps/vectors.rs"]
#[allow(dead_code, unused_imports, reason = "its tests use the rest of it")]
mod vectors;

// The first byte chooses a sentence, and each three after it change it: bytes alone hardly ever
// make one that has a position.
fuzz_target!(|data: &[u8]| {
    let Some((first, edits)) = data.split_first() else { return };
    let mut body = original(usize::from(*first)).to_vec();
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
    pairing::check(&body);
    if has_long_number(&body) {
        return;
    }
    oracle::explained(&body);
    if more_oracle::is_read_by_both(&body) {
        more_oracle::explained(&body);
    }
    if sky_oracle::is_read_by_both(&body) {
        sky_oracle::explained(&body);
    }
});

/// Returns a sentence between `$` and `*`.
fn original(at: usize) -> &'static [u8] {
    let bodies = more_oracle::COMMON.iter().chain(&sky_oracle::COMMON).chain(&pairing::REPLIES);
    let all = sentences::SENTENCES.iter().map(|it| sentences::body(it));
    let all: Vec<_> = all.chain(bodies.map(|it| it.as_bytes())).collect();
    all[at % all.len()]
}

/// Whether a number has more digits than a float of 64 bits holds. `nmea` reads such a time as the
/// nearest float, as the documentation says.
fn has_long_number(body: &[u8]) -> bool {
    body.split(|byte| !byte.is_ascii_digit() && *byte != b'.').any(|number| number.len() > 15)
}
