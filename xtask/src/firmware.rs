//! Firmware for boards, run in emulators.
//!
//! Each board is a folder under `examples` with a workspace of its own. What is
//! asked of all programs is in here; [`board`] knows the boards, [`program`] what can
//! be read in a program, [`size`] how much flash and memory each may take.

mod board;
mod program;
mod size;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::bare::Core;
use crate::report::Outcome;
use board::{BOARDS, Board};

/// What `cargo xtask firmware` was asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// All boards, if none is named.
    pub(crate) board: Option<String>,
    /// All of the board's programs, if none is named.
    pub(crate) program: Option<String>,
    /// Flash and memory of the programs rather than a run of them.
    pub(crate) sizes: bool,
    /// What the emulator is told besides.
    pub(crate) emulator: Vec<OsString>,
}

/// Builds and runs, or measures, and prints what came of it.
pub(crate) fn run(options: &Options) -> ExitCode {
    let chosen = match choose(options) {
        Ok(chosen) => chosen,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    for (board, programs) in chosen {
        let outcome = match &programs[..] {
            _ if options.sizes => size::measure(board),
            // Who names a program wants to see it.
            [program] if options.program.is_some() => show(board, program, &options.emulator),
            programs => emulate(board, programs),
        };
        match outcome {
            // What is shown has been told already.
            Outcome::Passed(told) if told.is_empty() => {}
            Outcome::Passed(told) => println!("{told}"),
            Outcome::Skipped(why) | Outcome::Absent(why) | Outcome::Failed(why) => {
                eprintln!("{why}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

/// The steps of `cargo xtask test`: a name, and what it does.
pub(crate) fn steps() -> impl Iterator<Item = (String, Box<dyn FnOnce() -> Outcome>)> {
    BOARDS.iter().flat_map(|board| {
        let run: Box<dyn FnOnce() -> Outcome> = Box::new(|| emulate(board, board.programs));
        let sizes: Box<dyn FnOnce() -> Outcome> = Box::new(|| size::measure(board));
        let sizes = (!board.rows.is_empty()).then(|| (format!("sizes, {}", board.name), sizes));
        [(format!("firmware, {}", board.name), run)].into_iter().chain(sizes)
    })
}

/// What programs are built for.
pub(crate) fn targets() -> impl Iterator<Item = &'static str> {
    BOARDS.iter().map(|board| board.target).chain(size::TARGETS)
}

/// The packages, as apt has them, of emulators that are not here.
pub(crate) fn missing_packages() -> Vec<&'static str> {
    let mut missing: Vec<_> = BOARDS.iter().flat_map(|board| board.emulator.missing()).collect();
    missing.dedup();
    missing
}

/// Which boards and programs were asked for.
fn choose(options: &Options) -> Result<Vec<(&'static Board, Vec<&'static str>)>, String> {
    let asked = |name: &str, asked_for: &Option<String>| {
        asked_for.as_ref().is_none_or(|asked_for| asked_for == name)
    };
    let boards = BOARDS.iter().filter(|board| asked(board.name, &options.board));
    let chosen = boards.map(|board| {
        let programs = board.programs.iter().copied();
        (board, programs.filter(|program| asked(program, &options.program)).collect::<Vec<_>>())
    });
    let chosen: Vec<_> = chosen.filter(|(_, programs)| !programs.is_empty()).collect();
    if chosen.is_empty() {
        let known =
            BOARDS.iter().map(|board| format!("{}: {}", board.name, board.programs.join(" ")));
        return Err(["no such firmware; there is".to_owned()]
            .into_iter()
            .chain(known)
            .collect::<Vec<_>>()
            .join("\n"));
    }
    Ok(chosen)
}

/// Runs each program twice, and looks for what may panic in it.
fn emulate(board: &Board, programs: &[&str]) -> Outcome {
    let core = match ready(board) {
        Ok(core) => core,
        Err(why) => return Outcome::Skipped(why),
    };
    let told = board.build(&core, board.told_by).and_then(|folder| {
        board.emulator.prepare(board)?;
        let mut lines = vec![format!("{}, {}", board.target, core.source())];
        for program in programs {
            let path = folder.join(program);
            let told = board.emulator.run_twice(board, &path).and_then(|told| {
                program::Program::read(&path)?.check_panics()?;
                Ok(told)
            });
            let told = told.map_err(|output| format!("{program}: {output}"))?;
            lines.push(format!("{program:<12} {told}"));
        }
        Ok(lines.join("\n"))
    });
    match told {
        Ok(told) => Outcome::Passed(told),
        Err(output) => Outcome::Failed(output),
    }
}

/// Runs one program before the user's eyes.
fn show(board: &Board, program: &str, args: &[OsString]) -> Outcome {
    let core = match ready(board) {
        Ok(core) => core,
        Err(why) => return Outcome::Skipped(why),
    };
    let shown = board.build(&core, board.told_by).and_then(|folder| {
        board.emulator.prepare(board)?;
        board.emulator.show(board, &folder.join(program), args)
    });
    match shown {
        Ok(()) => Outcome::Passed(String::new()),
        Err(output) => Outcome::Failed(output),
    }
}

/// Whether a board's programs can be built and run here.
fn ready(board: &Board) -> Result<Core, String> {
    let core = Core::find(board.target)?;
    match &board.emulator.missing()[..] {
        [] => Ok(core),
        missing => Err(format!("no emulator here: install {}", missing.join(" "))),
    }
}
