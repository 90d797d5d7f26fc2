//! Sentences in any bytes: at once, byte by byte and in pieces, with each byte accounted for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tickwire_drivers::gps::Framer;

const LONGEST: usize = 80;

fuzz_target!(|data: &[u8]| {
    let (size, data) = data.split_first().map_or((1, data), |(size, rest)| (*size, rest));
    let mut one = Framer::<LONGEST>::new();
    let mut expected = Vec::new();
    for byte in data {
        expected.extend(one.push(*byte).map(<[u8]>::to_vec));
    }
    let mut pieces = Framer::<LONGEST>::new();
    let mut seen = Vec::new();
    for mut piece in data.chunks(usize::from(size).max(1)) {
        while !piece.is_empty() {
            let (taken, sentence) = pieces.push_all(piece);
            seen.extend(sentence.map(<[u8]>::to_vec));
            piece = &piece[taken..];
        }
    }
    assert_eq!(seen, expected);
    assert_eq!((pieces.counters(), pieces.pending()), (one.counters(), one.pending()));

    let ends = data.iter().filter(|byte| b"\r\n".contains(byte)).count();
    let sentences: usize = expected.iter().map(Vec::len).sum();
    let skipped = one.counters().bytes_skipped as usize;
    assert_eq!(ends + sentences + skipped + one.pending(), data.len());
    for sentence in &expected {
        assert!(is_sound(sentence), "{}", String::from_utf8_lossy(sentence));
    }
});

/// Whether the checksum is that of the bytes between `$` and `*` (NMEA 0183, section 7.2).
fn is_sound(sentence: &[u8]) -> bool {
    let body = sentence.strip_prefix(b"$").and_then(|rest| rest.split_last_chunk::<3>());
    body.is_some_and(|(body, [star, high, low])| {
        let sum = format!("{:02X}", body.iter().fold(0, |sum, byte| sum ^ byte));
        let told = [*high, *low].map(|digit| digit.to_ascii_uppercase());
        *star == b'*' && sum.as_bytes() == told
    })
}
