//! Another process, which pulls a line at 1 kHz.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

/// Has the file to write to, in that process.
const FILE: &str = "TICKWIRE_TEST_PULLS";
const PERIOD: Duration = Duration::from_millis(1);

/// The process. It ends when this is dropped.
pub(crate) struct Hand(Child);

impl Hand {
    /// Starts a process that writes to `file`.
    pub(crate) fn start(file: String) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "hand"]).env(FILE, file);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        Self(child.expect("this program starts"))
    }

    /// Has it make `edges` edges, one per millisecond. Returns before the first.
    pub(crate) fn pull(&mut self, edges: u32) {
        let input = self.0.stdin.as_mut().expect("a pipe");
        writeln!(input, "{edges}").expect("it reads");
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// What the process does: for each number on its input, it makes so many edges. One that is
/// late is made up for.
pub(crate) fn pull_as_told() {
    let Some(file) = env::var_os(FILE) else { return };
    let file = File::options().write(true).open(file).expect("the line of the test");
    for edges in io::stdin().lines() {
        let edges: u32 = edges.expect("text").parse().expect("a number");
        let start = Instant::now();
        for edge in 1..=edges {
            thread::sleep((start + PERIOD * edge).saturating_duration_since(Instant::now()));
            let pull = if edge % 2 == 1 { "pull-up" } else { "pull-down" };
            file.write_all_at(pull.as_bytes(), 0).expect("a line can be pulled");
        }
    }
}
