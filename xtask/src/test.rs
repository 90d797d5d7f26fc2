//! Everything that this machine can run.

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use cargo_metadata::semver::Version;

use crate::aarch64::pi::Pi;
use crate::arrows::Table;
use crate::bare::{Core, TARGET};
use crate::firmware::Boards;
use crate::linux_rig::Rig;
use crate::process::{capture, cargo, on_path, stdout};
use crate::report::{Outcome, Report, Step, Stop, of_problems};
use crate::workspace::{self, Package, is_published, root};
use crate::{
    aarch64, compare, dependencies, docs, fuzz, instructions, nightly, original, packages, pages,
    setup, sizes, sources,
};

/// Runs every step with `only` in its name, the quick ones first, then two at a time, and
/// goes on after a failure.
///
/// # Errors
///
/// Why the steps are not known.
pub(crate) fn run(install: bool, all: bool, only: &str) -> Result<ExitCode, String> {
    let members = workspace::members()?;
    let table = Table::read()?;
    let boards = Boards::read()?;
    let rig = Rig::read()?;
    let pi = Pi::read()?;
    let mut report = Report::new(all, only);
    if install {
        report.run("setup", || setup::run(&boards, &rig));
    }
    report.step("format", || format(&boards));
    report.step("arrows", || {
        of_problems(&table.check(&members), format!("{} crates", members.len()))
    });
    report.step("sources", || {
        let (problems, files) = sources::check(&members, &table)?;
        of_problems(&problems, format!("{files} files"))
    });
    report.step("pages", || {
        let (mut problems, links) = pages::check(&members)?;
        problems.extend(original::check()?);
        of_problems(&problems, format!("{links} links"))
    });
    report.step("licences", || licences(&boards, &floor(&members)));
    let published = || Vec::from_iter(members.iter().filter(|member| is_published(member)));
    let mut bare = vec![
        step("bare metal", || {
            let no_std =
                |member: &&Package| table.rule(&member.name).is_some_and(|rule| rule.no_std);
            let with_defmt = |member: &&Package| member.features.contains_key("defmt");
            bare_metal(
                &names(members.iter().filter(no_std)),
                &names(members.iter().filter(with_defmt)),
            )
        }),
        step("sizes", sizes::measure),
    ];
    bare.extend(boards.steps());
    bare.push(step("compare, boards", compare::check_boards));
    let corpus = || env::var_os("TICKWIRE_CORPUS").map(Into::into);
    let debug = vec![
        step("clippy", || clippy(&["--workspace", "--all-features"])),
        step("clippy, drivers without features", || {
            clippy(&["--package", "tickwire-drivers", "--no-default-features"])
        }),
        step("tests", || tests(&["--workspace", "--all-features"])),
        // Where features of all crates are built together, the timer queue takes any
        // waker.
        step("tests, embassy's own timer queue", || {
            tests(&["--package", "tickwire-exec-embassy", "--tests"])
        }),
        step("linux rig", || rig.run("")),
        // apt fetches for it what it fetches for the rig.
        step("emulated raspberry pi", || pi.run(&rig)),
        step("recorded inputs", || judge_corpus(corpus())),
        step("docs", || docs::check(&members)),
    ];
    let release =
        vec![step("instructions", instructions::measure), step("compare", compare::check)];
    // Half of the steps keep one processor busy: emulators, valgrind, linkers. cargo locks
    // the folder it builds in, so that steps with the same folder are in one sequence. The
    // longest come first.
    report.at_once(vec![
        debug,
        bare,
        release,
        vec![step("aarch64", aarch64::run)],
        vec![step("address sanitizer", nightly::address_sanitizer)],
        vec![step("thread sanitizer", nightly::thread_sanitizer)],
        vec![step("fuzz", || fuzz::run("", fuzz::SHORT))],
        vec![step("miri", nightly::miri)],
        vec![step("packages", || packages::check(&published()))],
        vec![step("oldest Rust", || oldest_rust(&floor(&members)))],
    ]);
    Ok(report.finish())
}

fn step<'a>(name: &str, step: impl FnOnce() -> Outcome + Send + 'a) -> Step<'a> {
    (name.to_owned(), Box::new(step))
}

fn format(boards: &Boards) -> Outcome {
    if on_path("cargo-fmt").is_empty() {
        return Err(Stop::Skipped("rustup component add rustfmt".to_owned()));
    }
    capture(&mut cargo(&["fmt", "--all", "--check"]))?;
    // `--all` goes along the paths to our crates, and so to those that boards share.
    for (manifest, _) in workspaces(boards) {
        capture(cargo(&["fmt", "--all", "--check", "--manifest-path"]).arg(manifest))?;
    }
    Ok(String::new())
}

