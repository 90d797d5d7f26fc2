//! Counting the instructions of marked parts of a program, all in one run.

use std::hint::black_box;
use std::process::Command;
use std::{env, fs, process};

/// Runs `work`. Of a program that [`phases`] runs, this alone is counted.
///
/// What it captures is handed over by a pointer, and what it returns comes back
/// as from any function: that is part of the count, the same for everybody.
#[inline(never)]
pub fn counted<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Ends a phase of the count.
#[inline(never)]
pub fn phase_ends() {
    black_box(());
}

/// Runs this program with these arguments, and returns how many instructions it
/// executed inside of [`counted`] in each of its phases.
///
/// # Errors
///
/// What kept it from being counted; on a machine without valgrind, that.
pub fn phases(args: &[&str]) -> Result<Vec<u64>, String> {
    run(args, &["--toggle-collect=*counting::counted*"]).map(|(_, counts)| counts)
}

/// Runs this program with these arguments. Returns what it printed, and how many
/// instructions it executed in each of its phases, in all threads and anywhere.
///
/// # Errors
///
/// As [`phases`].
pub fn phases_of_all_threads(args: &[&str]) -> Result<(String, Vec<u64>), String> {
    run(args, &[])
}

fn run(args: &[&str], options: &[&str]) -> Result<(String, Vec<u64>), String> {
    let program = env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let file = env::temp_dir().join(format!("tickwire-phases-{}", process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--combine-dumps=yes"])
        .args(options)
        .arg("--dump-after=*counting::phase_ends*")
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program)
        .args(args)
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let dumps = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()));
    let _ = fs::remove_file(&file);
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr);
        return Err(format!("valgrind: {}\n{told}", output.status));
    }
    let dumps = dumps?;
    let totals = dumps.lines().filter_map(|line| line.strip_prefix("totals: "));
    let mut counts: Vec<_> = totals.filter_map(|total| total.trim().parse().ok()).collect();
    // The last is what was left when the program ended.
    counts.pop();
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), counts))
}
