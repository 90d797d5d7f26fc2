//! Firmware for boards, run in emulators.
//!
//! Each board is a folder under `examples` with a workspace of its own, and a file
//! `firmware.toml` that names its programs, their bounds and what is allowed in them:
//! [`board`] reads it, [`emulator`] runs them. [`program`] knows what can be read in a
//! program, [`size`] how much flash and memory it takes.

mod board;
mod emulator;
mod program;
mod size;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::bare::Core;
use crate::report::{Outcome, Step, Stop};
use board::Row;

pub(crate) use board::Board;
pub(crate) use program::{Program, Size};

/// All boards.
#[derive(Debug)]
pub(crate) struct Boards(Vec<Board>);

/// Builds and runs, or measures. Nothing is named for all boards, or for all programs of one.
pub(crate) fn run(asked: [Option<&str>; 2], sizes: bool, args: &[OsString]) -> Outcome {
    let boards = Boards::read()?;
    let (mut told, mut is_well) = (Vec::new(), true);
    for (board, programs) in choose(&boards, asked, sizes)? {
        eprintln!("{}, which is built first", board.name());
        let outcome = match (&board.measured, &programs[..]) {
            (Some(measured), _) if sizes => size::measure(board, measured),
            // A user who names a program wants to see it.
            (_, [program]) if asked[1].is_some() => show(board, program, args),
            (_, programs) => emulate(board, programs),
        };
        match outcome {
            Ok(seen) => told.push(seen),
            // The next board has an emulator of its own, which may be here.
            Err(Stop::Skipped(why) | Stop::Absent(why) | Stop::Failed(why)) => {
                told.push(format!("{}: {why}", board.name()));
                is_well = false;
            }
        }
    }
    let told = told.join("\n");
    if is_well { Ok(told) } else { Err(told.into()) }
}

impl Boards {
    pub(crate) fn read() -> Result<Self, String> {
        Board::all().map(Self)
    }

    /// The board of that name.
    pub(crate) fn find(&self, name: &str) -> Result<&Board, String> {
        let board = self.0.iter().find(|board| board.name() == name);
        board.ok_or_else(|| format!("there is no board {name}"))
    }

    /// Whether a board has a program of that name.
    #[cfg(test)]
    pub(crate) fn has(&self, board: &str, program: &str) -> bool {
        self.find(board).is_ok_and(|board| board.programs.iter().any(|row| row.name == program))
    }

    /// Runs programs of a board. Returns where its `core` comes from, and what each program
    /// told.
    ///
    /// # Errors
    ///
    /// What is missing here, or what kept the programs from being built.
    pub(crate) fn run_once(
        &self,
        board: &str,
        programs: &[&str],
    ) -> Result<(String, Vec<Result<String, String>>), Stop> {
        let board = self.find(board)?;
        let rows = programs.iter().map(|name| {
            let row = board.programs.iter().find(|row| row.name == *name);
            row.ok_or_else(|| format!("{}: no program {name}", board.name()))
        });
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let core = ready(board)?;
        let mut told = Vec::new();
        // They may be built in another order.
        board.with_each(&core, &rows, |row, path| {
            told.push((row.name.clone(), board.run_once(row, path)));
            Ok(())
        })?;
        let order = |(name, _): &(String, _)| programs.iter().position(|it| it == name);
        told.sort_by_key(order);
        Ok((core.source(), told.into_iter().map(|(_, told)| told).collect()))
    }

    /// The steps of `cargo xtask test`.
    pub(crate) fn steps(&self) -> Vec<Step<'_>> {
        let mut steps: Vec<Step<'_>> = Vec::new();
        for board in &self.0 {
            let name = board.name();
            let programs = board.programs.iter().filter(|row| row.run).collect::<Vec<_>>();
            let run = move || emulate(board, &programs);
            steps.push((format!("firmware, {name}"), Box::new(run)));
            if let Some(measured) = &board.measured {
                let sizes = move || size::measure(board, measured);
                steps.push((format!("sizes, {name}"), Box::new(sizes)));
            }
        }
        steps
    }

    /// The manifests of the boards, and what their programs are built for.
    pub(crate) fn manifests(&self) -> impl Iterator<Item = (PathBuf, &str)> {
        self.0.iter().map(|board| (board.manifest(), &*board.target))
    }

    /// What programs are built for.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &str> {
        let measured = self.0.iter().filter_map(|board| board.measured.as_ref());
        let measured = measured.flat_map(|measured| &measured.targets);
        self.0.iter().map(|board| &board.target).chain(measured).map(String::as_str)
    }

    /// The packages, as apt has them, of emulators that are not here.
    pub(crate) fn missing_packages(&self) -> BTreeSet<&str> {
        self.0.iter().flat_map(Board::missing).collect()
    }
}

