//! Bytes that libFuzzer makes up, for what reads bytes from a wire: the targets of `fuzz`.
//!
//! The compiler counts branches for it by a pass of LLVM, which a stable one has too. No sanitizer
//! is needed: nothing in the drivers is `unsafe`, and overflows are checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cargo_metadata::MetadataCommand;

use crate::process::{capture, capture_within, cargo, on_path};
use crate::report::{Outcome, Stop};
use crate::workspace::root;

/// For how long the test command runs each target.
pub(crate) const SHORT: Duration = Duration::from_secs(10);

/// For how long `cargo xtask fuzz` runs each target.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// What the targets are built for. With a target, flags are not for what runs while it is built.
pub(crate) const TARGET: &str = "x86_64-unknown-linux-gnu";

/// libFuzzer's: counters of each edge in the flow of control, a table of their places, and a call
/// at each comparison, by which it learns the values that are compared with.
const FLAGS: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    --cfg fuzzing";

/// What a busy machine may take beyond the time of a target.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs the targets with `only` in their names, each for `time`. Inputs that reached new code stay
/// in `target/fuzz/corpus`, and the next run begins with them.
///
/// # Errors
///
/// What a target told of an input that it failed with, which is left in `target/fuzz/artifacts`.
pub(crate) fn run(only: &str, time: Duration) -> Outcome {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")) {
        return Err(Stop::Absent(format!("not on {TARGET}")));
    }
    if is_missing() {
        return Err(Stop::Skipped("apt-get install g++".to_owned()));
    }
    let mut names = targets()?;
    names.retain(|name| name.contains(only));
    if names.is_empty() {
        return Err(format!("no target is named {only}").into());
    }
    let folder = root().join("target/fuzz");
    let mut build = cargo(&["build", "--release", "--locked", "--target", TARGET]);
    build.arg("--manifest-path").arg(manifest()).arg("--target-dir").arg(&folder);
    build.args(names.iter().flat_map(|name| ["--bin", name]));
    capture(build.env("RUSTFLAGS", FLAGS))?;
    let told = names.iter().map(|name| fuzz(&folder, name, time)).collect::<Result<Vec<_>, _>>()?;
    Ok(told.join(", "))
}

/// Whether there is no compiler for libFuzzer itself, which is C++.
pub(crate) fn is_missing() -> bool {
    on_path("c++").is_empty()
}

pub(crate) fn manifest() -> PathBuf {
    root().join("fuzz/Cargo.toml")
}

/// Returns the names of all targets.
fn targets() -> Result<Vec<String>, String> {
    let metadata = MetadataCommand::new().manifest_path(manifest()).no_deps().exec();
    let metadata = metadata.map_err(|error| format!("fuzz/Cargo.toml: {error}"))?;
    let all = metadata.packages.into_iter().flat_map(|package| package.targets);
    Ok(all.filter(|target| target.is_bin()).map(|target| target.name).collect())
}

/// Runs a target. Returns its name with the number of its inputs.
fn fuzz(folder: &Path, name: &str, time: Duration) -> Result<String, String> {
    let corpus = folder.join("corpus").join(name);
    let artifacts = folder.join("artifacts");
    for folder in [&corpus, &artifacts] {
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let mut target = Command::new(folder.join(TARGET).join("release").join(name));
    target.arg(&corpus).arg(format!("-max_total_time={}", time.as_secs()));
    // The folder and the target; the input's name follows.
    target.arg(format!("-artifact_prefix={}/{name}-", artifacts.display()));
    let told = capture_within(time + PATIENCE, target.env("RUST_BACKTRACE", "0"))
        .map_err(|told| format!("{name}: {}", end(&told)))?;
    Ok(format!("{name} {}", inputs(&told).ok_or_else(|| format!("{name}: {}", end(&told)))?))
}

/// Returns the number of inputs by libFuzzer's last line.
fn inputs(told: &str) -> Option<&str> {
    let done = told.lines().rev().find_map(|line| line.strip_prefix("Done "))?;
    done.split(' ').next()
}

/// Returns the last lines, which say what happened with which input.
fn end(told: &str) -> String {
    let lines: Vec<_> = told.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_target_is_one() {
        let files = fs::read_dir(root().join("fuzz/fuzz_targets")).unwrap();
        let name = |file: fs::DirEntry| file.file_name().into_string().unwrap();
        let mut files: Vec<_> = files.map(|file| name(file.unwrap())).collect();
        let mut named: Vec<_> = targets().unwrap().iter().map(|it| format!("{it}.rs")).collect();
        files.sort();
        named.sort();
        assert_eq!(files, named);
    }

    #[test]
    fn a_target_has_run_if_it_tells_how_many_inputs_it_had() {
        let told = "#498027\tDONE\n###### End of recommended dictionary. ######\n\
                    Done 498027 runs in 11 second(s)\n";
        assert_eq!(inputs(told), Some("498027"));
        assert_eq!(inputs("INFO: Loaded 1 modules"), None);
    }
}
