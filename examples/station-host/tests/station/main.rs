//! The program `station`, from outside.
#![cfg(unix)]

mod board;
mod controls;
mod lines;
mod logs;
mod refusals;
mod running;
mod screen;
mod session;
mod wires;

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Long enough for a machine with something else to do.
const PATIENCE: Duration = Duration::from_secs(120);

/// A station that runs without a screen. It does not outlive the test.
struct Station {
    child: Child,
    lines: Receiver<String>,
    /// What was printed, as far as it has been looked at.
    seen: Vec<Value>,
}

/// What a station ended with.
struct Ended {
    status: Option<i32>,
    /// All that was printed.
    lines: Vec<Value>,
    err: String,
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_station"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the station until it ends by itself.
fn station(args: &[&str]) -> Output {
    command(args).output().expect("the program starts")
}

impl Station {
    /// Starts a station without a screen.
    fn start(args: &[&str]) -> Self {
        Self::run(command(args))
    }

    /// Starts what starts a station.
    fn run(mut command: Command) -> Self {
        command.arg("--headless");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, lines) = channel();
        thread::spawn(move || {
            out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, lines, seen: Vec::new() }
    }

    /// Waits for a line that fits, and returns it.
    #[track_caller]
    fn wait_for(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let latest = Instant::now() + PATIENCE;
        loop {
            let patience = latest.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(patience) else {
                panic!("{what} never came, after {:?}", self.seen);
            };
            let line = object(&line);
            self.seen.push(line.clone());
            if fits(&line) {
                return line;
            }
        }
    }

    /// Asks it to stop, as a user or the system does.
    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.expect("there is a `kill`").success());
    }

    /// Waits for its end.
    #[track_caller]
    fn end(mut self) -> Ended {
        let latest = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(latest.saturating_duration_since(Instant::now())) {
                Ok(line) => self.seen.push(object(&line)),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end: {:?}", self.seen.last()),
            }
        }
        let mut err = String::new();
        self.child.stderr.take().expect("it is piped").read_to_string(&mut err).expect("text");
        let status = self.child.wait().expect("it ends").code();
        Ended { status, lines: std::mem::take(&mut self.seen), err }
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        // A test that fails leaves none behind; one that is over is over.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// It ended in good order: the last line says what is known.
    #[track_caller]
    fn well(&self) -> &Value {
        assert_eq!((self.status, self.err.as_str()), (Some(0), ""));
        self.last()
    }

    /// It ended with one line that says why, and said what it knew before that.
    #[track_caller]
    fn badly(&self, expected: &str) {
        assert_eq!(self.status, Some(1));
        assert_eq!(self.err, format!("station: {expected}\n"));
        self.last();
    }

    #[track_caller]
    fn last(&self) -> &Value {
        let times: Vec<_> = self.lines.iter().map(|line| line["t_us"].as_u64().unwrap()).collect();
        assert!(times.is_sorted(), "{times:?}");
        let ends = self.lines.iter().filter(|line| line["event"] == "end").count();
        let last = self.lines.last().unwrap();
        assert_eq!((ends, &last["event"]), (1, &Value::from("end")));
        last
    }

    fn count(&self, event: &str) -> usize {
        self.lines.iter().filter(|line| line["event"] == event).count()
    }
}

/// A line of output: an object with its time first, and the name of an event.
#[track_caller]
fn object(line: &str) -> Value {
    assert!(line.starts_with("{\"t_us\":"), "{line}");
    let object: Value = serde_json::from_str(line).unwrap();
    assert!(object["event"].is_string(), "{line}");
    object
}

/// A path for a file of this name. Names are those of the tests: they run at once.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("station-{name}"))
}

/// Writes such a file.
fn file(name: &str, contents: impl AsRef<[u8]>) -> String {
    let path = path(name);
    std::fs::write(&path, contents).expect("the folder for tests can be written to");
    text(path)
}

/// Makes such a FIFO.
fn fifo(name: &str) -> String {
    let path = path(name);
    let _ = std::fs::remove_file(&path);
    assert!(Command::new("mkfifo").arg(&path).status().expect("there is a `mkfifo`").success());
    text(path)
}

fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().expect("a path that is text")
}

/// Two of the vectors of REFERENCE 2.1.
const RMC: &str = "$GPRMC,180049.896,A,3749.1808,N,08338.7869,W,001.8,156.3,240911,,,A*70\r\n";
const GGA: &str =
    "$GPGGA,180050.896,3749.1802,N,08338.7865,W,1,07,1.1,397.4,M,-32.5,M,,0000*6C\r\n";

fn is_fix(line: &Value) -> bool {
    line["event"] == "fix"
}
