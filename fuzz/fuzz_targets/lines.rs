//! Lines of any bytes, compared with those of a model that sees them all at once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tickwire_drivers::stream::{Error, Lines};
use tickwire_fuzz::{Torn, block_on};

#[path = "../../drivers/src/stream/tests/model.rs"]
#[allow(dead_code, reason = "frames use the rest of it")]
mod model;

const LONGEST: usize = 16;

fuzz_target!(|data: &[u8]| {
    let reader = Torn::new(data);
    let expected = model::lines(reader.bytes(), LONGEST);
    let mut lines = Lines::<_, LONGEST>::new(reader);
    for expected in &expected {
        match (block_on(lines.line()), expected) {
            (Ok(line), Ok(expected)) => assert_eq!(line, expected),
            (Err(Error::TooLong { len }), Err(expected)) => assert_eq!(len, *expected),
            (seen, expected) => panic!("{seen:?} instead of {expected:?}"),
        }
    }
    assert_eq!(block_on(lines.line()), Err(Error::EndOfStream));
    let too_long = expected.iter().filter(|line| line.is_err());
    assert_eq!(lines.dropped().pieces as usize, too_long.count());
});
