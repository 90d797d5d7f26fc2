//! Other programs: found, and run with their output kept.

use std::env;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use crate::workspace::root;

/// The cargo that started us, in the workspace's root.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// Runs a command and returns what it wrote, both streams in the order written.
///
/// # Errors
///
/// The same text and how it ended, if not with status 0.
pub(crate) fn capture(command: &mut Command) -> Result<String, String> {
    let (status, output) =
        both_streams(command).map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(output) } else { Err(format!("{output}{command:?}: {status}")) }
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

fn both_streams(command: &mut Command) -> io::Result<(ExitStatus, String)> {
    let (mut reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The command holds the pipe's other end: closed, or the read never ends.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut output = Vec::new();
    reader.read_to_end(&mut output)?;
    Ok((child.wait()?, String::from_utf8_lossy(&output).into_owned()))
}
