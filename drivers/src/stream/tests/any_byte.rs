//! Each type on a stream that fails or ends before any byte.

use std::vec::Vec;

use embedded_io_async::ErrorKind;
use tickwire_sim::{Sim, SimClock, impatiently};
use tickwire_traits::Duration;

use super::script::{Script, Step};
use crate::stream::{Error, Exactly, FrameError, Frames, Lines, Quiet, Records};

/// What a call returned.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Piece(Vec<u8>),
    /// A piece that is too long or damaged.
    Refused,
    Failed,
    Ended,
}

/// A type that divides a stream.
trait Divide {
    async fn next(&mut self) -> Outcome;
}

fn outcome(result: Result<&[u8], Error<ErrorKind>>) -> Outcome {
    match result {
        Ok(piece) => Outcome::Piece(piece.to_vec()),
        Err(Error::Read(_)) => Outcome::Failed,
        Err(Error::EndOfStream) => Outcome::Ended,
        Err(Error::TooLong { .. }) => Outcome::Refused,
    }
}

impl Divide for Lines<Script, 6> {
    async fn next(&mut self) -> Outcome {
        outcome(self.line().await)
    }
}

impl Divide for Records<Script, 6> {
    async fn next(&mut self) -> Outcome {
        outcome(self.record().await)
    }
}

impl Divide for Exactly<Script, 6> {
    async fn next(&mut self) -> Outcome {
        outcome(self.bytes(5).await)
    }
}

impl Divide for Quiet<Script, SimClock, 6> {
    async fn next(&mut self) -> Outcome {
        outcome(self.block().await)
    }
}

impl Divide for Frames<Script, 6> {
    async fn next(&mut self) -> Outcome {
        match self.frame().await {
            Err(FrameError::Stream(error)) => outcome(Err(error)),
            Err(_) => Outcome::Refused,
            Ok(frame) => Outcome::Piece(frame.to_vec()),
        }
    }
}

/// The outcomes until two calls in a row have reported the end.
fn outcomes<D: Divide>(steps: &[Step], new: impl Fn(Script, SimClock) -> D) -> Vec<Outcome> {
    let sim = Sim::new();
    let mut divided = new(Script::new(steps.to_vec()), sim.clock());
    let mut outcomes = Vec::new();
    sim.run(async {
        while !outcomes.ends_with(&[Outcome::Ended, Outcome::Ended]) {
            assert!(outcomes.len() < 100, "it never ends");
            outcomes.push(impatiently(async || divided.next().await).await);
        }
    });
    outcomes
}

/// The pieces among `outcomes`, and those that were refused.
fn pieces(outcomes: Vec<Outcome>) -> Vec<Outcome> {
    outcomes.into_iter().filter(|it| *it != Outcome::Ended).collect()
}

/// What a read returns, with a pause before it. None of no bytes, which would be the end.
fn read(bytes: &[u8]) -> impl Iterator<Item = Step> {
    let steps = (!bytes.is_empty()).then(|| [Step::Pause, Step::Bytes(bytes.to_vec())]);
    steps.into_iter().flatten()
}

/// Checks a type with a failure, two failures, and an end before each byte. `waits_on` if a part
/// before the end is completed by what follows.
#[track_caller]
fn check<D: Divide>(bytes: &[u8], waits_on: bool, new: impl Fn(Script, SimClock) -> D) {
    let of = |steps: &[Step]| outcomes(steps, &new);
    let whole = of(&read(bytes).collect::<Vec<_>>());
    assert!(whole.len() > 5, "{whole:?}");
    for at in 0..=bytes.len() {
        let (before, after) = bytes.split_at(at);
        for failures in 1..=2 {
            let fails = std::vec![Step::Failure; failures];
            let mut outcomes =
                of(&read(before).chain(fails).chain(read(after)).collect::<Vec<_>>());
            outcomes.retain(|outcome| *outcome != Outcome::Failed);
            let failed = of(&read(before).chain([Step::Failure]).collect::<Vec<_>>());
            assert_eq!(failed.iter().filter(|it| **it == Outcome::Failed).count(), 1);
            assert_eq!(outcomes, whole, "{failures} failures before byte {at}");
        }
        let ended = of(&read(before).chain([Step::End]).chain(read(after)).collect::<Vec<_>>());
        let expected = if waits_on {
            pieces(whole.clone())
        } else {
            // The second half of an end that has been reported.
            let after = match (before, after) {
                ([.., b'\r'], [b'\n', after @ ..]) => after,
                _ => after,
            };
            let halves = [before, after].map(|half| of(&read(half).collect::<Vec<_>>()));
            halves.into_iter().flat_map(pieces).collect()
        };
        assert_eq!(pieces(ended), expected, "an end before byte {at}");
    }
}

#[test]
fn each_type_on_a_stream_that_fails_or_ends_before_any_byte() {
    const FRAMES: &[u8] = b"\x06\x2f\x7c\x41\x8d\x01\0\x03\xff\xff\0";

    check(b"one\r\ntwo\n\rseven bytes\r\nend", false, |script, _| Lines::new(script));
    check(b"one;two;;seven bytes;end", false, |script, _| Records::new(script, b';'));
    check(b"five.times.five.bytes...and", true, |script, _| Exactly::new(script));
    let pause = Duration::from_millis(5);
    check(b"blocks of six bytes, and four", false, |script, clock| {
        Quiet::new(script, clock, pause)
    });
    let frames = [frame(b"ab"), frame(b""), FRAMES.to_vec(), frame(b"\0"), frame(b"cd")].concat();
    check(&frames, false, |script, _| Frames::new(script));
}

/// A frame of up to two bytes on the wire.
fn frame(bytes: &[u8]) -> Vec<u8> {
    let whole = [bytes, &super::model::checksum(bytes).to_le_bytes()].concat();
    let mut wire = [0; 8];
    let len = cobs::encode(&whole, &mut wire);
    [&wire[..len], &[0]].concat()
}
