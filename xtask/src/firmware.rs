//! Firmware for boards, run in emulators.
//!
//! Each board is a folder under `examples` with a workspace of its own. Its
//! programs are built as they are flashed, and with the feature `report`, by
//! which they tell an emulator what happens.

mod size;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::bare::{Core, TARGET};
use crate::process::{capture, on_path};
use crate::report::Outcome;
use crate::sizes::no_core;
use crate::workspace::root;

/// A board: its folder, and its programs in the order in which they are run.
struct Board {
    name: &'static str,
    programs: &'static [&'static str],
}

const BOARDS: &[Board] = &[Board {
    name: "rp2040",
    programs: &["blinky", "switch", "button", "htu21d", "hd44780", "gps", "station"],
}];

/// What `cargo xtask firmware` was asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// All boards, if none is named.
    pub(crate) board: Option<String>,
    /// All of the board's programs, if none is named.
    pub(crate) program: Option<String>,
    /// Flash and memory of the programs rather than a run of them.
    pub(crate) sizes: bool,
}

/// Builds and runs, or measures, and prints what came of it.
pub(crate) fn run(options: &Options) -> ExitCode {
    match play(options) {
        Outcome::Passed(told) => println!("{told}"),
        Outcome::Skipped(why) | Outcome::Absent(why) | Outcome::Failed(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Runs every program of every board.
pub(crate) fn test() -> Outcome {
    play(&Options::default())
}

/// Measures every program of every board.
pub(crate) fn sizes() -> Outcome {
    play(&Options { sizes: true, ..Options::default() })
}

fn play(options: &Options) -> Outcome {
    let Some(core) = Core::find() else { return Outcome::Skipped(no_core()) };
    if !options.sizes
        && let Some(missing) = missing_tool()
    {
        return Outcome::Skipped(format!("no {missing} here for the emulator"));
    }
    let chosen = match choose(options) {
        Ok(chosen) => chosen,
        Err(error) => return Outcome::Failed(error),
    };
    let told = chosen.into_iter().map(|(board, programs)| {
        if options.sizes { measure(board, &core) } else { emulate(board, &programs, &core) }
    });
    match told.collect::<Result<Vec<_>, _>>() {
        Ok(told) => Outcome::Passed(told.join("\n")),
        Err(error) => Outcome::Failed(error),
    }
}

/// What the emulator runs on, if it is not here.
pub(crate) fn missing_tool() -> Option<&'static str> {
    ["node", "npm"].into_iter().find(|tool| on_path(tool).is_empty())
}

/// Which boards and programs were asked for.
fn choose(options: &Options) -> Result<Vec<(&'static Board, Vec<&'static str>)>, String> {
    let asked = |name: &str, asked_for: &Option<String>| {
        asked_for.as_ref().is_none_or(|asked_for| asked_for == name)
    };
    let boards: Vec<_> = BOARDS.iter().filter(|board| asked(board.name, &options.board)).collect();
    let chosen = boards.iter().map(|board| {
        let programs = board.programs.iter().copied();
        (*board, programs.filter(|program| asked(program, &options.program)).collect::<Vec<_>>())
    });
    let chosen: Vec<_> = chosen.filter(|(_, programs)| !programs.is_empty()).collect();
    if chosen.is_empty() {
        let known =
            BOARDS.iter().map(|board| format!("{}: {}", board.name, board.programs.join(" ")));
        return Err(format!(
            "no such firmware; there is\n{}",
            known.collect::<Vec<_>>().join("\n")
        ));
    }
    Ok(chosen)
}

/// Runs each program twice, in the emulator with the devices of its scenario.
fn emulate(board: &Board, programs: &[&str], core: &Core) -> Result<String, String> {
    let folder = build(board, core, &["--features", "report"])?;
    let emulator = board.folder().join("emulator");
    if !emulator.join("node_modules").is_dir() {
        capture(
            Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&emulator),
        )?;
    }
    capture(Command::new("node").args(["--test", "test/"]).current_dir(&emulator))?;
    let mut lines = vec![format!("{}, {}", board.name, core.source())];
    for program in programs {
        let mut node = Command::new("node");
        node.arg(emulator.join("run.mjs")).arg(folder.join(program)).args(["--twice", "--quiet"]);
        let told = capture(&mut node).map_err(|output| format!("{program}: {output}"))?;
        lines.push(format!("{program:<12} {}", told.trim_end()));
    }
    Ok(lines.join("\n"))
}

/// Measures the programs as they are flashed, and holds them to their bounds.
fn measure(board: &Board, core: &Core) -> Result<String, String> {
    let folder = build(board, core, &[])?;
    let table = size::table(&folder)?;
    Ok(format!("{} for {TARGET}, {}\n{table}", board.name, core.source()))
}

fn build(board: &Board, core: &Core, args: &[&str]) -> Result<PathBuf, String> {
    let manifest = board.folder().join("Cargo.toml");
    let manifest = manifest.to_string_lossy();
    core.build(&[&["--manifest-path", &manifest, "--locked"], args].concat())
}

impl Board {
    fn folder(&self) -> PathBuf {
        Path::new(root()).join("examples").join(self.name)
    }
}
