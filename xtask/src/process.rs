//! Other programs: found, and run with their output kept.

use std::env;
use std::io::{self, PipeReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::workspace::root;

/// For how long the output of a command is waited for that has been ended.
const AFTER_ALL: Duration = Duration::from_secs(1);

/// The cargo that started us, in the workspace's root.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// Longer than any step takes, on a slow machine too: it hangs.
const PATIENCE: Duration = Duration::from_secs(40 * 60);

/// Runs a command and returns what it wrote, both streams in the order written.
///
/// # Errors
///
/// The same text and how it ended, if not with status 0.
pub(crate) fn capture(command: &mut Command) -> Result<String, String> {
    capture_within(PATIENCE, command)
}

/// The same for a command that has less time. When that is over it is ended, and what it
/// has written until then tells where it hangs.
pub(crate) fn capture_within(patience: Duration, command: &mut Command) -> Result<String, String> {
    let started = start(command);
    let told = |error: io::Error| format!("{command:?}: {error}");
    let (mut child, mut reader) = started.map_err(told)?;
    let (sender, output) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = reader.read_to_end(&mut bytes);
        // Who does not listen any more has given up.
        sender.send(read.map(|_| String::from_utf8_lossy(&bytes).into_owned())).ok();
    });
    let Ok(read) = output.recv_timeout(patience) else {
        child.kill().and_then(|()| child.wait()).map_err(told)?;
        // It has let go of the pipe, unless it has left somebody behind.
        let output = output.recv_timeout(AFTER_ALL).ok().and_then(Result::ok).unwrap_or_default();
        return Err(format!("{output}\n{command:?}: it hangs"));
    };
    let (output, status) = (read.map_err(told)?, child.wait().map_err(told)?);
    if status.success() { Ok(output) } else { Err(format!("{output}{command:?}: {status}")) }
}

/// Runs a command whose output is the user's.
///
/// # Errors
///
/// How it ended, if not with status 0.
pub(crate) fn show(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
}

/// Runs a command and returns its standard output alone, if it succeeds.
///
/// # Errors
///
/// Its standard error and how it ended.
pub(crate) fn stdout(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{command:?}: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{}{command:?}: {}", String::from_utf8_lossy(&output.stderr), output.status))
}

/// Every program of that name on `PATH`, first come first.
pub(crate) fn on_path(name: &str) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(name)).filter(|file| file.is_file()).collect()
}

/// Starts a command, and returns what it writes: both streams in one.
fn start(command: &mut Command) -> io::Result<(Child, PipeReader)> {
    let (reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let child = command.spawn()?;
    // The command holds the pipe's other end: closed, or the read never ends.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Ok((child, reader))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_hangs_is_ended_and_says_how_far_it_came() {
        let mut hangs = Command::new("sh");
        hangs.args(["-c", "printf 'the first: ok\\nthe second: '; exec sleep 60"]);
        // A busy machine may need longer until the command has written anything.
        let said = (0..8).any(|attempt| {
            let patience = Duration::from_millis(100 << attempt);
            let told = capture_within(patience, &mut hangs).unwrap_err();
            assert!(told.ends_with(": it hangs"), "{told}");
            told.starts_with("the first: ok\nthe second: \n")
        });
        assert!(said);
    }
}
