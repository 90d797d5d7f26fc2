//! Frames against the crate `cobs` and a checksum of its own.

use std::vec;
use std::vec::Vec;

use futures_util::{StreamExt, TryStreamExt};
use proptest::prelude::*;
use tickwire_sim::uart::{Baud, LineFault, line};
use tickwire_sim::{Sim, drop_after, impatiently};

use super::model;
use super::script::Script;
use crate::stream::{Dropped, Error, FrameError, FrameWriter, Frames, SendError};

/// The longest frame here, on the wire.
const MOST: usize = 300;

/// A frame, or how it is damaged and its length on the wire.
type Item = Result<Vec<u8>, FrameError<()>>;

/// Encodes a frame with its checksum and a zero, by the other crate.
fn encoded(frame: &[u8]) -> Vec<u8> {
    let whole = [frame, &model::checksum(frame).to_le_bytes()].concat();
    let mut bytes = vec![0; cobs::max_encoding_length(whole.len())];
    let len = cobs::encode(&whole, &mut bytes);
    bytes.truncate(len);
    bytes.push(0);
    bytes
}

/// What [`Frames`] has to return for `bytes`.
fn expected(bytes: &[u8]) -> Vec<Item> {
    let pieces = model::pieces(bytes, &[0], MOST);
    let decoded = |piece: model::Item| {
        let mut piece = piece.map_err(|len| FrameError::Stream(Error::TooLong { len }))?;
        let len = piece.len();
        let Ok(decoded) = cobs::decode_in_place(&mut piece) else {
            return Err(FrameError::Encoding { len });
        };
        piece.truncate(decoded);
        let Some((frame, sum)) = piece.split_last_chunk() else {
            return Err(FrameError::Encoding { len });
        };
        let is_right = model::checksum(frame) == u16::from_le_bytes(*sum);
        if is_right { Ok(frame.to_vec()) } else { Err(FrameError::Checksum { len }) }
    };
    pieces.into_iter().filter(|piece| *piece != Ok(Vec::new())).map(decoded).collect()
}

#[track_caller]
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let expected = expected(bytes);
    for (size, fails) in [(1, false), (7, true), (1_000, false)] {
        let mut frames = Frames::<_, MOST>::new(Script::chunks(bytes, size, fails));
        let items = Sim::new().run(async {
            let mut items = Vec::<Item>::new();
            loop {
                let next = async || frames.frame().await.map(<[u8]>::to_vec);
                items.push(match impatiently(next).await {
                    Ok(frame) => Ok(frame),
                    Err(FrameError::Encoding { len }) => Err(FrameError::Encoding { len }),
                    Err(FrameError::Checksum { len }) => Err(FrameError::Checksum { len }),
                    Err(FrameError::Stream(Error::TooLong { len })) => {
                        Err(FrameError::Stream(Error::TooLong { len }))
                    }
                    Err(FrameError::Stream(Error::Read(_))) => continue,
                    Err(FrameError::Stream(Error::EndOfStream)) => break items,
                });
            }
        });
        prop_assert_eq!(&items, &expected);
        prop_assert_eq!(frames.dropped(), dropped(&items));
    }
    Ok(())
}

fn dropped(items: &[Item]) -> Dropped {
    let mut dropped = Dropped::NONE;
    for item in items {
        if let Err(
            FrameError::Encoding { len }
            | FrameError::Checksum { len }
            | FrameError::Stream(Error::TooLong { len }),
        ) = item
        {
            dropped.count(*len);
        }
    }
    dropped
}

#[test]
fn the_checksum_is_that_of_the_catalog() {
    assert_eq!(model::checksum(b"123456789"), 0x906e);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn frames_with_bytes_lost_doubled_and_changed_are_found_as_by_the_other_crate(
        frames in prop::collection::vec(
            prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..310), 0..5),
        faults in prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8, any::<u8>()), 0..5),
    ) {
        let mut bytes: Vec<u8> = frames.iter().flat_map(|frame| encoded(frame)).collect();
        for (at, fault, byte) in faults {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match fault {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, bytes[at]),
                _ => bytes[at] = byte,
            }
        }
        check(&bytes)?;
    }

    #[test]
    fn any_bytes_are_frames_or_damage(bytes in prop::collection::vec(0..8_u8, 0..400)) {
        check(&bytes)?;
    }

    #[test]
    fn what_is_sent_is_what_the_other_crate_encodes(
        frame in prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..600),
    ) {
        let mut wire = [0; 1_400];
        let mut writer = FrameWriter::new(&mut wire[..]);
        Sim::new().run(async {
            writer.send(&frame).await.unwrap();
            writer.send(&frame).await.unwrap();
        });
        let len = 1_400 - writer.release().len();
        prop_assert_eq!(&wire[..len], &encoded(&frame).repeat(2)[..]);
    }
}

#[test]
fn a_frame_that_is_torn_by_a_drop_takes_no_other_along() {
    let (frame, mut torn) = ([7; 60], 0);
    for polls in 1.. {
        let sim = Sim::new();
        let (near, far) = line(sim.clock(), Baud::new(9_600));
        let (mut writer, mut frames) = (FrameWriter::new(near), Frames::<_, MOST>::new(far));
        let sent = sim.run(drop_after(polls, writer.send(&frame)));
        sim.run(futures_util::future::join(
            async {
                writer.send(b"second").await.unwrap();
                drop(writer);
            },
            async {
                match frames.frame().await {
                    // All but its end was sent before the drop, or all.
                    Ok(first) => assert_eq!(first, frame),
                    Err(error) => {
                        assert!(matches!(error, FrameError::Encoding { .. }), "{error}");
                        assert_eq!(sent, None);
                        torn += 1;
                    }
                }
                assert_eq!(frames.frame().await.unwrap(), b"second");
            },
        ));
        if sent.is_some() {
            assert!(torn > 10, "{torn}");
            return;
        }
    }
}

#[test]
fn a_frame_that_fails_takes_no_other_along() {
    let sim = Sim::new();
    let (near, far) = line(sim.clock(), Baud::new(9_600));
    let way = near.outgoing();
    let (mut writer, mut frames) = (FrameWriter::new(near), Frames::<_, MOST>::new(far));
    sim.run(async {
        way.fail_next_write();
        assert_eq!(writer.send(b"first").await, Err(SendError::Write(LineFault)));
        writer.send(b"second").await.unwrap();
        assert_eq!(frames.frame().await.unwrap(), b"second");
    });
    assert_eq!(frames.dropped(), Dropped::NONE);
}

#[test]
fn a_stream_of_frames_ends_after_the_end_and_not_after_an_error() {
    let mut garbled = encoded(b"two");
    garbled[1] ^= 1;
    let bytes = [encoded(b"one"), garbled, vec![1; MOST + 1], vec![0], encoded(b"")].concat();
    let mut frames = Frames::<_, MOST>::new(&bytes[..]);
    let frames = frames.frames().map_ok(|frame| frame.to_vec());
    let items: Vec<_> = Sim::new().run(frames.collect());
    let expected = [
        Ok(b"one".to_vec()),
        Err(FrameError::Checksum { len: 6 }),
        Err(FrameError::Stream(Error::TooLong { len: MOST + 1 })),
        Ok(Vec::new()),
        Err(FrameError::Stream(Error::EndOfStream)),
    ];
    assert_eq!(items, expected);
}
