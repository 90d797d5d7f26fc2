//! Installing what is missing.

use std::process::Command;

use crate::bare::Core;
use crate::process::{capture, on_path};
use crate::report::Outcome;
use crate::{firmware, instructions};

/// Installs, with apt, what the steps need and this machine lacks.
pub(crate) fn run() -> Outcome {
    let mut missing = Vec::new();
    if Core::find().is_none() {
        missing.extend(["rustc-web", "rust-web-src"]);
    }
    if !instructions::can_count() {
        missing.push("valgrind");
    }
    // A machine that has node has npm with it, unless both are the distribution's.
    match firmware::missing_tool() {
        Some("node") => missing.extend(["nodejs", "npm"]),
        Some(tool) => missing.push(tool),
        None => {}
    }
    if missing.is_empty() {
        return Outcome::Passed("nothing is missing".to_owned());
    }
    if on_path("apt-get").is_empty() {
        return Outcome::Skipped(format!("no apt-get here to install {}", missing.join(" ")));
    }
    match install(&missing) {
        Ok(_) => Outcome::Passed(format!("installed {}", missing.join(" "))),
        Err(output) => Outcome::Failed(output),
    }
}

fn install(packages: &[&str]) -> Result<String, String> {
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        capture(command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet").args(args))
    };
    apt(&["update"])?;
    apt(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}
