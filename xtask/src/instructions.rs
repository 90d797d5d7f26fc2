//! What the primitives of `sync` and the run loop of `exec-std` cost, compared with
//! others, and an event of `sim`.
//!
//! The programs `sync_primitives`, `run_loop` and `virtual_events` in `benches` count,
//! print and judge: they know their bounds, and fail beyond them. They are built as a
//! release.

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

/// Builds the programs and runs them; what they print, if their bounds hold.
pub(crate) fn measure() -> Outcome {
    if cfg!(not(target_arch = "x86_64")) {
        return Outcome::Absent("the bounds are those of x86-64".to_owned());
    }
    if !can_count() {
        return Outcome::Skipped("no valgrind here: apt-get install valgrind".to_owned());
    }
    let mut all = String::new();
    for program in ["sync_primitives", "run_loop", "virtual_events"] {
        let program = ["--package", "tickwire-benches", "--bin", program];
        match capture(cargo(&["run", "--quiet", "--release"]).args(program)) {
            Ok(tables) => all.push_str(&tables),
            Err(output) => return Outcome::Failed(output),
        }
    }
    Outcome::Passed(format!("within their bounds\n{}", all.trim_end()))
}

/// Whether there is what counts instructions.
pub(crate) fn can_count() -> bool {
    !on_path("valgrind").is_empty()
}
