//! What takes a nightly compiler: an interpreter and sanitizers, for the crate
//! with `unsafe` in it.
//!
//! Nothing here is installed by us: the steps are run where they can be.

use std::path::Path;
use std::process::Command;

use crate::process::{capture, stdout};
use crate::report::Outcome;
use crate::workspace::root;

/// The one whose prebuilt libraries have what the sanitizers need.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Leaves out tests that build much and have nothing to be looked at, and what
/// they depend on.
const LIGHT: &str = "--cfg light_tests";

/// Runs the tests of `sync` in Miri, which sees each access to memory.
pub(crate) fn miri() -> Outcome {
    if let Err(why) = stdout(&mut nightly(&["cargo", "miri", "--version"])) {
        return absent("with miri", &why);
    }
    if !has_source() {
        return absent("with rust-src", "");
    }
    let mut command = nightly(&["cargo", "miri", "test", "--package", "tickwire-sync"]);
    command.args(["--features", "alloc", "--lib", "--tests"]);
    Outcome::of_tests(capture(command.env("CARGO_TARGET_DIR", root().join("target/miri"))))
}

/// Runs the tests of `sync` with checks for what is freed, and of leaks.
pub(crate) fn address_sanitizer() -> Outcome {
    sanitized("address", &["--all-features", "--lib", "--tests"])
}

/// Runs threads that meet in `sync` with checks for races.
pub(crate) fn thread_sanitizer() -> Outcome {
    if !has_source() {
        return absent("with rust-src", "");
    }
    // The prebuilt library orders its memory in ways that the sanitizer does not
    // see, which it takes for races.
    sanitized("thread", &["--test", "threads", "-Zbuild-std"])
}

fn sanitized(sanitizer: &str, args: &[&str]) -> Outcome {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")) {
        return Outcome::Absent(format!("not on {TARGET}"));
    }
    if let Err(why) = stdout(&mut nightly(&["cargo", "--version"])) {
        return absent("", &why);
    }
    let folder = root().join("target").join(format!("{sanitizer}-sanitizer"));
    let mut command = nightly(&["cargo", "test", "--package", "tickwire-sync"]);
    command.args(["--target", TARGET]).args(args);
    command.env("RUSTFLAGS", format!("-Zsanitizer={sanitizer} {LIGHT}"));
    Outcome::of_tests(capture(command.env("CARGO_TARGET_DIR", folder)))
}

fn nightly(args: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly"]).args(args).current_dir(root());
    command
}

fn has_source() -> bool {
    let sysroot = stdout(&mut nightly(&["rustc", "--print", "sysroot"]));
    let manifest = "lib/rustlib/src/rust/library/std/Cargo.toml";
    sysroot.is_ok_and(|sysroot| Path::new(sysroot.trim()).join(manifest).is_file())
}

fn absent(with: &str, why: &str) -> Outcome {
    let why = why.lines().next().map(|line| format!(": {line}")).unwrap_or_default();
    let nightly = ["no nightly toolchain", with].join(" ");
    Outcome::Absent(format!("{} here{why}", nightly.trim()))
}
