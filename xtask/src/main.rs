//! The project's own commands, started as `cargo xtask`.
#![forbid(unsafe_code)]

mod aarch64;
mod arrows;
mod bare;
mod compare;
mod dependencies;
mod docs;
mod firmware;
mod fuzz;
mod instructions;
mod linux_rig;
mod nightly;
mod original;
mod packages;
mod pages;
mod process;
mod report;
mod setup;
mod sizes;
mod sources;
mod test;
mod workspace;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use lexopt::prelude::*;
use report::Stop;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  test [--setup] [--all] [--only NAME]
                           everything that this machine can run
      --setup              first install what is missing, with apt
      --all                a skip that --setup can prevent is a failure
      --only NAME          the steps with NAME in their names, such as clippy or firmware
  firmware [BOARD [PROGRAM]] [--sizes] [-- ARGS]
                           builds firmware and runs it in an emulator, which is told ARGS
      --sizes              prints the flash and memory it takes instead, and its bounds
  compare [--accept]       what executors cost, ours and others, and the bounds of ours; writes the
                           table into benches/README.md
      --accept             makes bounds of what was counted
  compare --firmware       flash and memory of drivers' programs, compared with crates for one
                           device; writes the tables into benches/README.md
  linux-rig [NAME]         tests of devices, on Debian's kernel in an emulator: all, or those
                           with NAME in their names
  linux-rig pi             programs for a Raspberry Pi on an emulated one
  fuzz [TARGET]            made-up bytes for what reads from a wire: each target, or those with
                           TARGET in their names, for a minute
  docs [--open]            the documentation of all crates, with links between them
      --open               shows it in a browser
  sizes                    sizes of types and futures on a Cortex-M0+, and their bounds
  instructions             what primitives and the run loop cost compared with others, and their bounds
";

/// The command line.
#[derive(Debug, Default)]
struct Args {
    words: Vec<String>,
    setup: bool,
    all: bool,
    only: String,
    sizes: bool,
    firmware: bool,
    accept: bool,
    open: bool,
    /// What comes after `--`, which is not for us.
    rest: Vec<OsString>,
}

fn main() -> ExitCode {
    let mut args = env::args_os().skip(1);
    let ours: Vec<_> = args.by_ref().take_while(|arg| arg != "--").collect();
    let parsed = parse(lexopt::Parser::from_args(ours), args.collect());
    match parsed.and_then(|args| run(&args)) {
        Ok(status) => status,
        Err(error) => {
            eprintln!("{error}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut parser: lexopt::Parser, rest: Vec<OsString>) -> Result<Args, lexopt::Error> {
    let mut args = Args { rest, ..Args::default() };
    while let Some(arg) = parser.next()? {
        let command = args.words.first().map(String::as_str).unwrap_or_default();
        match (arg, command) {
            (Short('h') | Long("help"), _) => return Ok(Args::default()),
            (Value(word), _) => args.words.push(word.string()?),
            (Long("setup"), "test") => args.setup = true,
            (Long("all"), "test") => args.all = true,
            (Long("only"), "test") => args.only = parser.value()?.string()?,
            (Long("sizes"), "firmware") => args.sizes = true,
            (Long("firmware"), "compare") => args.firmware = true,
            (Long("accept"), "compare") => args.accept = true,
            (Long("open"), "docs") => args.open = true,
            (Long(_), "firmware") => return Err("options of the emulator go behind `--`".into()),
            (arg, _) => return Err(arg.unexpected()),
        }
    }
    if !args.rest.is_empty() && args.words.len() < 3 {
        return Err("only a named program of a board takes more arguments".into());
    }
    Ok(args)
}

fn run(args: &Args) -> Result<ExitCode, lexopt::Error> {
    let words: Vec<_> = args.words.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        [] => Ok(HELP.trim_end().to_owned()),
        ["test"] => match test::run(args.setup, args.all, &args.only) {
            Ok(status) => return Ok(status),
            Err(error) => Err(error.into()),
        },
        ["docs"] => docs::run(args.open),
        ["fuzz"] => fuzz::run("", fuzz::LONG),
        ["fuzz", target] => fuzz::run(target, fuzz::LONG),
        ["linux-rig"] => linux_rig::Rig::read().map_err(Stop::from).and_then(|rig| rig.run("")),
        ["linux-rig", "pi"] => linux_rig::Rig::read()
            .and_then(|rig| Ok((rig, aarch64::pi::Pi::read()?)))
            .map_err(Stop::from)
            .and_then(|(rig, pi)| pi.run(&rig)),
        ["linux-rig", name] => {
            linux_rig::Rig::read().map_err(Stop::from).and_then(|rig| rig.run(name))
        }
        ["compare"] if args.firmware => compare::firmware::run(),
        ["compare"] => compare::run(args.accept),
        ["sizes"] => sizes::measure(),
        ["instructions"] => instructions::measure(),
        ["firmware"] => firmware::run([None, None], args.sizes, &args.rest),
        ["firmware", board] => firmware::run([Some(board), None], args.sizes, &args.rest),
        ["firmware", board, program] => {
            firmware::run([Some(board), Some(program)], args.sizes, &args.rest)
        }
        _ => return Err(format!("no such command: {}", words.join(" ")).into()),
    };
    match outcome {
        Ok(seen) if seen.is_empty() => Ok(ExitCode::SUCCESS),
        Ok(seen) => {
            println!("{seen}");
            Ok(ExitCode::SUCCESS)
        }
        Err(Stop::Skipped(why) | Stop::Absent(why) | Stop::Failed(why)) => {
            eprintln!("{why}");
            Ok(ExitCode::FAILURE)
        }
    }
}
