//! Arbitrary bytes on a line do no harm.

use tickwire_drivers::gps::{Framer, Receiver};
use tickwire_traits::Instant;

use crate::random::Random;
use crate::sentences::{SENTENCES, body, sentence};

const GOOD: &str = "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n";

/// Feeds `bytes`, and then a good sentence, which must be accepted.
#[track_caller]
fn survives(receiver: &mut Receiver, bytes: &[u8]) {
    for byte in bytes {
        let _ = receiver.push(*byte, Instant::EPOCH);
    }
    let accepted = receiver.counters().accepted;
    let now = Instant::from_millis(1);
    let update = GOOD.bytes().filter_map(|byte| receiver.push(byte, now)).last();
    assert!(update.is_some(), "after {:?}", String::from_utf8_lossy(bytes));
    assert!(receiver.counters().accepted > accepted);
    let counters = receiver.counters();
    let sentences = counters.accepted
        + counters.unsupported
        + counters.malformed
        + counters.bad_checksum
        + counters.no_checksum;
    assert_eq!(counters.sentences, sentences, "after {:?}", String::from_utf8_lossy(bytes));
}

#[test]
fn a_sentence_cut_anywhere_is_counted_and_costs_no_other() {
    for sentence in SENTENCES {
        for len in 0..sentence.len() {
            for end in ["", "\r\n"] {
                let mut receiver = Receiver::new();
                survives(&mut receiver, format!("{}{end}", &sentence[..len]).as_bytes());
                let counters = receiver.counters();
                let dropped = counters.torn + counters.no_checksum + counters.bad_checksum;
                assert_eq!(dropped, u32::from(len > 0), "{}", &sentence[..len]);
                assert_eq!(counters.bytes_skipped as usize, len);
            }
        }
    }
}

#[test]
fn a_cut_sentence_with_a_new_checksum_does_no_harm() {
    for original in SENTENCES {
        let body = body(original);
        for len in 0..body.len() {
            let mut receiver = Receiver::new();
            survives(&mut receiver, &sentence(&body[..len]));
            let counters = receiver.counters();
            assert_eq!(counters.accepted + counters.malformed + counters.unsupported, 2);
        }
    }
}

#[test]
fn a_sentence_without_a_field_does_no_harm() {
    for original in SENTENCES {
        let fields: Vec<_> = body(original).split(|byte| *byte == b',').collect();
        for gone in 0..fields.len() {
            for with in [&b""[..], b"nan", b"-", b"inf", b"1e400", b"99999999999999999999", b"*"] {
                let mut changed = fields.clone();
                changed[gone] = with;
                survives(&mut Receiver::new(), &sentence(&changed.join(&b',')));
            }
            let mut fewer = fields.clone();
            fewer.remove(gone);
            survives(&mut Receiver::new(), &sentence(&fewer.join(&b',')));
            let mut more = fields.clone();
            more.insert(gone, b"7");
            survives(&mut Receiver::new(), &sentence(&more.join(&b',')));
        }
    }
}

#[test]
fn any_bytes_are_survived_and_accounted_for() {
    let mut random = Random(0x5eed);
    let mut receiver = Receiver::new();
    for _ in 0..2_000 {
        let noise = random.noise(200);
        survives(&mut receiver, &noise);
    }
    for _ in 0..8_000 {
        let original = body(SENTENCES[random.below(SENTENCES.len())]);
        survives(&mut receiver, &sentence(&random.mutated(original)));
    }
    let counters = receiver.counters();
    assert!(counters.bytes_skipped > 100_000, "{counters:?}");
    for reached in [counters.malformed, counters.unsupported, counters.torn, counters.too_long] {
        assert!(reached > 50, "{counters:?}");
    }
}

#[test]
fn the_framer_loses_no_byte_of_any_length() {
    let mut random = Random(0xface);
    let mut stream = Vec::new();
    while stream.len() < 100_000 {
        let original = body(SENTENCES[random.below(24)]);
        match random.below(4) {
            0 => stream.extend(random.noise(60)),
            1 => stream.extend(sentence(&random.mutated(original))),
            2 => stream.extend(&GOOD.as_bytes()[..random.below(GOOD.len())]),
            _ => stream.extend(GOOD.as_bytes()),
        }
    }
    accounts::<1>(&stream);
    accounts::<67>(&stream); // One less than the good one.
    accounts::<102>(&stream);
    accounts::<300>(&stream);
}

#[track_caller]
fn accounts<const LINE: usize>(stream: &[u8]) {
    let mut framer = Framer::<LINE>::new();
    let mut returned = 0;
    let mut line_ends = 0;
    for (pushed, byte) in (1..).zip(stream) {
        line_ends += usize::from(b"\r\n".contains(byte));
        returned += framer.push(*byte).map_or(0, <[u8]>::len);
        let skipped = framer.counters().bytes_skipped as usize;
        assert_eq!(returned + line_ends + skipped + framer.pending(), pushed);
    }
}
