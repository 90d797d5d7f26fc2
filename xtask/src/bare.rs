//! Builds for a machine without an operating system.
//!
//! Its `core` comes from the first of: rustup's build of it, if that target is
//! installed; the source beside any `rustc` on `PATH`, rustup's (`rust-src`) or
//! the distribution's (on Debian 12 `rustc-web` and `rust-web-src`).

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{capture, cargo, on_path, stdout};
use crate::workspace::root;

/// The smallest of our targets: a Cortex-M0+ has no compare-and-swap, no
/// divider and no operating system.
pub(crate) const TARGET: &str = "thumbv6m-none-eabi";

/// The release profile of the boards' workspaces. What has another would build `core` once more.
const PROFILE: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s"),
    ("CARGO_PROFILE_RELEASE_LTO", "true"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
];

/// A target, and where the standard library for it comes from.
#[derive(Debug)]
pub(crate) struct Core {
    target: String,
    origin: Origin,
}

#[derive(Debug)]
enum Origin {
    /// It is there, built.
    Installed,
    /// It is built from the source that this compiler has beside it.
    Source(Compiler),
}

/// A compiler with the source of its library.
#[derive(Debug)]
pub(crate) struct Compiler {
    pub(crate) rustc: PathBuf,
    pub(crate) version: String,
}

impl Core {
    /// Looks for a `core` for `target`.
    ///
    /// # Errors
    ///
    /// That none is here, and what to do.
    pub(crate) fn find(target: &str) -> Result<Self, String> {
        let origin = if has_built_core(target) {
            Origin::Installed
        } else {
            let none = || format!("no core for {target}: rustup target add {target}");
            Origin::Source(Compiler::with_source().ok_or_else(none)?)
        };
        Ok(Self { target: target.to_owned(), origin })
    }

    /// Builds packages in release mode and returns the folder of the results.
    ///
    /// `core` alone is built, no `alloc`: what builds here needs no allocator.
    ///
    /// # Errors
    ///
    /// What cargo said.
    pub(crate) fn build(&self, args: &[&str]) -> Result<PathBuf, String> {
        let mut command = cargo(&["build", "--release", "--target", &self.target]);
        command.args(args).envs(PROFILE);
        // A folder for each compiler: they would throw away one another's work.
        let folder = match &self.origin {
            Origin::Installed => "bare-installed".to_owned(),
            Origin::Source(Compiler { rustc, version }) => {
                command.env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=core");
                command.env("PATH", path_with_linker()?);
                format!("bare-{version}")
            }
        };
        let folder = root().join("target").join(folder);
        capture(command.env("CARGO_TARGET_DIR", &folder))?;
        Ok(folder.join(&self.target).join("release"))
    }

    /// One word on where the library is from.
    pub(crate) fn source(&self) -> String {
        match &self.origin {
            Origin::Installed => "core as installed".to_owned(),
            Origin::Source(Compiler { version, .. }) => format!("core built by rustc {version}"),
        }
    }
}

impl Compiler {
    /// The first on `PATH` that has it.
    pub(crate) fn with_source() -> Option<Self> {
        let rustc = on_path("rustc").into_iter().find(|rustc| has_source(rustc))?;
        let version = stdout(Command::new(&rustc).arg("--version")).ok()?;
        let version = version.split(' ').nth(1)?.to_owned();
        Some(Self { rustc, version })
    }
}

/// Whether the toolchain has the standard library for `target`.
pub(crate) fn has_built_core(target: &str) -> bool {
    let libraries =
        stdout(Command::new("rustc").args(["--print", "target-libdir", "--target", target]));
    let Ok(libraries) = libraries else { return false };
    let Ok(entries) = Path::new(libraries.trim()).read_dir() else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
}

fn has_source(rustc: &Path) -> bool {
    let sysroot = stdout(Command::new(rustc).args(["--print", "sysroot"]));
    let manifest = "lib/rustlib/src/rust/library/core/Cargo.toml";
    sysroot.is_ok_and(|sysroot| Path::new(sysroot.trim()).join(manifest).is_file())
}

/// `PATH` with the folder of rustup's `rust-lld` at its end: a distribution's
/// compiler may have none beside it.
fn path_with_linker() -> Result<OsString, String> {
    let libraries = stdout(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let programs = Path::new(libraries.trim()).with_file_name("bin");
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(env::split_paths(&path).chain([programs])).map_err(|error| error.to_string())
}
