//! The length of chunks does not matter.

use tickwire_drivers::gps::{Counters, Fix, Framer, Receiver, Update};
use tickwire_traits::Instant;

use crate::random::Random;
use crate::sentences::{SENTENCES, body, sentence};

/// Updates, each with the number of bytes before it and the fix then, and counters.
type Told = (Vec<(usize, Update, Fix)>, Counters);

fn byte_by_byte<const LINE: usize>(stream: &[u8]) -> Told {
    let mut receiver = Receiver::<LINE>::new();
    let mut updates = Vec::new();
    for (pushed, byte) in (1..).zip(stream) {
        if let Some(update) = receiver.push(*byte, now(pushed)) {
            updates.push((pushed, update, *receiver.fix()));
        }
    }
    (updates, *receiver.counters())
}

/// In chunks of lengths that `next` returns.
#[track_caller]
fn chunk_by_chunk<const LINE: usize>(stream: &[u8], mut next: impl FnMut() -> usize) -> Told {
    let mut receiver = Receiver::<LINE>::new();
    let mut updates = Vec::new();
    let mut pushed = 0;
    while pushed < stream.len() {
        let mut chunk = &stream[pushed..stream.len().min(pushed + next())];
        while !chunk.is_empty() {
            // The time of a value is that of its sentence's end, as byte by byte.
            let ends = chunk.iter().position(|byte| b"\r\n".contains(byte));
            let line = ends.map_or(chunk.len(), |end| end + 1);
            let (taken, update) = receiver.push_all(&chunk[..line], now(pushed + line));
            assert!(update.is_some() || taken == line, "{taken} of {line}");
            pushed += taken;
            chunk = &chunk[taken..];
            updates.extend(update.map(|update| (pushed, update, *receiver.fix())));
        }
    }
    (updates, *receiver.counters())
}

fn now(pushed: usize) -> Instant {
    Instant::from_micros(pushed as u64)
}

/// Sentences: good, mutated and cut, with noise between.
fn hostile(random: &mut Random, len: usize) -> Vec<u8> {
    let mut stream = Vec::new();
    while stream.len() < len {
        let original = body(SENTENCES[random.below(SENTENCES.len())]);
        match random.below(6) {
            0 => stream.extend(random.noise(60)),
            1 => stream.extend(sentence(&random.mutated(original))),
            2 => stream.extend(&original[..random.below(original.len())]),
            3 => stream.extend(b"\r\n"),
            _ => stream.extend(sentence(original)),
        }
    }
    stream
}

#[track_caller]
fn check<const LINE: usize>(stream: &[u8], random: &mut Random) {
    let expected = byte_by_byte::<LINE>(stream);
    for size in [1, 2, 7, 8, 9, 64, 1_000] {
        assert!(chunk_by_chunk::<LINE>(stream, || size) == expected, "{size} bytes at once");
    }
    let chunked = chunk_by_chunk::<LINE>(stream, || 1 + random.below(90));
    assert!(chunked == expected, "chunks of any length");
}

#[test]
fn every_chunking_gives_what_single_bytes_give() {
    let mut random = Random(0xc0ffee);
    for _ in 0..20 {
        let stream = hostile(&mut random, 5_000);
        check::<1>(&stream, &mut random);
        check::<67>(&stream, &mut random);
        check::<102>(&stream, &mut random);
        check::<300>(&stream, &mut random);
    }
}

#[test]
fn many_sentences_at_once_are_taken_one_by_one() {
    let stream = SENTENCES.map(|it| [it, "\r\n"].concat()).concat().into_bytes();
    let mut receiver = Receiver::<102>::new();
    let (mut rest, mut updates) = (&stream[..], 0);
    while let (taken, Some(_)) = receiver.push_all(rest, Instant::EPOCH) {
        updates += 1;
        rest = &rest[taken..];
    }
    // The malformed one is passed over.
    assert_eq!((updates, receiver.counters().malformed, rest), (23, 1, &b"\n"[..]));
}

#[test]
fn a_sentence_split_in_two_anywhere_is_one_sentence() {
    let stream = b"xx$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r\n$";
    for at in 0..=stream.len() {
        let mut framer = Framer::<102>::new();
        let mut found = Vec::new();
        for mut part in [&stream[..at], &stream[at..]] {
            while !part.is_empty() {
                let (taken, sentence) = framer.push_all(part);
                found.extend(sentence.map(<[u8]>::to_vec));
                part = &part[taken..];
            }
        }
        assert_eq!(found, [stream[2..42].to_vec()], "split at {at}");
        assert_eq!((framer.pending(), framer.counters().bytes_skipped), (1, 2), "split at {at}");
    }
}
