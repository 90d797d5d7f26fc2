//! Failures: one line that says what was found, and a status that says whose fault
//! it is.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{file, replay, toggling};

/// The arguments end a replay with this status, nothing printed, and this line.
#[track_caller]
fn check(status: i32, args: &[&str], expected: &str) {
    let ran = replay(args);
    assert_eq!((ran.status, ran.out.as_str()), (Some(status), ""), "{args:?}");
    assert_eq!(ran.err, format!("replay: {expected}\n"), "{args:?}");
}

/// What is wrong with the capture.
const CAPTURE: i32 = 1;
/// What is wrong with the command line.
const USAGE: i32 = 2;

#[test]
fn a_malformed_line_is_quoted_with_its_number() {
    let check = |name: &str, capture: &[u8], expected: &str| {
        let path = file(&format!("malformed-{name}.txt"), capture);
        let path = path.to_str().unwrap();
        for kind in ["switch", "button"] {
            check(CAPTURE, &[kind, path], &format!("{path}: {expected}"));
        }
    };
    check(
        "decimal-commas",
        b"Time [s],key\n0,1\n0,1,0\n",
        r#"line 3: there are 2 labels, and more fields in "0,1,0""#,
    );
    check("time", b"0 1\nx 0\n", r#"line 2: "x" is not a time in us"#);
    check("first-time", b"x 0\n", r#"line 1: "x" is not a time in us"#);
    check("plus", b"+1 0\n", r#"line 1: "+1" is not a time in us"#);
    check("exponent", b"# a\n\n1e3 0\n", r#"line 3: "1e3" is not a time in us"#);
    check("two-points", b"1.2.3 0\n", r#"line 1: "1.2.3" is not a time in us"#);
    check("two-signs", b"--1 0\n", r#"line 1: "--1" is not a time in us"#);
    check("only-a-point", b". 0\n", r#"line 1: "." is not a time in us"#);
    check(
        "huge",
        b"18446744073709551616 0\n",
        r#"line 1: "18446744073709551616" is not a time in us"#,
    );
    // Not so far that nothing could come after it.
    check(
        "end-of-time",
        b"0 1\n9223372036854775 0\n",
        r#"line 2: "9223372036854775" is not a time in us"#,
    );
    check(
        "start-of-time",
        b"-9223372036854775 0\n",
        r#"line 1: "-9223372036854775" is not a time in us"#,
    );
    check("unit", b"Time [ms],a\n0.1,1\n1us,1", r#"line 3: "1us" is not a time in ms"#);
    check(
        "date",
        b"Time [s],a\n2026-11-27T06:15:11.000000000+00:00,1\n",
        "line 2: \"2026-11-27T06:15:11.000000000+00:00\" is not a time in s: \
         turn off ISO 8601 timestamps in the export",
    );
    check("date-only", b"2026-11-27,1\n", r#"line 1: "2026-11-27" is not a time in us"#);
    check("level", b"0 1\n5 2\n", r#"line 2: the level "2" is neither 0 nor 1"#);
    check("level-word", b"0 high\n", r#"line 1: the level "high" is neither 0 nor 1"#);
    check("level-sign", b"0 +1\n", r#"line 1: the level "+1" is neither 0 nor 1"#);
    check("zero-byte", b"0 1\n5 0\0\n", r#"line 2: the level "0\0" is neither 0 nor 1"#);
    check("no-level", b"0 1\n5\n", r#"line 2: there is no column 1 in "5""#);
    check("no-levels", b"5\n", r#"line 1: there is no level in "5""#);
    check("more", b"0 1 x\n", r#"line 1: "x" is one column more, and no number, in "0 1 x""#);
    check(
        "comment",
        b"0 1 # idle\n",
        r##"line 1: "#" is one column more, and no number, in "0 1 # idle""##,
    );
    check("back", b"0 1\n9 1\n8 0\n", r#"line 3: time goes back: "8 0""#);
    check("back-below-zero", b"-1 1\n-2 0\n", r#"line 2: time goes back: "-2 0""#);
    check("no-text", b"0 1\n\xff\xfe\n", "line 2: not UTF-8: \"\u{fffd}\u{fffd}\"");
    check("no-text-comment", b"# \xb5s\n0 1\n", "line 1: not UTF-8: \"# \u{fffd}s\"");
    let long = format!("0 1\n{} 0", "7".repeat(100));
    check(
        "quoted",
        long.as_bytes(),
        &format!("line 2: \"{}\"… is not a time in us", "7".repeat(40)),
    );
    let longest = [b"0 1\n".to_vec(), vec![b'x'; 1 << 20], b"\n".to_vec()].concat();
    check(
        "longest",
        &longest,
        &format!("line 2: longer than 1048576 bytes: \"{}\"…", "x".repeat(40)),
    );
}

#[test]
fn a_capture_without_levels_is_empty() {
    let empty = "an empty capture: there is no level in it";
    let check = |name: &str, capture: &str, options: &[&str]| {
        let path = file(&format!("empty-{name}"), capture);
        let path = path.to_str().unwrap();
        for kind in ["switch", "button"] {
            check(CAPTURE, &[&[kind, path], options].concat(), &format!("{path}: {empty}"));
        }
    };
    check("nothing.txt", "", &[]);
    check("comments.txt", "# nothing\n; else", &[]);
    check("header.csv", "Time [s],key\n", &[]);
    check("unknown.csv", "Time [s],key\n0,X\n1,X\n", &[]);
    let definitions = "$timescale 1 us $end $var wire 1 ! a $end $enddefinitions $end";
    check("nothing.vcd", definitions, &[]);
    check("unknown.vcd", &format!("{definitions} #0 x! #5"), &["--signal", "a"]);
}

/// The events before a malformed line are not lost.
#[test]
fn a_capture_is_replayed_up_to_a_malformed_line() {
    let capture = file("malformed-late.txt", "0 1\n5 0\n200000 1\nx\n");
    let ran = replay(["switch", capture.to_str().unwrap()]);
    assert_eq!((ran.status, ran.out), (Some(1), crate::lines("5 close, 200000 open")));
    assert!(ran.err.ends_with("line 4: \"x\" is not a time in us\n"), "{}", ran.err);
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let missing = Path::new(folder).join("missing.log");
    let missing = missing.to_str().unwrap();
    for kind in ["nmea", "switch", "button"] {
        let no_file = format!("{missing}: No such file or directory (os error 2)");
        check(CAPTURE, &[kind, missing], &no_file);
        check(CAPTURE, &[kind, folder], &format!("{folder}: Is a directory (os error 21)"));
    }
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let capture = file("options.txt", toggling(&[120]));
    let capture = capture.to_str().unwrap();
    let check = |args: &str, expected: &str| {
        let args: Vec<_> = args.split_whitespace().collect();
        check(USAGE, &args, &format!("{expected}; try --help"));
    };
    let of_file = |kind: &str, options: &str, expected: &str| {
        check(&format!("{kind} {capture} {options}"), expected);
    };
    let drivers = "give switch, button, encoder, analog, keypad, nec, nmea, lcd, i2c or stream";
    check("", &format!("no driver: {drivers}"));
    check("--each", "invalid option '--each'");
    check("knob x", &format!("no driver `knob`: {drivers}"));
    check("nmea", "no file to replay");
    check("switch --mode eager", "no file to replay");
    of_file("nmea", "x", "unexpected argument \"x\"");
    of_file(
        "nmea",
        "--mode eager",
        "invalid option '--mode': it belongs to switch, button and keypad",
    );
    of_file("nmea", "--clicks 3", "invalid option '--clicks': it belongs to button and keypad");
    of_file("nmea", "--what", "invalid option '--what'");
    of_file("nec", "--apple --samsung", "--extended, --samsung and --apple: give one");
    of_file("encoder", "--a 2 --b 2", "--a and --b are the same signal");
    of_file("nmea", "--baud 0", "cannot parse argument \"0\": not a rate in bits per second");
    of_file("switch", "x", "unexpected argument \"x\"");
    for option in ["double", "long", "repeat", "clicks", "exclusive"] {
        let expected = format!("invalid option '--{option}': it belongs to button and keypad");
        of_file("switch", &format!("--{option} 5"), &expected);
    }
    of_file("switch", "--each", "invalid option '--each': it belongs to nmea");
    of_file("button", "--baud=5", "invalid option '--baud': it belongs to nmea");
    of_file("button", "--what", "invalid option '--what'");
    of_file("button", "-x", "invalid option '-x'");
    of_file("switch", "--mode", "missing argument for option '--mode'");
    of_file("switch", "--mode x", "cannot parse argument \"x\": not one of eager, confirmed");
    of_file("switch", "--active x", "cannot parse argument \"x\": not one of low, high, learn");
    of_file("switch", "--rest x", "cannot parse argument \"x\": not one of open, closed");
    of_file("switch", "--column 0", "columns are counted from 1");
    of_file("switch", "--column x", "cannot parse argument \"x\": invalid digit found in string");
    of_file("switch", "--unit h", "cannot parse argument \"h\": not one of s, ms, us, ns, ps, fs");
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
fn a_signal_that_is_not_there_lists_those_that_are() {
    let check = |name: &str, capture: &str, options: &str, expected: &str| {
        let path = file(&format!("signals-{name}"), capture);
        let path = path.to_str().unwrap();
        for kind in ["switch", "button", "nmea"] {
            let args = [kind, path].into_iter().chain(options.split_whitespace());
            check(USAGE, &args.collect::<Vec<_>>(), &format!("{path}: {expected}"));
        }
    };
    let csv = "Time [s],Channel 0,\"TX, line\"\n0,1,1\n";
    let there_are = r#"signals: 1 "Channel 0", 2 "TX, line""#;
    check("a.csv", csv, "--signal TX", &format!("there is no signal \"TX\"; {there_are}"));
    check("a.csv", csv, "--signal 3", &format!("there is no signal \"3\"; {there_are}"));
    check("a.csv", csv, "--column 3", &format!("there is no signal 3; {there_are}"));
    check("a.csv", csv, "--signal", &format!("which --signal? {there_are}"));
    check(
        "two.csv",
        "t,a,a\n0,1,1\n",
        "--signal a",
        "there are several signals \"a\": give the number of one",
    );
    let there_are = "signals: 1 (no name), 2 (no name)";
    check("a.txt", "0 1 1\n", "--signal key", &format!("there is no signal \"key\"; {there_are}"));
    check("a.txt", "0 1 1\n", "--column 9", &format!("there is no signal 9; {there_are}"));
    check("one.txt", "0 1\n", "--signal", "which --signal? signals: 1 (no name)");
    let gap = "time,,D3\n0,1,1\n";
    check("gap.csv", gap, "--signal", "which --signal? signals: 1 (no name), 2 \"D3\"");
    let vcd = "$timescale 1 us $end $scope module top $end $var wire 1 ! key $end
        $var wire 8 % bus $end $var wire 1 & led $end $upscope $end $enddefinitions $end #0 1!";
    let there_are = r#"signals: 1 "top.key", 2 "top.led""#;
    check("a.vcd", vcd, "--signal tx", &format!("there is no signal \"tx\"; {there_are}"));
    check("a.vcd", vcd, "--column 3", &format!("there is no signal 3; {there_are}"));
    check("a.vcd", vcd, "--signal", &format!("which --signal? {there_are}"));
    check("a.vcd", vcd, "", &format!("which --signal? {there_are}"));
    let none = "$timescale 1 us $end $enddefinitions $end #0";
    check("none.vcd", none, "--signal a", "there is no signal \"a\"; signals: none");
    let wires: String = (0..40).map(|n| format!("$var wire 1 a{n} w{n} $end ")).collect();
    let many = format!("$timescale 1 us $end {wires} $enddefinitions $end #0");
    let listed: Vec<_> = (1..=32).map(|n| format!("{n} \"w{}\"", n - 1)).collect();
    let listed = format!("which --signal? signals: {}, 8 more", listed.join(", "));
    check("many.vcd", &many, "", &listed);
}

#[test]
fn help_is_no_failure() {
    for args in [&["--help"][..], &["-h"], &["nmea", "--help"], &["button", "x", "--help"]] {
        let ran = replay(args);
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{args:?}");
        assert!(ran.out.contains("replay button FILE"), "{args:?}");
    }
}

/// Nobody hears of a failure, either.
#[test]
fn a_closed_standard_error_is_no_panic() {
    let mut running = Command::new(env!("CARGO_BIN_EXE_replay"))
        .arg("encoder")
        .stderr(Stdio::piped())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    drop(running.stderr.take());
    assert_eq!(running.wait().unwrap().code(), Some(2));
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

#[test]
#[cfg(unix)]
fn two_signals_are_not_read_from_a_pipe() {
    let program = Command::new(env!("CARGO_BIN_EXE_replay"))
        .args(["encoder", "/dev/stdin"])
        .stdin(Stdio::piped())
        .output()
        .expect("the program starts");
    let message = "not a file: a pipe cannot be read once for each signal";
    assert_eq!(program.status.code(), Some(CAPTURE));
    let said = String::from_utf8_lossy(&program.stderr);
    assert_eq!(said, format!("replay: /dev/stdin: {message}\n"));
}
