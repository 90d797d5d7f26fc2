//! Everything that this machine can run.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use cargo_metadata::semver::Version;

use crate::bare::{Core, TARGET};
use crate::process::{capture, cargo, on_path, stdout};
use crate::report::{Outcome, Report};
use crate::workspace::{self, Package, is_published, root};
use crate::{arrows, dependencies, docs, firmware, instructions, nightly, setup, sizes, sources};

/// What `cargo xtask test` was asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Install first what is missing.
    pub(crate) setup: bool,
    /// Take a skip that `setup` can prevent as a failure.
    pub(crate) all: bool,
    /// The steps with this in their name, and no others.
    pub(crate) only: String,
}

/// Runs every step, the quick ones first, and goes on after a failure.
pub(crate) fn run(options: &Options) -> ExitCode {
    let members = match workspace::members() {
        Ok(members) => members,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let table = match arrows::Table::read() {
        Ok(table) => table,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let mut report = Report::new(io::stdout(), options.all, &options.only);
    if options.setup {
        report.run("setup", setup::run);
    }
    report.step("format", format);
    report.step("arrows", || {
        let seen = format!("{} crates", members.len());
        Outcome::of_problems(&table.check(&members), seen)
    });
    report.step("sources", || match sources::check(&members, &table) {
        Ok((problems, files)) => Outcome::of_problems(&problems, format!("{files} files")),
        Err(error) => Outcome::Failed(error),
    });
    report.step("licences", || licences(&members));
    report.step("clippy", || clippy(&["--workspace", "--all-features"]));
    report.step("clippy, drivers without features", || {
        clippy(&["--package", "tickwire-drivers", "--no-default-features"])
    });
    report.step("tests", tests);
    report.step("tests, embassy's own timer queue", own_timer_queue);
    report.step("recorded inputs", recorded_inputs);
    report.step("miri", nightly::miri);
    report.step("address sanitizer", nightly::address_sanitizer);
    report.step("thread sanitizer", nightly::thread_sanitizer);
    report.step("docs", || docs::check(&members));
    report.step("bare metal", || bare_metal(&members, &table));
    report.step("sizes", sizes::measure);
    for (name, step) in firmware::steps() {
        report.step(&name, step);
    }
    report.step("instructions", instructions::measure);
    report.step("packages", || packages(&members));
    report.step("oldest Rust", || oldest_rust(&members));
    report.finish()
}

fn format() -> Outcome {
    if on_path("cargo-fmt").is_empty() {
        return Outcome::Skipped("rustup component add rustfmt".to_owned());
    }
    let ours = capture(&mut cargo(&["fmt", "--all", "--check"]));
    // `--all` goes along the paths to our crates, and so to those that boards share.
    let boards = firmware::boards().map(|(manifest, _)| {
        capture(cargo(&["fmt", "--all", "--check", "--manifest-path"]).arg(manifest))
    });
    Outcome::of([ours].into_iter().chain(boards).collect())
}

fn licences(members: &[Package]) -> Outcome {
    let boards = firmware::boards().map(|(manifest, target)| {
        let packages = workspace::everything_of(&manifest, target)?;
        Ok((packages, format!("for {target}")))
    });
    let ours = workspace::everything().map(|packages| (packages, "for all platforms".to_owned()));
    let all: Result<Vec<_>, String> = [ours].into_iter().chain(boards).collect();
    match all {
        Ok(all) => {
            let floor = floor(members);
            let problems = all.iter().flat_map(|(all, _)| dependencies::check(all, &floor));
            let problems: BTreeSet<_> = problems.collect();
            let seen = all.iter().map(|(all, what)| format!("{} packages {what}", all.len()));
            let seen: Vec<_> = seen.collect();
            Outcome::of_problems(&Vec::from_iter(problems), seen.join(", "))
        }
        Err(error) => Outcome::Failed(error),
    }
}

fn clippy(which: &[&str]) -> Outcome {
    if on_path("cargo-clippy").is_empty() {
        return Outcome::Skipped("rustup component add clippy".to_owned());
    }
    let mut command = cargo(&["clippy", "--all-targets"]);
    Outcome::of(capture(command.args(which).args(["--", "-D", "warnings"])))
}

/// Unit, integration and doc tests, and that the examples build.
fn tests() -> Outcome {
    Outcome::of_tests(capture(&mut cargo(&[
        "test",
        "--workspace",
        "--all-features",
        "--no-fail-fast",
    ])))
}

/// Where features of all crates are built together, the timer queue takes any waker.
fn own_timer_queue() -> Outcome {
    let package = ["test", "--package", "tickwire-exec-embassy", "--tests", "--no-fail-fast"];
    Outcome::of_tests(capture(&mut cargo(&package)))
}

/// Tests that need a recording pass without it, so its absence is reported here.
fn recorded_inputs() -> Outcome {
    judge_corpus(env::var_os("TICKWIRE_CORPUS").map(PathBuf::from))
}

fn judge_corpus(folder: Option<PathBuf>) -> Outcome {
    match folder {
        None => {
            Outcome::Absent("TICKWIRE_CORPUS is not set: tests of recordings did nothing".into())
        }
        // Each crate's tests run in that crate's folder.
        Some(folder) if folder.is_absolute() && folder.is_dir() => {
            Outcome::Passed("read by the tests above".into())
        }
        Some(folder) => Outcome::Failed(format!(
            "TICKWIRE_CORPUS is not the absolute path of a folder: {}",
            folder.display()
        )),
    }
}

/// Everything that has to do without `std`, where there is none.
fn bare_metal(members: &[Package], table: &arrows::Table) -> Outcome {
    let core = match Core::find(TARGET) {
        Ok(core) => core,
        Err(none) => return Outcome::Skipped(none),
    };
    let no_std = |member: &&Package| table.rule(&member.name).is_some_and(|rule| rule.no_std);
    let names = names(members.iter().filter(no_std));
    let with_defaults = selected(&names);
    let built = core
        .build(&with_defaults)
        .and_then(|_| core.build(&["--package", "tickwire-drivers", "--no-default-features"]));
    match built {
        Ok(_) => Outcome::Passed(format!("{} for {TARGET}, {}", names.join(", "), core.source())),
        Err(output) => Outcome::Failed(output),
    }
}

/// Each crate as a registry would have it, built against the others likewise.
fn packages(members: &[Package]) -> Outcome {
    let names = names(members.iter().filter(|member| is_published(member)));
    // Anew each time: what cargo has built of a registry's package it takes for good, and
    // ours have the same version when their contents are others.
    let folder = root().join("target/packages");
    let _ = fs::remove_dir_all(&folder);
    let mut command = cargo(&["package", "--allow-dirty", "--target-dir"]);
    match capture(command.arg(folder).args(selected(&names))) {
        Ok(_) => Outcome::Passed(names.join(", ")),
        Err(output) => Outcome::Failed(output),
    }
}

fn oldest_rust(members: &[Package]) -> Outcome {
    let floor = floor(members);
    let floor = format!("{}.{}", floor.major, floor.minor);
    let listed = stdout(Command::new("rustup").args(["toolchain", "list"])).unwrap_or_default();
    let toolchain = listed
        .split_whitespace()
        .find(|name| name.strip_prefix(&floor).is_some_and(|rest| rest.starts_with(['.', '-'])));
    let Some(toolchain) = toolchain else {
        return Outcome::Absent(format!(
            "no toolchain {floor} here (rustup toolchain install {floor}); what the dependencies \
             declare and what clippy knows of the standard library was checked"
        ));
    };
    let mut command = Command::new("rustup");
    command.args(["run", toolchain, "cargo", "check", "--workspace", "--all-targets"]);
    command.current_dir(root()).env("CARGO_TARGET_DIR", root().join("target/oldest-rust"));
    Outcome::of(capture(&mut command))
}

fn floor(members: &[Package]) -> Version {
    let floor = members.iter().find_map(|member| member.rust_version.clone());
    floor.unwrap_or(Version::new(1, 0, 0))
}

fn names<'a>(members: impl Iterator<Item = &'a Package>) -> Vec<&'a str> {
    members.map(|member| member.name.as_str()).collect()
}

fn selected<'a>(names: &[&'a str]) -> Vec<&'a str> {
    names.iter().flat_map(|name| ["--package", name]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_are_absent_only_if_nobody_said_where_they_are() {
        let judged = |folder: Option<&str>| judge_corpus(folder.map(PathBuf::from));
        assert!(matches!(judged(None), Outcome::Absent(_)));
        assert!(matches!(judged(root().to_str()), Outcome::Passed(_)));
        for wrong in ["", "src", "/nonexistent/corpus"] {
            assert!(matches!(judged(Some(wrong)), Outcome::Failed(_)), "{wrong:?}");
        }
    }
}
