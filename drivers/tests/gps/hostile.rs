//! Arbitrary bytes on a line do no harm.

use tickwire_drivers::gps::{Extended, Framer, Receiver};
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

/// Ten million bytes: noise of any bytes, beginnings of sentences, and a good sentence after each.
#[test]
fn in_ten_million_bytes_of_garbage_each_good_sentence_is_found() {
    let mut random = Random(0x7e4);
    // Drawn once: noise of another length at another place is other noise.
    let noise: Vec<u8> = (0..100_000).map(|_| random.below(256) as u8).collect();
    let mut receiver = Receiver::<102>::new().with_decoder(Extended::new());
    let (mut sent, mut found, mut bytes) = (0, 0, 0);
    let mut take = |mut bytes: &[u8]| {
        while !bytes.is_empty() {
            let (taken, update) = receiver.push_all(bytes, Instant::EPOCH);
            bytes = &bytes[taken..];
            // Its altitude is its number, so none is found twice, and none that was not sent.
            if update.is_some() {
                assert_eq!(receiver.fix().altitude_mm().unwrap().value, found);
                found += 1;
            }
        }
    };
    while bytes < 10_000_000 {
        let at = random.below(noise.len() - 4_000);
        let noise = &noise[at..at + random.below(4_000)];
        let cut = &SENTENCES[random.below(SENTENCES.len())].as_bytes();
        let cut = &cut[..random.below(cut.len())];
        let (meters, millimeters) = (sent / 1_000, sent % 1_000);
        let place = "3645.876324,N,03124.670280,E";
        let good = format!("GNGNS,191503.01,{place},AAN,08,1.3,{meters}.{millimeters:03},32.0,,,V");
        let good = sentence(good.as_bytes());
        for part in [noise, cut, &good[..]] {
            take(part);
            bytes += part.len();
        }
        sent += 1;
    }
    assert!(sent > 4_000);
    assert_eq!(found, sent);
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
