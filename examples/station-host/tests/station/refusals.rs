//! What is wrong is said in one line, with a status that is not 0.

use std::path::Path;
use std::process::Stdio;

use crate::{GGA, command, fifo, file, path, station, text};

/// What was asked for cannot be done.
const FAILED: i32 = 1;
/// What was asked for makes no sense.
const USAGE: i32 = 2;

/// The arguments end a station at once, with this status and line, and nothing
/// printed.
#[track_caller]
pub(crate) fn refused(args: &[&str], status: i32, expected: &str) {
    let ended = station(args);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert_eq!(
        (ended.status.code(), text(ended.stdout)),
        (Some(status), String::new()),
        "{args:?}"
    );
    assert_eq!(text(ended.stderr), format!("station: {expected}\n"), "{args:?}");
}

#[track_caller]
fn check(args: &[&str], expected: &str) {
    refused(args, FAILED, expected);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let check = |args: &str, expected: &str| {
        let args: Vec<_> = args.split_whitespace().collect();
        refused(&args, USAGE, &format!("{expected}; try --help"));
    };
    check("--headless --bogus", "invalid option '--bogus'");
    check("--headless extra", "unexpected argument \"extra\"");
    check("--headless --for", "missing argument for option '--for'");
    check("--headless --for x", "cannot parse argument \"x\": not a number of seconds");
    for span in ["-1", "nan", "inf", "1e300"] {
        check(
            &format!("--headless --for {span}"),
            &format!("cannot parse argument \"{span}\": not a span of time"),
        );
    }
    for rate in ["0", "-9600", "fast", "4294967296"] {
        check(
            &format!("--headless --baud {rate}"),
            &format!("cannot parse argument \"{rate}\": not a rate in bits a second"),
        );
    }
    check("--headless --fast", "--fast wants --gps PATH: the model knows no hurry");
    check(
        "--headless --gps Cargo.toml --vcd ./Cargo.toml",
        "--vcd would overwrite what --gps reads",
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let missing = text(path("missing"));
    let gps = |path: &str, expected: &str| {
        check(&["--headless", "--gps", path], &format!("{path}: {expected}"));
    };
    gps(&missing, "No such file or directory (os error 2)");
    gps(folder, "neither a file, a FIFO nor a tty");
    gps("/dev/null", "neither a file, a FIFO nor a tty");
    gps("", "No such file or directory (os error 2)");
    let only = "only a file can be read with --fast";
    check(&["--headless", "--fast", "--gps", folder], &format!("{folder}: {only}"));
    check(&["--headless", "--fast", "--gps", "/dev/null"], &format!("/dev/null: {only}"));
}

#[test]
fn what_cannot_be_written_is_named() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let nowhere = text(path("missing").join("wires.vcd"));
    let vcd = |path: &str, expected: &str| {
        check(&["--headless", "--for", "9", "--vcd", path], &format!("{path}: {expected}"));
    };
    vcd(&nowhere, "No such file or directory (os error 2)");
    vcd(folder, "Is a directory (os error 21)");
    vcd("", "No such file or directory (os error 2)");
    vcd(&fifo("unread"), "nobody reads this FIFO; start its reader first");
    if Path::new("/dev/full").exists() {
        vcd("/dev/full", "No space left on device (os error 28)");
    }
}

/// Who mistypes one path does not lose what is at the other.
#[test]
fn a_recording_is_kept_if_there_is_no_new_one() {
    let old = file("old.vcd", "precious");
    let missing = text(path("missing"));
    check(
        &["--headless", "--gps", &missing, "--vcd", &old],
        &format!("{missing}: No such file or directory (os error 2)"),
    );
    assert_eq!(std::fs::read_to_string(old).unwrap(), "precious");
}

#[test]
fn a_full_disk_is_told_in_the_end() {
    let full = |args: &[&str], out: Stdio| {
        let ended = command(args).stdout(out).output().unwrap();
        (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
    };
    let dev_full = || std::fs::File::options().write(true).open("/dev/full");
    let Ok(disk) = dev_full() else {
        eprintln!("skipped: a_full_disk_is_told_in_the_end: there is no /dev/full");
        return;
    };
    let log = file("full.log", GGA);
    let args = ["--headless", "--for", "0.5", "--fast", "--gps", &log];
    assert_eq!(
        full(&args, disk.into()),
        (Some(1), "station: standard output: No space left on device (os error 28)\n".into()),
    );
}

#[test]
fn without_a_terminal_there_is_no_drawing() {
    check(&["--for", "1"], "the standard output is not a terminal; try --headless");
}
