//! Counting instructions, which a noisy machine does not change.

use std::env;
use std::process::Command;

/// This program with these arguments, and how many units of work it then does.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Its arguments.
    pub args: &'a [&'a str],
    /// How much it does: edges, sentences.
    pub units: u64,
}

/// Returns how many instructions this program executes with `args`, counted by
/// valgrind's callgrind.
///
/// # Errors
///
/// What kept it from being counted; on a machine without valgrind, that.
pub fn instructions(args: &[&str]) -> Result<u64, String> {
    let program = env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(args)
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("valgrind: {}\n{told}", output.status));
    }
    let count = told.lines().find_map(|line| line.split_once("Collected : "));
    let count = count.and_then(|(_, count)| count.trim().parse().ok());
    count.ok_or_else(|| format!("valgrind told no count:\n{told}"))
}

/// Returns how many instructions one unit of work takes: the difference of a
/// long run and a short one, so that start and set-up cancel out.
///
/// # Errors
///
/// As [`instructions`].
pub fn slope(short: &Run<'_>, long: &Run<'_>) -> Result<u64, String> {
    let counted = instructions(long.args)?.saturating_sub(instructions(short.args)?);
    Ok(counted / long.units.saturating_sub(short.units).max(1))
}
