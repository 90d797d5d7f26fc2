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

const TYPES: [&str; 6] = ["GPRMC,", "GNGGA,", "GLVTG,", "GPGLL,", "GNGSA,", "GPGSV,"];

fuzz_target!(|data: &[u8]| {
    let Some((kind, fields)) = data.split_first() else { return };
    // Others do not get to a decoder as one sentence.
    let may_be_in_one = |byte: &&u8| matches!(**byte, b' '..=b'~') && !b"$*".contains(*byte);
    let mut body = TYPES[usize::from(*kind) % TYPES.len()].as_bytes().to_vec();
    body.extend(fields.iter().filter(may_be_in_one).take(90));
    oracle::explained(&body);
});
