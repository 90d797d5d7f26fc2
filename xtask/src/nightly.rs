//! What takes a nightly compiler: an interpreter and sanitizers, for the crates
//! with `unsafe` in them.
//!
//! Nothing here is installed by us: the steps are run where they can be.

use std::path::Path;
use std::process::Command;

use crate::bare::Compiler;
use crate::process::{capture, cargo, stdout};
use crate::report::{Outcome, Stop};
use crate::workspace::root;

/// The one whose prebuilt libraries have what the sanitizers need.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Leaves out tests that build much and have nothing to be looked at, and what
/// they depend on.
const LIGHT: &str = "--cfg light_tests";

/// Runs the tests of `sync` in Miri, which sees each access to memory.
pub(crate) fn miri() -> Outcome {
    let version = stdout(&mut nightly(&["cargo", "miri", "--version"]));
    version.map_err(|why| absent("with miri", &why))?;
    if !has_source() {
        return Err(absent("with rust-src", ""));
    }
    let mut command = nightly(&["cargo", "miri", "test", "--quiet", "--package", "tickwire-sync"]);
    command.args(["--features", "alloc", "--lib", "--tests"]);
    capture(command.env("CARGO_TARGET_DIR", root().join("target/miri")))?;
    Ok(String::new())
}

/// Runs the tests of the crates with `unsafe`, with checks for what is freed, and of
/// leaks.
pub(crate) fn address_sanitizer() -> Outcome {
    can_sanitize()?;
    // Embassy keeps executors forever, so its tests leave some behind.
    for (package, leaks) in [("tickwire-sync", "1"), ("tickwire-exec-embassy", "0")] {
        let command = nightly(&["cargo", "test"]);
        let mut command = sanitized(command, "address", "-Zsanitizer=address");
        command.args(["--package", package, "--all-features", "--lib", "--tests"]);
        capture(command.env("ASAN_OPTIONS", format!("detect_leaks={leaks}")))?;
    }
    Ok(String::new())
}

/// Runs threads that meet in `sync` and in `exec-std` with checks for races.
///
/// The prebuilt library orders its memory in ways that the sanitizer does not see,
/// which it takes for races. So it is built from source.
pub(crate) fn thread_sanitizer() -> Outcome {
    can_sanitize()?;
    let flags = "-Zsanitizer=thread";
    let mut command = if has_source() {
        sanitized(nightly(&["cargo", "test"]), "thread", flags)
    } else {
        // The nightly compiler has the sanitizer's own part and no source, another one
        // may have the source and no such part. They fit where both are of one LLVM.
        let both = Compiler::with_source().zip(runtime_part());
        let (compiler, part) = both.ok_or_else(|| absent("with rust-src", ""))?;
        if llvm(&mut Command::new(&compiler.rustc)) != llvm(&mut nightly(&["rustc"])) {
            return Err(absent("with rust-src", ""));
        }
        let mut other = cargo(&["test"]);
        other.env("RUSTC", &compiler.rustc).env("RUSTC_BOOTSTRAP", "1");
        sanitized(other, "thread", &format!("{flags} {part}"))
    };
    command.args(["--package", "tickwire-sync", "--package", "tickwire-exec-std", "-Zbuild-std"]);
    capture(command.args(["--test", "threads", "--test", "group_wakers"]))?;
    Ok(String::new())
}

fn can_sanitize() -> Result<(), Stop> {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")) {
        return Err(Stop::Absent(format!("not on {TARGET}")));
    }
    let version = stdout(&mut nightly(&["cargo", "--version"]));
    version.map(drop).map_err(|why| absent("", &why))
}

fn sanitized(mut command: Command, sanitizer: &str, flags: &str) -> Command {
    let folder = root().join("target").join(format!("{sanitizer}-sanitizer"));
    command.args(["--quiet", "--target", TARGET]).env("CARGO_TARGET_DIR", folder);
    command.env("RUSTFLAGS", format!("{flags} {LIGHT}"));
    command
}

/// Flags that link the nightly compiler's own part of the thread sanitizer, with its
/// own linker: that part's names have versions, which others take for definitions.
fn runtime_part() -> Option<String> {
    let libraries = stdout(&mut nightly(&["rustc", "--print", "target-libdir"])).ok()?;
    let libraries = Path::new(libraries.trim());
    let part = libraries.join("librustc-nightly_rt.tsan.a");
    let linker = libraries.with_file_name("bin").join("gcc-ld");
    let are_there = part.is_file() && linker.join("ld.lld").is_file();
    are_there.then(|| {
        let (part, linker) = (part.display(), linker.display());
        let own = "-Zexternal-clangrt";
        let linker = format!("-Clink-arg=-B{linker} -Clink-arg=-fuse-ld=lld");
        let part = format!("-Clink-arg=-Wl,--whole-archive,{part},--no-whole-archive");
        // What that part needs comes behind it.
        let rest = "-Clink-arg=-lpthread -Clink-arg=-lm -Clink-arg=-lc";
        format!("{own} {linker} {part} {rest}")
    })
}

/// The line with the version of LLVM, up to its minor one.
fn llvm(rustc: &mut Command) -> Option<String> {
    let told = stdout(rustc.args(["--version", "--verbose"])).ok()?;
    let version = told.lines().find_map(|line| line.strip_prefix("LLVM version: "))?;
    Some(version.split('.').take(2).collect::<Vec<_>>().join("."))
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

fn absent(with: &str, why: &str) -> Stop {
    let why = why.lines().next().map(|line| format!(": {line}")).unwrap_or_default();
    let nightly = ["no nightly toolchain", with].join(" ");
    Stop::Absent(format!("{} here{why}", nightly.trim()))
}