type Choice<'a> = (&'a Board, Vec<&'a Row>);

/// Returns the boards and programs that were asked for.
fn choose<'a>(
    boards: &'a Boards,
    [board, program]: [Option<&str>; 2],
    sizes: bool,
) -> Result<Vec<Choice<'a>>, String> {
    let known = boards.0.iter().map(|board| {
        let is_known = |row: &&Row| if sizes { row.is_measured() } else { row.run };
        (board, board.programs.iter().filter(is_known).collect::<Vec<_>>())
    });
    let known: Vec<_> = known.collect();
    let mut chosen = known.clone();
    chosen.retain(|(it, _)| board.is_none_or(|name| name == it.name()));
    for (_, programs) in &mut chosen {
        programs.retain(|row| program.is_none_or(|name| name == row.name));
    }
    chosen.retain(|(_, programs)| !programs.is_empty());
    if chosen.is_empty() {
        let known = known.iter().map(|(board, programs)| {
            let programs: Vec<_> = programs.iter().map(|row| &*row.name).collect();
            format!("\n{}: {}", board.name(), programs.join(" "))
        });
        return Err(format!("no such firmware; there is{}", known.collect::<String>()));
    }
    Ok(chosen)
}

/// Runs each program twice, and looks for what may panic in it. If these are all programs
/// of the board, each panic that the board allows has to be in one.
fn emulate(board: &Board, programs: &[&Row]) -> Outcome {
    let core = ready(board)?;
    let mut needed = BTreeSet::new();
    let prove = |row: &Row, program: &Path| {
        let told = board.run_twice(row, program)?;
        Program::read(program)?.check(&board.panics, &mut needed)?;
        Ok(format!("{:<12} {told}", row.name))
    };
    let mut proven = board.with_each(&core, programs, prove)?;
    if programs.len() == board.programs.iter().filter(|row| row.run).count() {
        let allowed = board.panics.lines.keys().chain(board.panics.core.keys());
        let idle = allowed.filter(|allowed| !needed.contains(&***allowed));
        proven.extend(idle.map(|it| Err(format!("no program needs the allowed panic {it}"))));
    }
    let is_well = proven.iter().all(Result::is_ok);
    let lines = proven.into_iter().map(|line| line.unwrap_or_else(|line| line));
    let lines = lines.collect::<Vec<_>>().join("\n");
    let told = format!("{}, {}\n{lines}", board.target, core.source());
    if is_well { Ok(told) } else { Err(told.into()) }
}

/// Runs one program before the user's eyes.
fn show(board: &Board, program: &Row, args: &[OsString]) -> Outcome {
    let shown =
        board.with_each(&ready(board)?, &[program], |row, path| board.show(row, path, args));
    shown?.into_iter().collect::<Result<(), _>>()?;
    // There is nothing to say of what has been seen.
    Ok(String::new())
}

/// Prepares a board's emulator, and finds a `core` for its programs.
fn ready(board: &Board) -> Result<Core, Stop> {
    let core = Core::find(&board.target).map_err(Stop::Skipped)?;
    board.prepare()?;
    Ok(core)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(board: Option<&str>, program: Option<&str>, sizes: bool, expected: &[&str]) {
        let boards = Boards::read().unwrap();
        let chosen = choose(&boards, [board, program], sizes).unwrap_or_default();
        let names: Vec<_> = chosen.iter().map(|(board, _)| board.name()).collect();
        assert_eq!(names, expected, "{board:?} {program:?} {sizes}");
    }

    #[test]
    fn boards_are_chosen_by_their_names_and_what_is_asked_of_them() {
        check(None, None, false, &["backend-rtic", "lm3s6965", "riscv32", "rp2040"]);
        check(None, Some("conformance"), false, &["backend-rtic", "lm3s6965", "riscv32", "rp2040"]);
        check(Some("rp2040"), Some("switch"), false, &["rp2040"]);
        check(Some("riscv32"), Some("switch"), false, &[]);
        check(None, None, true, &["rp2040"]);
        check(Some("lm3s6965"), None, true, &[]);
    }
}