/// The workspaces beside that of the root, and what they are built for.
fn workspaces(boards: &Boards) -> impl Iterator<Item = (PathBuf, &str)> {
    let others = [(compare::firmware::manifest(), TARGET), (fuzz::manifest(), fuzz::TARGET)];
    boards.manifests().chain(others)
}

fn licences(boards: &Boards, floor: &Version) -> Outcome {
    let mut all = vec![(workspace::everything()?, "all platforms".to_owned())];
    for (manifest, target) in workspaces(boards) {
        all.push((workspace::everything_of(&manifest, target)?, target.to_owned()));
    }
    let problems = all.iter().flat_map(|(packages, _)| dependencies::check(packages, floor));
    let problems = Vec::from_iter(BTreeSet::from_iter(problems));
    let seen = all.iter().map(|(all, target)| format!("{} packages for {target}", all.len()));
    of_problems(&problems, seen.collect::<Vec<_>>().join(", "))
}

fn clippy(which: &[&str]) -> Outcome {
    if on_path("cargo-clippy").is_empty() {
        return Err(Stop::Skipped("rustup component add clippy".to_owned()));
    }
    let mut command = cargo(&["clippy", "--all-targets"]);
    capture(command.args(which).args(["--", "-D", "warnings"]))?;
    Ok(String::new())
}

/// Runs unit, integration and doc tests, unless told which, and builds the examples.
fn tests(which: &[&str]) -> Outcome {
    capture(cargo(&["test", "--quiet", "--no-fail-fast"]).args(which))?;
    Ok(String::new())
}

/// Tests that need a recording pass without it, so its absence is reported here.
fn judge_corpus(folder: Option<PathBuf>) -> Outcome {
    let none = || "TICKWIRE_CORPUS is not set: tests of recordings did nothing".to_owned();
    let folder = folder.ok_or_else(|| Stop::Absent(none()))?;
    // Each crate's tests run in that crate's folder.
    if folder.is_absolute() && folder.is_dir() {
        return Ok("read by the tests above".to_owned());
    }
    let shown = folder.display();
    Err(format!("TICKWIRE_CORPUS is not the absolute path of a folder: {shown}").into())
}

/// Builds everything that has to do without `std` where there is none.
fn bare_metal(names: &[&str], with_defmt: &[&str]) -> Outcome {
    let core = Core::find(TARGET).map_err(Stop::Skipped)?;
    core.build(&selected(names))?;
    core.build(&["--package", "tickwire-drivers", "--no-default-features"])?;
    // In tests, defmt is one that no target has.
    core.build(&[&selected(with_defmt)[..], &["--features", "defmt"]].concat())?;
    Ok(format!("{} for {TARGET}, {}", names.join(", "), core.source()))
}

fn oldest_rust(floor: &Version) -> Outcome {
    let floor = format!("{}.{}", floor.major, floor.minor);
    let listed = stdout(Command::new("rustup").args(["toolchain", "list"])).unwrap_or_default();
    let toolchain = listed
        .split_whitespace()
        .find(|name| name.strip_prefix(&floor).is_some_and(|rest| rest.starts_with(['.', '-'])));
    let Some(toolchain) = toolchain else {
        return Err(Stop::Absent(format!(
            "no toolchain {floor} here (rustup toolchain install {floor}); what the dependencies \
             declare and what clippy knows of the standard library was checked"
        )));
    };
    let mut command = Command::new("rustup");
    command.args(["run", toolchain, "cargo", "check", "--workspace", "--all-targets"]);
    command.current_dir(root()).env("CARGO_TARGET_DIR", root().join("target/oldest-rust"));
    capture(&mut command)?;
    Ok(String::new())
}

/// The oldest Rust with which all of it compiles. Some crates ask for less.
fn floor(members: &[Package]) -> Version {
    let floor = members.iter().filter_map(|member| member.rust_version.clone()).max();
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
        assert!(matches!(judged(None), Err(Stop::Absent(_))));
        assert!(judged(root().to_str()).is_ok());
        for wrong in ["", "src", "/nonexistent/corpus"] {
            assert!(matches!(judged(Some(wrong)), Err(Stop::Failed(_))), "{wrong:?}");
        }
    }
}
