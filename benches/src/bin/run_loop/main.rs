//! What the run loop of `exec-std` costs beside others: instructions for each yield of
//! `main` and each child of a group, and system calls for each sleep and each chunk of bytes. Switches
//! and tasks are among what `cargo xtask compare` counts.
//!
//! The program runs itself under valgrind: once to count instructions, once to list
//! system calls. A figure is the difference between much work and little, over the
//! difference in work, so start and set-up cancel out.
//!
//! It fails when one of ours takes more than its bound.
#![forbid(unsafe_code)]

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod instructions;
#[cfg(target_os = "linux")]
mod work;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> Result<ExitCode, lexopt::Error> {
    use lexopt::prelude::*;

    let mut args = lexopt::Parser::from_env();
    match args.next()? {
        Some(Long("counted")) => instructions::count(),
        Some(Long("called")) => calls::call(),
        Some(other) => return Err(other.unexpected()),
        None => return judge(),
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the tables; fails when one of ours takes more than its bound.
#[cfg(target_os = "linux")]
fn judge() -> Result<ExitCode, lexopt::Error> {
    let mut exceeded = instructions::print()?;
    exceeded.extend(calls::print()?);
    for row in &exceeded {
        println!("OVER: {row}");
    }
    Ok(if exceeded.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("not run here: the loop is counted on Linux");
    ExitCode::SUCCESS
}
