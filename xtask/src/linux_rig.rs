//! Tests of devices on a Linux kernel in an emulator, as `xtask/linux-rig/rig.toml` says.
//!
//! The kernel is Debian's, fetched with apt and kept in `target/linux-rig`. The tests are
//! those of `cargo test`, with the variable `TICKWIRE_RIG`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cargo_metadata::Message;
use serde::Deserialize;

use crate::process::{capture, capture_within, cargo, on_path, stdout};
use crate::report::{Outcome, Stop};
use crate::workspace::{read, root};

/// What is fetched and run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rig {
    image: String,
    source: String,
    modules: Vec<String>,
    built: Vec<String>,
    seconds: u64,
    qemu: Vec<String>,
    needs: BTreeMap<String, String>,
    #[serde(rename = "test")]
    tests: Vec<Test>,
}

/// A test program of the workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    package: String,
    name: String,
}

impl Rig {
    /// Reads the data file.
    pub(crate) fn read() -> Result<Self, String> {
        toml::from_str(&read(&folder().join("rig.toml"))?)
            .map_err(|error| format!("xtask/linux-rig/rig.toml: {error}"))
    }

    /// Returns the packages that this machine lacks.
    fn missing_packages(&self) -> impl Iterator<Item = &str> {
        let missing = self.needs.iter().filter(|(program, _)| on_path(program).is_empty());
        missing.map(|(_, package)| package.as_str())
    }

    /// Runs all tests in the kernel. Returns what each of them has printed.
    pub(crate) fn run(&self) -> Outcome {
        if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
            return Err(Stop::Absent("the kernel and the tests are those of x86-64".to_owned()));
        }
        if on_path("apt-get").is_empty() {
            return Err(Stop::Absent("no apt-get here to fetch Debian's kernel".to_owned()));
        }
        let missing: Vec<_> = self.missing_packages().collect();
        if !missing.is_empty() {
            return Err(Stop::Skipped(format!("apt-get install {}", missing.join(" "))));
        }
        let work = root().join("target/linux-rig");
        let mut fetch = Command::new(folder().join("fetch.sh"));
        fetch.arg(&work).args([&self.image, &self.source]).args(&self.built);
        if let Err(why) = capture(&mut fetch) {
            let why = why.lines().rev().take(8).collect::<Vec<_>>();
            let why = why.into_iter().rev().collect::<Vec<_>>().join("\n    ");
            return Err(Stop::Skipped(format!("the kernel cannot be had:\n    {why}")));
        }
        let mut pack = Command::new(folder().join("pack.sh"));
        pack.arg(&work).arg(folder().join("init.sh")).arg(self.modules.join(" "));
        for test in &self.tests {
            pack.arg(test.build()?);
        }
        capture(&mut pack)?;
        Ok(judge(&self.boot(&work)?)?)
    }

    fn boot(&self, work: &Path) -> Result<String, String> {
        let mut qemu = Command::new("qemu-system-x86_64");
        qemu.args(&self.qemu).arg("-kernel").arg(work.join("vmlinuz"));
        qemu.arg("-initrd").arg(work.join("initramfs"));
        // The guest's 0 is QEMU's 1. QEMU's 0 is a guest that has crashed.
        match capture_within(Duration::from_secs(self.seconds), &mut qemu) {
            Ok(output) => Err(format!("{output}the guest has ended before its tests")),
            Err(output) if output.ends_with("exit status: 1") => Ok(output),
            Err(output) => Err(output),
        }
    }
}

impl Test {
    /// Builds it and returns its path.
    fn build(&self) -> Result<PathBuf, String> {
        let mut build = cargo(&["test", "--no-run", "--message-format", "json", "--package"]);
        let built = stdout(build.args([&self.package, "--test", &self.name]))?;
        let programs = Message::parse_stream(built.as_bytes()).flatten().filter_map(|message| {
            let Message::CompilerArtifact(built) = message else { return None };
            built.executable.filter(|_| built.target.name == self.name)
        });
        let program = programs.last().ok_or_else(|| format!("{}: no such test", self.name))?;
        Ok(program.into_std_path_buf())
    }
}

fn folder() -> PathBuf {
    root().join("xtask/linux-rig")
}

/// Returns the results that the console shows, in one line.
///
/// # Errors
///
/// The whole text, if no test has run.
fn judge(console: &str) -> Result<String, String> {
    let of_interest = |line: &&str| {
        ["up after", "test result:", "done after"].iter().any(|begin| line.starts_with(begin))
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
        assert!(!rig.tests.is_empty());
        for test in &rig.tests {
            let folder = test.package.trim_start_matches("tickwire-");
            assert!(
                root().join(folder).join("tests").join(&test.name).with_extension("rs").is_file()
            );
        }
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
