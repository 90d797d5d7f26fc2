//! What the primitives of `sync` cost, beside those of others.
//!
//! The program `sync_primitives` in `benches` counts, prints and judges: it knows
//! its bounds, and fails beyond them. It is built as a release.

use std::process::ExitCode;

use crate::process::{capture, cargo, on_path};
use crate::report::Outcome;

/// Prints the tables, and whether their bounds hold.
pub(crate) fn run() -> ExitCode {
    match measure() {
        Outcome::Passed(tables) => println!("{tables}"),
        Outcome::Skipped(why) | Outcome::Absent(why) | Outcome::Failed(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Builds the program and runs it; what it prints, if its bounds hold.
pub(crate) fn measure() -> Outcome {
    if cfg!(not(target_arch = "x86_64")) {
        return Outcome::Absent("the bounds are those of x86-64".to_owned());
    }
    if !can_count() {
        return Outcome::Skipped("no valgrind here: apt-get install valgrind".to_owned());
    }
    let program = ["--package", "tickwire-benches", "--bin", "sync_primitives"];
    match capture(cargo(&["run", "--quiet", "--release"]).args(program)) {
        Ok(tables) => Outcome::Passed(format!("within their bounds\n{}", tables.trim_end())),
        Err(output) => Outcome::Failed(output),
    }
}

/// Whether there is what counts instructions.
pub(crate) fn can_count() -> bool {
    !on_path("valgrind").is_empty()
}
