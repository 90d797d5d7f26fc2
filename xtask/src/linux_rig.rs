//! Tests of devices on a Linux kernel in an emulator, as `xtask/linux-rig/rig.toml` says.
//!
//! The kernel is Debian's, fetched with apt and kept in `target/linux-rig`, where `console` has what
//! the last run has printed. The tests are
//! those of `cargo test`, with the variable `TICKWIRE_RIG`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use cargo_metadata::Message;
use serde::Deserialize;

use crate::process::{capture, capture_within, cargo, on_path, stdout};
use crate::report::{Outcome, Stop};
use crate::workspace::{self, read, root};

/// What is fetched and run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rig {
    image: String,
    source: String,
    modules: Vec<String>,
    files: Vec<String>,
    seconds: u64,
    qemu: Vec<String>,
    append: String,
    needs: BTreeMap<String, String>,
    #[serde(rename = "program")]
    programs: Vec<Program>,
    #[serde(rename = "test")]
    tests: Vec<Program>,
}

/// The variable by which tests of endurance run for longer. The guest has it too.
const ENDURANCE: &str = "TICKWIRE_ENDURANCE";

/// For how long they may run then.
const LONG: Duration = Duration::from_secs(2 * 60 * 60);

/// A program of the workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    package: String,
    name: String,
}

impl Rig {
    /// Reads the data file.
    pub(crate) fn read() -> Result<Self, String> {
        toml::from_str(&read(&folder().join("rig.toml"))?)
            .map_err(|error| format!("xtask/linux-rig/rig.toml: {error}"))
    }

    /// Returns the packages that this machine lacks. They do not help where the rig cannot
    /// run at all.
    pub(crate) fn missing_packages(&self) -> impl Iterator<Item = &str> {
        let missing = self.needs.iter().filter(|(program, _)| on_path(program).is_empty());
        missing.map(|(_, package)| package.as_str()).filter(|_| can_run().is_ok())
    }

    /// Whether apt has lists of packages, with the kernel in them.
    pub(crate) fn is_listed(&self) -> bool {
        stdout(Command::new("apt-cache").args(["show", &self.image])).is_ok()
    }

    /// Runs the tests with `name` in their names in the kernel. Returns what each of them has
    /// printed.
    pub(crate) fn run(&self, name: &str) -> Outcome {
        can_run().map_err(|why| Stop::Absent(why.to_owned()))?;
        let missing: Vec<_> = self.missing_packages().collect();
        if !missing.is_empty() {
            return Err(Stop::Skipped(format!("apt-get install {}", missing.join(" "))));
        }
        let work = root().join("target/linux-rig");
        let mut fetch = Command::new(folder().join("fetch.sh"));
        fetch.arg(&work).args([&self.image, &self.source]).args(&self.files);
        capture(&mut fetch).map_err(|told| cannot_be_had(&told))?;
        let mut build = Command::new(folder().join("build.sh"));
        capture(build.arg(&work).arg(folder().join("module")))?;
        let mut pack = Command::new(folder().join("pack.sh"));
        pack.arg(&work).arg(folder().join("init.sh")).arg(self.modules.join(" "));
        pack.args(self.build()?.iter().filter(|place| is_wanted(place, name)));
        capture(&mut pack)?;
        Ok(judge(&self.boot(&work)?)?)
    }

    /// Builds the programs and the tests. Returns for each its place in the guest and its
    /// file.
    fn build(&self) -> Result<Vec<String>, String> {
        let members = workspace::members()?;
        let package = |of: &Program| members.iter().find(|member| *member.name == of.package);
        // With the features of the step `tests`: nothing is compiled twice.
        let mut build = cargo(&["test", "--workspace", "--all-features", "--no-run"]);
        build.args(["--message-format", "json"]);
        build.args(self.tests.iter().flat_map(|test| ["--test", &test.name]));
        // A package's programs are built for its tests.
        let owners: BTreeSet<_> = self.programs.iter().map(|program| &program.package).collect();
        for owner in owners {
            let owner = members.iter().find(|member| *member.name == *owner);
            let test = owner.and_then(|owner| owner.targets.iter().find(|target| target.is_test()));
            build.args(test.iter().flat_map(|test| ["--test", &test.name]));
        }
        let told = stdout(&mut build)?;
        let is_built = |message| match message {
            Message::CompilerArtifact(built) => Some(built),
            _ => None,
        };
        let built: Vec<_> =
            Message::parse_stream(told.as_bytes()).flatten().filter_map(is_built).collect();
        let file = |program: &Program, is_test: bool| {
            let package = package(program);
            let theirs =
                built.iter().filter(|built| package.is_some_and(|it| it.id == built.package_id));
            // A program is built with its unit tests as well.
            let mut named = theirs
                .filter(|built| built.target.name == program.name && built.profile.test == is_test);
            let file = named.next().and_then(|built| built.executable.clone());
            file.ok_or_else(|| format!("{}: no such program", program.name))
        };
        let programs = self
            .programs
            .iter()
            .map(|program| Ok(format!("bin/{}={}", program.name, file(program, false)?)));
        let tests = self
            .tests
            .iter()
            .map(|test| Ok(format!("tests/{}-{}={}", test.name, test.package, file(test, true)?)));
        programs.chain(tests).collect()
    }

