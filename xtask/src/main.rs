//! The project's own commands, started as `cargo xtask`.
#![forbid(unsafe_code)]

mod arrows;
mod bare;
mod dependencies;
mod docs;
mod firmware;
mod instructions;
mod nightly;
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
  docs [--open]            the documentation of all crates, with links between them
      --open               shows it in a browser
  sizes                    sizes of types and futures on a Cortex-M0+, and their bounds
  instructions             what primitives and the run loop cost compared with others, and their bounds
";

enum Command {
    Help,
    Test(test::Options),
    Docs(docs::Options),
    Sizes,
    Instructions,
    Firmware(firmware::Options),
}

fn main() -> ExitCode {
    let mut args = env::args_os().skip(1);
    // What comes after `--` is not for us.
    let ours: Vec<_> = args.by_ref().take_while(|arg| arg != "--").collect();
    match parse(lexopt::Parser::from_args(ours), args.collect()) {
        Ok(Command::Help) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Command::Test(options)) => test::run(&options),
        Ok(Command::Docs(options)) => docs::run(&options),
        Ok(Command::Sizes) => sizes::run(),
        Ok(Command::Instructions) => instructions::run(),
        Ok(Command::Firmware(options)) => firmware::run(&options),
        Err(error) => {
            eprintln!("{error}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut args: lexopt::Parser, rest: Vec<OsString>) -> Result<Command, lexopt::Error> {
    let mut command = None;
    let mut options = test::Options::default();
    let mut docs = docs::Options::default();
    let mut firmware = firmware::Options::default();
    while let Some(arg) = args.next()? {
        match (arg, &command) {
            (Short('h') | Long("help"), _) => return Ok(Command::Help),
            (Value(name), None) => command = Some(name.string()?),
            (Value(name), Some(command)) if command == "firmware" => {
                let place = if firmware.board.is_none() {
                    &mut firmware.board
                } else {
                    &mut firmware.program
                };
                if place.replace(name.string()?).is_some() {
                    return Err("one board and one program at most".into());
                }
            }
            (Long("sizes"), Some(name)) if name == "firmware" => firmware.sizes = true,
            (Long("open"), Some(name)) if name == "docs" => docs.open = true,
            (Long("setup"), Some(name)) if name == "test" => options.setup = true,
            (Long("all"), Some(name)) if name == "test" => options.all = true,
            (Long("only"), Some(name)) if name == "test" => {
                options.only = args.value()?.string()?
            }
            (Long(_), Some(name)) if name == "firmware" => {
                return Err("options of the emulator go behind `--`".into());
            }
            (arg, _) => return Err(arg.unexpected()),
        }
    }
    if !rest.is_empty() && firmware.program.is_none() {
        return Err("only a named program of a board takes more arguments".into());
    }
    firmware.emulator = rest;
    match command.as_deref() {
        Some("test") => Ok(Command::Test(options)),
        Some("docs") => Ok(Command::Docs(docs)),
        Some("firmware") => Ok(Command::Firmware(firmware)),
        Some("sizes") => Ok(Command::Sizes),
        Some("instructions") => Ok(Command::Instructions),
        Some(name) => Err(format!("no command named {name:?}").into()),
        None => Ok(Command::Help),
    }
}
