//! What is wrong is said in one line, with status 2.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{file, replay, toggling};

/// The arguments end a replay with status 2, nothing printed, and this line.
#[track_caller]
fn check(args: &[&str], expected: &str) {
    let ran = replay(args);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{args:?}");
    assert_eq!(ran.err, format!("replay: {expected}\n"), "{args:?}");
}

#[test]
fn a_malformed_line_is_named_by_its_number() {
    let check = |name: &str, capture: &[u8], expected: &str| {
        let path = file(&format!("malformed-{name}.txt"), capture);
        let path = path.to_str().unwrap();
        for kind in ["switch", "button"] {
            check(&[kind, path], &format!("{path}: {expected}"));
        }
    };
    check("time", b"0 1\nx 0\n", "line 2: not a time in us");
    check("negative", b"-1 0\n", "line 1: not a time in us");
    check("plus", b"+1 0\n", "line 1: not a time in us");
    check("exponent", b"# a\n\n1e3 0\n", "line 3: not a time in us");
    check("two-points", b"1.2.3 0\n", "line 1: not a time in us");
    check("only-a-point", b". 0\n", "line 1: not a time in us");
    check("huge", b"18446744073709551616 0\n", "line 1: not a time in us");
    // Not so far that nothing could come after it.
    check("end-of-time", b"0 1\n18446744073709551615 0\n", "line 2: not a time in us");
    check("level", b"0 1\n5 2\n", "line 2: the level is neither 0 nor 1");
    check("level-word", b"0 high\n", "line 1: the level is neither 0 nor 1");
    check("level-sign", b"0 +1\n", "line 1: the level is neither 0 nor 1");
    check("no-level", b"0 1\n5\n", "line 2: there is no such column");
    check("more", b"0 1 x\n", "line 1: more columns, which are not numbers");
    check("comment", b"0 1 # idle\n", "line 1: more columns, which are not numbers");
    check("back", b"0 1\n9 0\n8 1\n", "line 3: time goes back");
    check("no-text", b"0 1\n\xff\xfe\n", "line 2: not text");
    check("no-text-comment", b"# \xb5s\n0 1\n", "line 1: not text");
    check("commas", b"0,1\n", "line 1: not a time in us");
    check("zero-byte", b"0 1\n5 0\0\n", "line 2: the level is neither 0 nor 1");
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let missing = Path::new(folder).join("missing.log");
    let missing = missing.to_str().unwrap();
    for kind in ["nmea", "switch", "button"] {
        check(&[kind, missing], &format!("{missing}: No such file or directory (os error 2)"));
        check(&[kind, folder], &format!("{folder}: Is a directory (os error 21)"));
    }
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let capture = file("options.txt", toggling(&[120]));
    let capture = capture.to_str().unwrap();
    let check = |args: &str, expected: &str| {
        let args: Vec<_> = args.split_whitespace().collect();
        check(&args, &format!("{expected}; try --help"));
    };
    let of_file = |kind: &str, options: &str, expected: &str| {
        check(&format!("{kind} {capture} {options}"), expected);
    };
    check("", "nothing to replay");
    check("--each", "invalid option '--each'");
    check("encoder x", "`encoder` is nothing to replay");
    check("nmea", "no file to replay");
    check("switch --mode eager", "no file to replay");
    of_file("nmea", "x", "unexpected argument \"x\"");
    of_file("nmea", "--mode eager", "invalid option '--mode'");
    of_file("nmea", "--baud 0", "cannot parse argument \"0\": not a rate in bits a second");
    of_file("switch", "x", "unexpected argument \"x\"");
    of_file("switch", "--long 5", "invalid option '--long'");
    of_file("switch", "--each", "invalid option '--each'");
    of_file("switch", "--mode", "missing argument for option '--mode'");
    of_file("switch", "--mode x", "cannot parse argument \"x\": not one of eager, confirmed");
    of_file("switch", "--active x", "cannot parse argument \"x\": not one of low, high, learn");
    of_file("switch", "--rest x", "cannot parse argument \"x\": not one of open, closed");
    of_file("switch", "--column 0", "columns are counted from 1");
    of_file("button", "--exclusive=1", "unexpected argument for option '--exclusive': \"1\"");
    for bad in ["x", "-1", ".5", "1.2345", "1e3", ""] {
        let ran = replay(["button", capture, "--long", bad]);
        let expected = "not a number of milliseconds; try --help";
        assert_eq!(
            (ran.status, ran.err),
            (Some(2), format!("replay: cannot parse argument {bad:?}: {expected}\n")),
        );
    }
    of_file(
        "button",
        "--long 3600000.001",
        "cannot parse argument \"3600000.001\": more than an hour",
    );
    of_file(
        "button",
        "--long 99999999999999999999",
        "cannot parse argument \"99999999999999999999\": more than an hour",
    );
}

#[test]
fn signals_are_for_vcd_files_and_columns_for_text() {
    let text = file("signal.txt", toggling(&[120]));
    let text = text.to_str().unwrap();
    let vcd = file("signal.VCD", "");
    let vcd = vcd.to_str().unwrap();
    check(
        &["switch", text, "--signal", "key"],
        &format!("{text}: --signal is for .vcd files; this wants --column"),
    );
    check(&["switch", vcd], &format!("{vcd}: a VCD file wants --signal NAME"));
    check(&["switch", text, "--column", "9"], &format!("{text}: line 2: there is no such column"));
}

#[test]
fn help_is_no_failure() {
    for args in [&["--help"][..], &["-h"], &["nmea", "--help"], &["button", "x", "--help"]] {
        let ran = replay(args);
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{args:?}");
        assert!(ran.out.contains("replay button FILE"), "{args:?}");
    }
}

/// Far more than a pipe holds, of which one line is read.
#[test]
fn who_has_seen_enough_may_close_the_pipe() {
    let presses: Vec<_> = (1..40_000).map(|n| n * 100).collect();
    let capture = file("long-capture.txt", toggling(&presses));
    let mut running = Command::new(env!("CARGO_BIN_EXE_replay"))
        .arg("button")
        .arg(capture)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::with_capacity(64, running.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first, "{\"t_us\":100000,\"event\":\"press\"}\n");
    let ended = running.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), &*ended.stderr), (Some(0), &b""[..]));
}