    fn boot(&self, work: &Path) -> Result<String, String> {
        let mut qemu = Command::new("qemu-system-x86_64");
        qemu.current_dir(work).args(&self.qemu);
        qemu.args(["-kernel", "vmlinuz", "-initrd", "initramfs"]);
        let (mut words, mut patience) = (self.append.clone(), Duration::from_secs(self.seconds));
        if let Ok(factor) = env::var(ENDURANCE) {
            // The kernel passes what it does not know to the guest's first program.
            words += &format!(" {ENDURANCE}={factor}");
            patience = LONG;
        }
        let ended = capture_within(patience, qemu.args(["-append", &words]));
        let (Ok(console) | Err(console)) = &ended;
        fs::write(work.join("console"), console).map_err(|e| format!("the console: {e}"))?;
        // The guest's 0 is QEMU's 1. QEMU's 0 is a guest that has crashed.
        match ended {
            Ok(output) => Err(format!("{output}the guest has ended before its tests")),
            Err(output) if output.ends_with("exit status: 1") => Ok(output),
            Err(output) => Err(output),
        }
    }
}

/// Whether a program is for the guest, if tests with `name` in their names are to run.
fn is_wanted(program: &str, name: &str) -> bool {
    let place = program.split('=').next().unwrap_or_default();
    place.strip_prefix("tests/").is_none_or(|test| test.contains(name))
}

/// Says why the rig can never run here.
fn can_run() -> Result<(), &'static str> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        return Err("the kernel and the tests are those of x86-64");
    }
    if on_path("apt-get").is_empty() {
        return Err("no apt-get here to fetch Debian's kernel");
    }
    Ok(())
}

/// Returns the end of what `fetch.sh` has told.
pub(crate) fn cannot_be_had(told: &str) -> Stop {
    let lines: Vec<_> = told.lines().collect();
    let end = lines[lines.len().saturating_sub(8)..].join("\n    ");
    let why = format!("the kernel cannot be had:\n    {end}");
    if told.ends_with("exit status: 3") { Stop::Absent(why) } else { Stop::Skipped(why) }
}

pub(crate) fn folder() -> PathBuf {
    root().join("xtask/linux-rig")
}

/// Returns the results that the console shows, in one line.
///
/// # Errors
///
/// The whole text, if no test has run.
pub(crate) fn judge(console: &str) -> Result<String, String> {
    let of_interest = |line: &&str| {
        ["up after", "test result:", "counted:", "done after"]
            .iter()
            .any(|begin| line.starts_with(begin))
    };
    let seen: Vec<_> = console.lines().map(str::trim).filter(of_interest).collect();
    let ran = seen.iter().any(|line| line.contains(" passed; ") && !line.contains(" 0 passed; "));
    if ran {
        return Ok(seen.join(", "));
    }
    Err(format!("{console}\nno test has run"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_file_can_be_read_and_names_what_is_there() {
        let rig = Rig::read().unwrap();
        let members = workspace::members().unwrap();
        assert!(!rig.tests.is_empty());
        for test in &rig.tests {
            let package = members.iter().find(|member| *member.name == test.package).unwrap();
            assert!(package.targets.iter().any(|it| it.is_test() && it.name == test.name));
        }
        let folder = folder();
        for file in rig.files.iter().filter(|file| file.ends_with(".c")) {
            let object = Path::new(file).with_extension("o");
            let object = object.file_name().unwrap().to_str().unwrap();
            assert!(read(&folder.join("module/Kbuild")).unwrap().contains(object), "{file}");
        }
    }

    #[test]
    fn a_kernel_that_apt_does_not_have_is_absent() {
        let told = |status| format!("apt knows no linux\n\"fetch.sh\": exit status: {status}");
        assert!(matches!(cannot_be_had(&told(3)), Stop::Absent(_)));
        assert!(matches!(cannot_be_had(&told(1)), Stop::Skipped(_)));
    }

    #[test]
    fn tests_are_chosen_by_name_and_all_programs_come_along() {
        let test = "tests/gpio-tickwire-exec-std=target/debug/deps/gpio-1";
        assert!(is_wanted(test, "") && is_wanted(test, "gpio") && !is_wanted(test, "deps"));
        assert!(is_wanted("bin/gps=target/debug/gps", "gpio"));
    }

    #[test]
    fn tests_have_to_run() {
        let passed = "up after 2.1 s\r\ntest result: ok. 19 passed; 0 failed; 0 ignored\r\n";
        let seen = "up after 2.1 s, test result: ok. 19 passed; 0 failed; 0 ignored";
        assert_eq!(judge(passed), Ok(seen.to_owned()));
        assert!(judge("test result: ok. 0 passed; 0 failed").is_err());
        assert!(judge("up after 2.1 s").is_err());
    }
}
