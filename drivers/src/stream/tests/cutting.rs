//! Lines, records and exact lengths against the model, in every chunking.

use std::vec::Vec;

use embedded_io_async::ErrorKind;
use futures_util::{StreamExt, TryStreamExt};
use proptest::prelude::*;
use tickwire_sim::{Sim, impatiently};

use super::model::{self, Item};
use super::script::{Script, Step};
use crate::stream::{Dropped, Error, Exactly, Lines, Records};

/// The length of the longest piece here.
const MOST: usize = 3;

/// Calls `$next` on `$stream` until the end of the stream, dropped at each pending poll.
/// Returns the items, and how often the reader failed.
macro_rules! all {
    ($stream:ident, $next:ident) => {
        Sim::new().run(async {
            let (mut items, mut failures) = (Vec::<Item>::new(), 0);
            loop {
                let next = async || $stream.$next().await.map(<[u8]>::to_vec);
                match impatiently(next).await {
                    Ok(piece) => items.push(Ok(piece)),
                    Err(Error::TooLong { len }) => items.push(Err(len)),
                    Err(Error::Read(_)) => failures += 1,
                    Err(Error::EndOfStream) => break,
                }
            }
            // The end is reported by every call.
            assert_eq!($stream.$next().await, Err(Error::EndOfStream));
            (items, failures)
        })
    };
}

/// Checks lines and records of `bytes` in chunks of each size, with and without failures.
#[track_caller]
fn check(bytes: &[u8]) {
    let (lines, records) = (model::lines(bytes, MOST), model::pieces(bytes, b"\r", MOST));
    for size in [1, 2, 3, 100] {
        for fails in [false, true] {
            let what = || std::format!("\"{}\", {size} at once", bytes.escape_ascii());
            let script = || Script::chunks(bytes, size, fails);
            let reads = bytes.len().div_ceil(size) + 1;
            let mut stream = Lines::<_, MOST>::new(script());
            assert_eq!(
                all!(stream, line),
                (lines.clone(), reads * usize::from(fails)),
                "{}",
                what()
            );
            assert_eq!(stream.dropped(), dropped(&lines), "{}", what());
            let mut stream = Records::<_, MOST>::new(script(), b'\r');
            assert_eq!(all!(stream, record).0, records, "{}", what());
            assert_eq!(stream.dropped(), dropped(&records), "{}", what());
        }
    }
}

/// The counts of the items that are too long.
fn dropped(items: &[Item]) -> Dropped {
    let lens = items.iter().filter_map(|item| item.as_ref().err());
    Dropped { pieces: lens.clone().count() as u32, bytes: lens.sum::<usize>() as u32 }
}

#[test]
fn every_short_text_is_divided_as_by_the_model() {
    let mut texts = std::vec![Vec::new()];
    for _ in 0..=6 {
        texts.iter().for_each(|text| check(text));
        let longer = |text: &Vec<u8>| b"a\r\n".map(|byte| [&text[..], &[byte]].concat());
        texts = texts.iter().flat_map(longer).collect();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_divided_as_by_the_model(
        bytes in prop::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), any::<u8>()], 0..60),
    ) {
        check(&bytes);
    }
}

#[test]
fn the_end_of_a_line_that_is_too_long_does_not_take_the_next_line() {
    #[track_caller]
    fn check(bytes: &[u8], expected: &[Result<&[u8], usize>]) {
        let mut stream = Lines::<_, MOST>::new(bytes);
        let expected: Vec<Item> = expected.iter().map(|item| item.map(<[u8]>::to_vec)).collect();
        assert_eq!(all!(stream, line).0, expected);
    }
    check(b"abc\r\nd", &[Ok(b"abc"), Ok(b"d")]);
    check(b"abcd\r\nd", &[Err(4), Ok(b"d")]);
    check(b"abcdefgh\n\nd", &[Err(8), Ok(b""), Ok(b"d")]);
    check(b"abcd", &[Err(4)]);
    check(b"\n\r\n\r", &[Ok(b""), Ok(b""), Ok(b"")]);
}

#[test]
fn a_stream_that_goes_on_after_its_end_is_read_on() {
    let bytes = |bytes: &[u8]| Step::Bytes(bytes.to_vec());
    let steps = [bytes(b"on"), Step::End, bytes(b"e\n"), Step::End, bytes(b"two")];
    let mut lines = Lines::<_, 8>::new(Script::new(steps));
    Sim::new().run(async {
        assert_eq!(lines.line().await.unwrap(), b"on");
        assert_eq!(lines.line().await.unwrap(), b"e");
        assert_eq!(lines.line().await, Err(Error::EndOfStream));
        assert_eq!(lines.line().await.unwrap(), b"two");
        assert_eq!(lines.line().await, Err(Error::EndOfStream));
    });
}

