//! Firmware for boards, run in emulators.
//!
//! Each board is a folder under `examples` with a workspace of its own. What is
//! asked of all programs is in here; [`board`] knows the boards, [`program`] what can
//! be read in a program, [`size`] how much flash and memory each may take.

mod board;
mod program;
mod size;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::bare::Core;
use crate::report::{Outcome, Stop};
use board::{BOARDS, Board};
use program::Program;

/// Builds and runs, or measures. Nothing is named for all boards, or for all programs of one.
pub(crate) fn run(asked: [Option<&str>; 2], sizes: bool, args: &[OsString]) -> Outcome {
    let mut told = Vec::new();
    let mut is_well = true;
    for (board, programs) in choose(asked, sizes)? {
        eprintln!("{}, which is built first", board.name);
        let outcome = match programs[..] {
            _ if sizes => size::measure(board),
            // A user who names a program wants to see it.
            [program] if asked[1].is_some() => show(board, program, args),
            _ => emulate(board, &programs),
        };
        match outcome {
            Ok(seen) => told.push(seen),
            // The next board has an emulator of its own, which may be here.
            Err(Stop::Skipped(why) | Stop::Absent(why) | Stop::Failed(why)) => {
                told.push(format!("{}: {why}", board.name));
                is_well = false;
            }
        }
    }
    let told = told.join("\n");
    if is_well { Ok(told) } else { Err(told.into()) }
}

/// The steps of `cargo xtask test`: a name, and what it does.
pub(crate) fn steps() -> impl Iterator<Item = (String, Box<dyn FnOnce() -> Outcome>)> {
    BOARDS.iter().flat_map(|board| {
        let run: Box<dyn FnOnce() -> Outcome> =
            Box::new(|| emulate(board, &board.programs().collect::<Vec<_>>()));
        let sizes: Box<dyn FnOnce() -> Outcome> = Box::new(|| size::measure(board));
        let sizes = (!board.rows.is_empty()).then(|| (format!("sizes, {}", board.name), sizes));
        [(format!("firmware, {}", board.name), run)].into_iter().chain(sizes)
    })
}

/// The manifests of the boards, and what their programs are built for.
pub(crate) fn boards() -> impl Iterator<Item = (PathBuf, &'static str)> {
    BOARDS.iter().map(|board| (board.manifest(), board.target))
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

type Choice = (&'static Board, Vec<&'static str>);

/// Returns the boards and programs that were asked for.
fn choose([board, program]: [Option<&str>; 2], sizes: bool) -> Result<Vec<Choice>, String> {
    // Not every board has programs that are measured.
    let known = || BOARDS.iter().filter(|board| !sizes || !board.rows.is_empty());
    let boards = known().filter(|it| board.is_none_or(|name| name == it.name));
    let chosen = boards.map(|board| {
        let programs = board.programs().filter(|it| program.is_none_or(|name| name == *it));
        (board, programs.collect::<Vec<_>>())
    });
    let chosen: Vec<_> = chosen.filter(|(_, programs)| !programs.is_empty()).collect();
    if chosen.is_empty() {
        let known = known().map(|board| {
            let programs: Vec<_> = board.programs().collect();
            format!("\n{}: {}", board.name, programs.join(" "))
        });
        return Err(format!("no such firmware; there is{}", known.collect::<String>()));
    }
    Ok(chosen)
}

/// Runs each program twice, and looks for what may panic in it.
fn emulate(board: &Board, programs: &[&str]) -> Outcome {
    let prove = |name: &str, program: &Path| {
        let told = board.emulator.run_twice(board, program)?;
        let program = Program::read(program)?;
        program.check_panics()?;
        program.check_arenas()?;
        size::check_floats(&program.floats)?;
        Ok(format!("{name:<12} {told}"))
    };
    let (core, proven) = with_each(board, programs, prove)?;
    let is_well = proven.iter().all(Result::is_ok);
    let lines = proven.into_iter().map(|line| line.unwrap_or_else(|line| line));
    let told =
        format!("{}, {}\n{}", board.target, core.source(), lines.collect::<Vec<_>>().join("\n"));
    if is_well { Ok(told) } else { Err(told.into()) }
}

/// Runs one program before the user's eyes.
fn show(board: &Board, program: &str, args: &[OsString]) -> Outcome {
    let show = |_: &str, program: &Path| board.emulator.show(board, program, args);
    let (_, shown) = with_each(board, &[program], show)?;
    shown.into_iter().collect::<Result<(), _>>()?;
    // There is nothing to say of what has been seen.
    Ok(String::new())
}

/// Builds programs, and does with each what is to be done, also after one has failed.
/// What one build makes, the next one may replace.
fn with_each<T>(
    board: &Board,
    programs: &[&str],
    act: impl Fn(&str, &Path) -> Result<T, String>,
) -> Result<(Core, Vec<Result<T, String>>), Stop> {
    let core = ready(board).map_err(Stop::Skipped)?;
    board.emulator.prepare(board)?;
    let mut done = Vec::new();
    for build in board.builds {
        let names = build.programs.iter().map(|(name, _)| *name);
        let chosen: Vec<_> = names.filter(|program| programs.contains(program)).collect();
        if chosen.is_empty() {
            continue;
        }
        let folder = board.build(&core, build.args)?;
        for program in chosen {
            let acted = act(program, &folder.join(program));
            done.push(acted.map_err(|told| format!("{program}: {told}")));
        }
    }
    Ok((core, done))
}

/// Whether a board's programs can be built and run here.
fn ready(board: &Board) -> Result<Core, String> {
    let core = Core::find(board.target)?;
    match &board.emulator.missing()[..] {
        [] => Ok(core),
        missing => Err(format!("no emulator here: install {}", missing.join(" "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(board: Option<&str>, program: Option<&str>, sizes: bool, expected: &[&str]) {
        let chosen = choose([board, program], sizes).unwrap_or_default();
        let boards: Vec<_> = chosen.iter().map(|(board, _)| board.name).collect();
        assert_eq!(boards, expected, "{board:?} {program:?} {sizes}");
    }

    #[test]
    fn boards_are_chosen_by_their_names_and_what_is_asked_of_them() {
        check(None, None, false, &["lm3s6965", "riscv32", "rp2040"]);
        check(None, Some("conformance"), false, &["lm3s6965", "riscv32", "rp2040"]);
        check(Some("rp2040"), Some("switch"), false, &["rp2040"]);
        check(Some("riscv32"), Some("switch"), false, &[]);
        check(None, None, true, &["rp2040"]);
        check(Some("lm3s6965"), None, true, &[]);
    }
}
