//! The program `replay`, from outside.

mod analog;
mod buses;
mod buttons;
mod captures;
mod displays;
mod encoders;
mod keypads;
mod memory;
mod nec;
mod nmea;
mod pulses;
mod readme;
mod refusals;
mod serial;
mod streams;
mod switches;
mod vcd;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a replay ended with.
struct Ran {
    status: Option<i32>,
    out: String,
    err: String,
}

/// Replays with these arguments.
fn replay<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_replay")).args(args).output();
    let Output { status, stdout, stderr } = output.expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    Ran { status: status.code(), out: text(stdout), err: text(stderr) }
}

/// Replays a file with options that are told apart by spaces. It must succeed.
#[track_caller]
fn replayed(kind: &str, file: &Path, options: &str) -> String {
    let file = file.to_str().expect("a path that is text");
    let ran = replay([kind, file].into_iter().chain(options.split_whitespace()));
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{kind} {file} {options}");
    ran.out
}

/// The lines that events written as `t_us event` are printed as; `clicks` has
/// its number behind it.
fn lines(events: &str) -> String {
    let line = |event: &str| match event.split_whitespace().collect::<Vec<_>>()[..] {
        [at, name] => format!("{{\"t_us\":{at},\"event\":\"{name}\"}}\n"),
        [at, name, n] => format!("{{\"t_us\":{at},\"event\":\"{name}\",\"n\":{n}}}\n"),
        _ => panic!("`{event}` is no event"),
    };
    events.split(',').filter(|event| !event.trim().is_empty()).map(line).collect()
}

/// A capture of a line that is high, and toggles at these times.
fn toggling(millis: &[u64]) -> String {
    let mut capture = "# time_us level\n0 1\n".to_owned();
    for (n, at) in millis.iter().enumerate() {
        capture.push_str(&format!("{} {}\n", at * 1_000, n % 2));
    }
    capture
}

/// Writes a file of that name. Names are those of the tests: they run at once.
fn file(name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, contents).expect("the folder for tests can be written to");
    path
}

/// The path of a recorded input; none, and a line that says so, if it is not there.
fn recorded(test: &str, path: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("TICKWIRE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: {test}: TICKWIRE_CORPUS is not set");
        return None;
    };
    let path = root.join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {test}: no recorded inputs at {}", root.display());
    None
}
