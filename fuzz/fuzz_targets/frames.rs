//! Frames in any bytes, compared with the crate `cobs` and a checksum bit by bit; and any bytes in
//! a frame.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tickwire_drivers::stream::{Error, FrameError, FrameWriter, Frames};
use tickwire_fuzz::{Torn, block_on};

#[path = "../../drivers/src/stream/tests/model.rs"]
#[allow(dead_code, reason = "lines use the rest of it")]
mod model;

const LONGEST: usize = 300;

fuzz_target!(|data: &[u8]| {
    read(data);
    write(data);
});

/// Compares the frames in `data` with those that the crate finds between zeros.
fn read(data: &[u8]) {
    let reader = Torn::new(data);
    let pieces = model::pieces(reader.bytes(), &[0], LONGEST);
    let pieces = pieces.iter().filter(|piece| piece.as_ref().map_or(true, |it| !it.is_empty()));
    let mut frames = Frames::<_, LONGEST>::new(reader);
    for piece in pieces {
        let seen = block_on(frames.frame());
        let piece = match piece {
            Ok(piece) => piece,
            Err(expected) => {
                assert_eq!(seen, Err(FrameError::Stream(Error::TooLong { len: *expected })));
                continue;
            }
        };
        let decoded = cobs::decode_vec(piece).ok();
        let sound = decoded.as_ref().and_then(|decoded| {
            let (frame, sum) = decoded.split_last_chunk()?;
            (model::checksum(frame) == u16::from_le_bytes(*sum)).then_some(frame)
        });
        match seen {
            Ok(frame) => assert_eq!(Some(frame), sound, "{piece:x?}"),
            Err(FrameError::Checksum { .. } | FrameError::Encoding { .. }) => {
                assert_eq!(sound, None, "{piece:x?}");
            }
            Err(error) => panic!("{error} for {piece:x?}"),
        }
    }
    assert_eq!(block_on(frames.frame()), Err(FrameError::Stream(Error::EndOfStream)));
}

/// Sends `data` as a frame, and reads it back.
fn write(data: &[u8]) {
    let data = &data[..data.len().min(LONGEST - 4)];
    let mut wire = Vec::new();
    block_on(FrameWriter::new(&mut wire).send(data)).expect("a vector takes all");
    assert_eq!(wire.iter().position(|byte| *byte == 0), Some(wire.len() - 1));
    let mut frames = Frames::<_, LONGEST>::new(&wire[..]);
    assert_eq!(block_on(frames.frame()), Ok(data));
}
