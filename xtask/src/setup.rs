//! Installing what is missing.

use std::process::Command;

use crate::aarch64;
use crate::bare::{Core, TARGET};
use crate::firmware::Boards;
use crate::fuzz;
use crate::instructions;
use crate::linux_rig::Rig;
use crate::process::{capture, on_path};
use crate::report::{Outcome, Stop};

/// Installs, with apt, what the steps need and this machine lacks.
pub(crate) fn run(boards: &Boards, rig: &Rig) -> Outcome {
    let mut missing = Vec::new();
    if boards.targets().chain([TARGET]).any(|target| Core::find(target).is_err()) {
        missing.extend(["rustc-web", "rust-web-src"]);
    }
    if !instructions::can_count() {
        missing.push("valgrind");
    }
    if fuzz::is_missing() {
        missing.push("g++");
    }
    missing.extend(boards.missing_packages());
    missing.extend(aarch64::missing_packages());
    missing.extend(rig.missing_packages());
    if missing.is_empty() && (on_path("apt-get").is_empty() || rig.is_listed()) {
        return Ok("nothing is missing".to_owned());
    }
    if on_path("apt-get").is_empty() {
        return Err(Stop::Skipped(format!("no apt-get here to install {}", missing.join(" "))));
    }
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        capture(command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet").args(args))
    };
    apt(&["update"])?;
    if missing.is_empty() {
        return Ok("lists of packages".to_owned());
    }
    apt(&[&["install", "--yes", "--no-install-recommends"], &missing[..]].concat())?;
    Ok(format!("installed {}", missing.join(" ")))
}
