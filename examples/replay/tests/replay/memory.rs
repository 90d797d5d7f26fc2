//! Captures that are longer than the memory there is.

use std::io::Write;
use std::process::{Command, Stdio};

/// The most that the program may map, in KiB.
const MEMORY: &str = "20000";

/// Replays what `feed` writes, as long as anyone reads it. Returns the status, the
/// output and the message.
fn fed(
    kind: &str,
    feed: impl FnOnce(&mut dyn Write) + Send + 'static,
) -> (Option<i32>, String, String) {
    let mut running = Command::new("sh")
        .args(["-c", "ulimit -v \"$1\"; exec \"$2\" \"$3\" /dev/stdin", "sh", MEMORY])
        .args([env!("CARGO_BIN_EXE_replay"), kind])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = running.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || feed(&mut stdin));
    let ended = running.wait_with_output().unwrap();
    feeding.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ended.status.code(), text(ended.stdout), text(ended.stderr))
}

/// Writes a block `times`, unless the reader is gone before.
fn repeat(out: &mut dyn Write, block: &[u8], times: usize) {
    for _ in 0..times {
        if out.write_all(block).is_err() {
            return;
        }
    }
}

const MEGABYTE: usize = 1 << 20;

#[test]
fn one_endless_line_is_an_error() {
    for kind in ["switch", "button"] {
        let (status, out, err) = fed(kind, |out| repeat(out, &vec![0; MEGABYTE], usize::MAX));
        assert_eq!((status, out.as_str()), (Some(1), ""));
        assert!(err.starts_with("replay: /dev/stdin: line 1: longer than"), "{err}");
        assert!(err.len() < 250, "{err}");
    }
}

#[test]
fn an_endless_command_or_name_of_a_vcd_file_is_an_error() {
    for start in ["$comment ", "$scope module ", "$var wire 1 ! ", "$date ", "$timescale 1 "] {
        let (status, out, err) = fed("switch", move |out| {
            repeat(out, start.as_bytes(), 1);
            repeat(out, &vec![b'x'; MEGABYTE], usize::MAX);
        });
        assert_eq!((status, out.as_str()), (Some(1), ""), "{start}");
        let taken = "replay: /dev/stdin: taken for a VCD file because it begins with $: line 1: ";
        assert!(err.starts_with(taken) && err.len() < 200, "{err}");
    }
}

/// More definitions than memory; the signal is among the last.
#[test]
fn a_long_header_is_not_kept() {
    let (status, out, err) = fed("switch", |out| {
        repeat(out, b"$timescale 1 us $end\n", 1);
        repeat(out, "$var wire 8 % another_name $end\n".repeat(1_000).as_bytes(), 300);
        repeat(out, b"$var wire 1 ! key $end $enddefinitions $end #0 1! #5 0!\n", 1);
    });
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert_eq!(out, "{\"t_us\":5,\"event\":\"close\"}\n");
}

/// Each second line is a change, all of them bounce of the first: kept in memory,
/// they would be more than there is.
#[test]
fn a_long_capture_is_not_kept() {
    const CHANGES: u64 = 300_000;
    let (status, out, err) = fed("switch", |out| {
        let mut line = std::io::BufWriter::new(out);
        writeln!(line, "time_us level").unwrap();
        for n in 0..CHANGES {
            writeln!(line, "{n} 1\n{n}.5 0").unwrap();
        }
        writeln!(line, "{CHANGES} 0\n2000000 1").unwrap();
    });
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert_eq!(out, crate::lines("0 close, 2000000 open"));
}

#[test]
fn a_long_log_is_not_kept() {
    let (status, out, err) = fed("nmea", |out| repeat(out, &vec![b'x'; MEGABYTE], 20));
    let note = "no sentence with a checksum: a capture of a line needs --signal";
    assert_eq!((status, err), (Some(0), format!("replay: /dev/stdin: {note}\n")));
    assert!(out.contains(&format!("\"bytes_skipped\":{}", 20 * MEGABYTE)), "{out}");
}
