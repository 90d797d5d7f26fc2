//! Bytes that are divided into lines, records, frames and blocks.

use crate::{file, replay, replayed};

#[track_caller]
fn check(options: &str, bytes: &[u8], expected: &[&str]) {
    // Tests run at once, and tables have a file for each row.
    let place = std::panic::Location::caller().line();
    let path = file(&format!("stream-{place}.bin"), bytes);
    let lines: String = expected.iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(replayed("stream", &path, options), lines, "{options}: {}", bytes.escape_ascii());
}

#[test]
fn an_item_is_printed_with_the_offset_of_its_first_byte() {
    check("--as lines", b"", &[]);
    check(
        "--as lines",
        b"one\r\ntwo\rthree\n\nend",
        &[
            r#"{"offset":0,"item":"one"}"#,
            r#"{"offset":5,"item":"two"}"#,
            r#"{"offset":9,"item":"three"}"#,
            r#"{"offset":15,"item":""}"#,
            r#"{"offset":16,"item":"end"}"#,
        ],
    );
    check("--as lines", b"\r\n", &[r#"{"offset":0,"item":""}"#]);
    check(
        "--as records",
        b"one\0\0two\0",
        &[
            r#"{"offset":0,"item":"one"}"#,
            r#"{"offset":4,"item":""}"#,
            r#"{"offset":5,"item":"two"}"#,
        ],
    );
    check(
        "--as records --delimiter 59",
        b"one;two",
        &[r#"{"offset":0,"item":"one"}"#, r#"{"offset":4,"item":"two"}"#],
    );
    check("--as quiet", b"one two", &[r#"{"offset":0,"item":"one two"}"#]);
    // A byte takes 100 ms.
    check(
        "--as quiet --baud 100 --pause 99",
        b"ab",
        &[r#"{"offset":0,"item":"a"}"#, r#"{"offset":1,"item":"b"}"#],
    );
    check("--as quiet --baud 100 --pause 101", b"ab", &[r#"{"offset":0,"item":"ab"}"#]);
}

#[test]
fn bytes_that_are_not_text_are_numbers() {
    check(
        "--as lines",
        b"caf\xc3\xa9\ncaf\xe9\n",
        &[r#"{"offset":0,"item":"café"}"#, r#"{"offset":6,"item":[99,97,102,233]}"#],
    );
}

#[test]
fn a_frame_is_decoded_and_a_damaged_one_is_an_error() {
    // The checksum of "123456789" is 0x906e, as the catalog says; that of no bytes is 0.
    let frame = b"\x0c123456789\x6e\x90\0";
    let changed = b"\x0c123456780\x6e\x90\0";
    let shorter = &frame[1..];
    check(
        "--as cobs",
        &[frame, changed, &b"\0\0"[..], shorter, frame].concat(),
        &[
            r#"{"offset":0,"item":"123456789"}"#,
            r#"{"offset":13,"error":"checksum"}"#,
            r#"{"offset":28,"error":"encoding"}"#,
            r#"{"offset":40,"item":"123456789"}"#,
        ],
    );
    check("--as cobs", &frame[..12], &[r#"{"offset":0,"item":"123456789"}"#]);
    check("--as cobs", &frame[..11], &[r#"{"offset":0,"error":"encoding"}"#]);
    check("--as cobs", b"\x01\x01\x01\0", &[r#"{"offset":0,"item":""}"#]);
}

#[test]
fn an_item_that_is_too_long_is_an_error_and_the_next_one_is_whole() {
    let bytes = [&[b'a'; 4_097][..], b"\nb\n", &[b'c'; 4_096], b"\n", &[b'd'; 5_000]].concat();
    check(
        "--as lines",
        &bytes,
        &[
            r#"{"offset":0,"error":"too_long"}"#,
            r#"{"offset":4098,"item":"b"}"#,
            &format!(r#"{{"offset":4100,"item":"{}"}}"#, "c".repeat(4_096)),
            r#"{"offset":8197,"error":"too_long"}"#,
        ],
    );
    let bytes = [b'a'; 4_097];
    check(
        "--as quiet",
        &bytes,
        &[
            &format!(r#"{{"offset":0,"item":"{}"}}"#, "a".repeat(4_096)),
            r#"{"offset":4096,"item":"a"}"#,
        ],
    );
}

#[test]
fn any_bytes_are_divided() {
    let bytes: Vec<u8> = (0..2_000_u32).map(|n| (n * n / 7) as u8).collect();
    let path = file("stream-any.bin", &bytes);
    for form in ["lines", "records", "cobs", "quiet"] {
        let mut next = 0;
        for line in replayed("stream", &path, &format!("--as {form}")).lines() {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            let offset = object["offset"].as_u64().unwrap();
            assert!(offset >= next && offset < 2_000, "{form}: {line}");
            assert!(
                object["item"].is_string()
                    || object["item"].is_array()
                    || object["error"].is_string()
            );
            next = offset + 1;
        }
        assert!(next > 0);
    }
}

#[test]
fn a_command_that_is_wrong_is_refused() {
    let path = file("stream-refused.bin", b"one");
    let path = path.to_str().unwrap();
    for (args, expected) in [
        (&["stream", path][..], "--as: give lines, records, cobs or quiet"),
        (&["stream", path, "--as", "lines", "--delimiter", "0"], "--delimiter is for --as records"),
        (&["stream", path, "--as", "lines", "--pause", "5"], "--pause is for --as quiet"),
        (
            &["stream", path, "--as", "records", "--delimiter", "0x0a"],
            "cannot parse argument \"0x0a\": not a byte, 0 to 255 in decimal",
        ),
        (&["stream", "--as", "lines"], "no file to replay"),
    ] {
        let ran = replay(args);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert_eq!(ran.err, format!("replay: {expected}; try --help\n"));
    }
    let ran = replay(["stream", "no-such-file", "--as", "lines"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.starts_with("replay: no-such-file: "), "{}", ran.err);
}
