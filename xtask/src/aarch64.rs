//! The Linux backend on arm64, which is what a Raspberry Pi has.
//!
//! The programs of `examples/raspberry-pi`, the station and the conformance tests of
//! `exec-std` are built for it. The last two run under QEMU's emulation of a user's
//! programs: the instructions are those of arm64, and the kernel is this machine's. The
//! [emulated board](pi) has a kernel of its own.

pub(crate) mod pi;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cargo_metadata::Message;

use crate::bare::has_built_core;
use crate::process::{capture, capture_within, cargo, on_path, stdout};
use crate::report::{Outcome, Stop};
use crate::workspace::root;

const TARGET: &str = "aarch64-unknown-linux-gnu";
const LINKER: &str = "aarch64-linux-gnu-gcc";
const EMULATOR: &str = "qemu-aarch64-static";

/// Where Debian has the C library of the target.
pub(super) const LIBRARIES: &str = "/usr/aarch64-linux-gnu";

/// Debian's compiler, whose library for the target is fetched where rustup has none.
const RUSTC: &str = "/usr/bin/rustc";

const HERE: bool = cfg!(all(target_os = "linux", target_arch = "x86_64"));

/// Longer than any of these programs takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// Builds and runs what there is for the target.
pub(crate) fn run() -> Outcome {
    if !HERE {
        return Err(Stop::Absent("arm64 is emulated on Linux on x86-64 only".to_owned()));
    }
    let missing = missing_packages();
    if !missing.is_empty() {
        return Err(Stop::Skipped(format!("apt-get install {}", missing.join(" "))));
    }
    let (programs, library) = build()?;
    let passed = judge_tests(&emulated(&programs, "conformance", &["--test-threads=1"])?)?;
    judge_station(&emulated(&programs, "station", &["--headless", "--for", "2"])?)?;
    Ok(format!("{} programs, {passed} conformance tests, {library}", programs.len()))
}

/// Builds all programs, and returns their names and paths, and which library they have.
pub(super) fn build() -> Result<(Vec<(String, PathBuf)>, String), Stop> {
    let mut build = cargo(&["build", "--target", TARGET, "--message-format", "json"]);
    build.args(["--package", "tickwire-raspberry-pi", "--package", "tickwire-station-host"]);
    build.args(["--package", "tickwire-exec-std", "--package", "tickwire-linux-rig"]);
    build.args(["--bins", "--test", "conformance", "--test", "raspberry_pi"]);
    let library = choose_library(&mut build).map_err(Stop::Absent)?;
    Ok((executables(&stdout(&mut build)?), library))
}

/// Returns the packages that this machine lacks, as Debian names them.
pub(crate) fn missing_packages() -> Vec<&'static str> {
    let is_there = |program: &str| !on_path(program).is_empty();
    let needs = [
        (is_there(LINKER), "gcc-aarch64-linux-gnu"),
        (Path::new(LIBRARIES).join("lib/libc.so").exists(), "libc6-dev-arm64-cross"),
        (is_there(EMULATOR), "qemu-user-static"),
        (has_built_core(TARGET) || Path::new(RUSTC).exists(), "rustc-web"),
    ];
    needs
        .into_iter()
        .filter(|(is_there, _)| HERE && !is_there)
        .map(|(_, package)| package)
        .collect()
}

/// Makes cargo use a standard library for the target: rustup's, if it is installed, or
/// Debian's. Returns a word on which.
///
/// # Errors
///
/// That there is none, and why.
fn choose_library(build: &mut Command) -> Result<String, String> {
    build.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", LINKER);
    // Half of the time to link and most of what is written is for debuggers.
    build.env("CARGO_PROFILE_DEV_DEBUG", "0");
    let folder = root().join("target/aarch64");
    // Tests that build much for other tests are of no use here.
    let mut flags = "--cfg light_tests".to_owned();
    let mut library = "std as installed";
    if !has_built_core(TARGET) {
        let mut fetch = Command::new(root().join("xtask/aarch64/fetch-std.sh"));
        capture(fetch.arg(&folder)).map_err(|why| {
            let last = why.lines().rev().take(3).collect::<Vec<_>>();
            let last = last.into_iter().rev().collect::<Vec<_>>().join("\n    ");
            format!("no std for {TARGET}:\n    {last}")
        })?;
        let sysroot = folder.join("sysroot");
        flags = format!("{flags} --sysroot {}", sysroot.display());
        library = "Debian's std";
        build.env("RUSTC", RUSTC);
    }
    build.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS", flags);
    build.env("CARGO_TARGET_DIR", folder.join("built"));
    Ok(library.to_owned())
}

/// Returns the names and the paths of the programs that cargo has built.
fn executables(messages: &str) -> Vec<(String, PathBuf)> {
    let messages = Message::parse_stream(messages.as_bytes()).flatten();
    let programs = messages.filter_map(|message| {
        let Message::CompilerArtifact(built) = message else { return None };
        Some((built.target.name, built.executable?.into_std_path_buf()))
    });
    programs.collect()
}

/// Runs a program under the emulator and returns what it has written.
fn emulated(programs: &[(String, PathBuf)], name: &str, args: &[&str]) -> Result<String, String> {
    let program = programs.iter().find(|(it, _)| it == name);
    let (_, path) = program.ok_or_else(|| format!("{name} was not built"))?;
    let mut run = Command::new(EMULATOR);
    capture_within(PATIENCE, run.args(["-L", LIBRARIES]).arg(path).args(args))
}

/// Returns how many tests have passed.
fn judge_tests(output: &str) -> Result<u32, String> {
    let passed = output.lines().find_map(|line| line.strip_prefix("test result: ok. "));
    let passed = passed.and_then(|rest| rest.split(' ').next()?.parse().ok());
    passed.filter(|passed| *passed > 0).ok_or_else(|| format!("{output}\nno test has run"))
}

/// Checks that the station has measured, has found its place, and has come to its end.
fn judge_station(output: &str) -> Result<(), String> {
    let has = |event: &str| output.contains(&format!("\"event\":\"{event}\""));
    let missing = ["climate", "fix", "end"].into_iter().find(|event| !has(event));
    missing.map_or(Ok(()), |event| Err(format!("{output}\nthe station: no {event}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_have_to_run() {
        let check = |output, expected| assert_eq!(judge_tests(output).ok(), expected, "{output}");
        check("running 2 tests\ntest result: ok. 2 passed; 0 failed", Some(2));
        check("running 0 tests\ntest result: ok. 0 passed; 0 failed", None);
        check("test result: FAILED. 1 passed; 1 failed", None);
        check("", None);
    }

    #[test]
    fn the_station_has_to_do_what_it_is_for() {
        let check = |events: &[&str], expected: bool| {
            let lines =
                events.iter().map(|event| format!("{{\"t_us\":1,\"event\":\"{event}\"}}\n"));
            assert_eq!(judge_station(&lines.collect::<String>()).is_ok(), expected, "{events:?}");
        };
        check(&["climate", "fix", "end"], true);
        check(&["climate", "fix"], false);
        check(&["sensor_failed", "fix", "end"], false);
        check(&[], false);
    }
}