#[test]
fn too_few_bytes_are_kept_and_too_many_are_refused() {
    for size in [1, 2, 3, 100] {
        for fails in [false, true] {
            let mut stream = Exactly::<_, 4>::new(Script::chunks(b"abcdefgh", size, fails));
            let mut next = async |len| loop {
                let next = async || stream.bytes(len).await.map(<[u8]>::to_vec);
                match impatiently(next).await {
                    Err(Error::Read(ErrorKind::Other)) => {}
                    other => return other,
                }
            };
            Sim::new().run(async {
                assert_eq!(next(3).await.unwrap(), b"abc");
                assert_eq!(next(5).await, Err(Error::TooLong { len: 5 }));
                assert_eq!(next(0).await.unwrap(), b"");
                assert_eq!(next(1).await.unwrap(), b"d");
                assert_eq!(next(2).await.unwrap(), b"ef");
                assert_eq!(next(4).await, Err(Error::EndOfStream));
                assert_eq!(next(4).await, Err(Error::EndOfStream));
                assert_eq!(next(2).await.unwrap(), b"gh");
            });
        }
    }
}

#[test]
fn one_type_continues_with_what_another_has_left() {
    let mut lines = Lines::<_, 8>::new(&b"data 3\n\n\x01\x02end;rest"[..]);
    Sim::new().run(async {
        assert_eq!(lines.line().await.unwrap(), b"data 3");
        let mut data = Exactly::resume(lines.release());
        assert_eq!(data.bytes(3).await.unwrap(), b"\n\x01\x02");
        let mut records = Records::resume(data.release(), b';');
        assert_eq!(records.record().await.unwrap(), b"end");
        let left = records.release();
        assert!(b"rest".starts_with(left.bytes()));
        assert_eq!(b"rest".strip_prefix(left.bytes()).unwrap(), left.into_reader());
    });
}

#[test]
fn a_stream_of_pieces_ends_after_the_end_and_not_after_an_error() {
    Sim::new().run(async {
        let mut lines = Lines::<_, MOST>::new(&b"one\nthree\ntwo"[..]);
        let items: Vec<_> =
            lines.lines().map(|item| item.map(|piece| piece.to_vec())).collect().await;
        let expected = [
            Ok(b"one".to_vec()),
            Err(Error::TooLong { len: 5 }),
            Ok(b"two".to_vec()),
            Err(Error::EndOfStream),
        ];
        assert_eq!(items, expected);

        let mut records = Records::<_, MOST>::new(&b"1;2345;6"[..], b';');
        let records = records.records().map_ok(|record| record.to_vec());
        let items: Vec<_> = records.collect().await;
        let expected = [
            Ok(b"1".to_vec()),
            Err(Error::TooLong { len: 4 }),
            Ok(b"6".to_vec()),
            Err(Error::EndOfStream),
        ];
        assert_eq!(items, expected);

        let mut exactly = Exactly::<_, MOST>::new(&b"abcde"[..]);
        let chunks = exactly.chunks(2).map_ok(|chunk| chunk.to_vec());
        let items: Vec<_> = chunks.collect().await;
        assert_eq!(items, [Ok(b"ab".to_vec()), Ok(b"cd".to_vec()), Err(Error::EndOfStream)]);
        assert_eq!(exactly.rest(), b"e");
        let refused: Vec<_> = exactly.chunks(4).collect().await;
        assert_eq!(refused, [Err(Error::TooLong { len: 4 })]);
    });
}

#[test]
fn the_rest_of_a_piece_that_is_too_long_is_dropped_as_it_comes() {
    let bytes = [&[b'a'; 3_000][..], b"\n", b"end\n"].concat();
    let mut lines = Lines::<_, 100>::new(Script::chunks(&bytes, 100, false));
    Sim::new().run(async {
        assert_eq!(lines.line().await, Err(Error::TooLong { len: 3_000 }));
        assert_eq!(lines.line().await.unwrap(), b"end");
    });
    // One read for each 100 bytes, and one for the byte that shows that they are too many.
    let reads = lines.release().into_reader().reads();
    assert!(reads <= 33, "{reads}");
}
