//! Tests on an emulated Raspberry Pi 3, as `xtask/linux-rig/pi/rig.toml` says.
//!
//! QEMU has the board's GPIO lines, buses and serial ports, and Debian's arm64 kernel, as it
//! is, has their drivers. Both are fetched with apt and kept in `target/linux-rig/pi`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use super::LIBRARIES;
use crate::linux_rig::{Rig, cannot_be_had, folder, judge};
use crate::process::{capture, capture_within, on_path};
use crate::report::{Outcome, Stop};
use crate::workspace::{read, root};

/// What is fetched and run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pi {
    image: String,
    suite: String,
    modules: Vec<String>,
    programs: Vec<String>,
    tests: Vec<String>,
    libraries: Vec<String>,
    gps: PathBuf,
    seconds: u64,
    qemu: Vec<String>,
}

/// Has the libraries that the fetched QEMU needs.
const INSTALLED: (&str, &str) = ("qemu-system-arm", "qemu-system-arm");

impl Pi {
    /// Reads the data file.
    pub(crate) fn read() -> Result<Self, String> {
        toml::from_str(&read(&sources().join("rig.toml"))?)
            .map_err(|error| format!("xtask/linux-rig/pi/rig.toml: {error}"))
    }

    /// Runs all tests on the board. Returns what each of them has printed.
    pub(crate) fn run(&self, rig: &Rig) -> Outcome {
        let needs = super::missing_packages().into_iter().chain(rig.missing_packages());
        let (program, package) = INSTALLED;
        let needs = needs.chain(on_path(program).is_empty().then_some(package));
        let missing: Vec<_> = needs.collect();
        if !missing.is_empty() {
            return Err(Stop::Skipped(format!("apt-get install {}", missing.join(" "))));
        }
        let work = root().join("target/linux-rig/pi");
        let mut fetch = Command::new(sources().join("fetch.sh"));
        capture(fetch.arg(&work).args([&self.image, &self.suite]))
            .map_err(|told| cannot_be_had(&told))?;
        let copied = fs::copy(root().join(&self.gps), work.join("gps"));
        copied.map_err(|error| format!("{}: {error}", self.gps.display()))?;
        self.pack(&work)?;
        let console = self.boot(&work)?;
        if !console.lines().any(|line| line.trim() == "ended with 0") {
            return Err(console.into());
        }
        Ok(judge(&console)?)
    }

    fn pack(&self, work: &Path) -> Result<(), Stop> {
        let (built, _library) = super::build()?;
        let file = |name: &String| {
            let program = built.iter().find(|(it, _)| it == name);
            program.map(|(_, path)| path.display()).ok_or_else(|| format!("{name} was not built"))
        };
        let mut pack = Command::new(folder().join("pack.sh"));
        pack.env("BUSYBOX", work.join("busybox")).env("STRIP", "aarch64-linux-gnu-strip");
        pack.arg(work).arg(sources().join("init.sh")).arg(self.modules.join(" "));
        for name in &self.programs {
            pack.arg(format!("bin/{name}={}", file(name)?));
        }
        for name in &self.tests {
            pack.arg(format!("tests/{name}={}", file(name)?));
        }
        for name in &self.libraries {
            pack.arg(format!("lib/{name}={LIBRARIES}/lib/{name}"));
        }
        capture(&mut pack)?;
        Ok(())
    }

    fn boot(&self, work: &Path) -> Result<String, String> {
        let mut qemu = Command::new(work.join("qemu/usr/bin/qemu-system-aarch64"));
        qemu.current_dir(work).env("QEMU_MODULE_DIR", work.join("qemu/modules"));
        qemu.args(&self.qemu).args(["-kernel", "vmlinuz", "-initrd", "initramfs"]);
        capture_within(Duration::from_secs(self.seconds), &mut qemu)
    }
}

fn sources() -> PathBuf {
    folder().join("pi")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_file_can_be_read_and_names_what_is_there() {
        let pi = Pi::read().unwrap();
        assert!(root().join(&pi.gps).is_file());
        assert!(!pi.tests.is_empty());
        for program in &pi.programs {
            let source = root().join("examples/raspberry-pi/src/bin").join(program);
            assert!(source.with_extension("rs").is_file(), "{program}");
        }
    }
}
