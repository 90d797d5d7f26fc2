//! Flash and memory of a driver's program, compared with embassy alone and with a crate for that
//! one device.
//!
//! [`list`] reads `benches/firmware/compare.toml`, which names the programs; [`table`] makes the
//! text of them. Programs of crates run in the emulator of the board: one that does not do its
//! work is not small.

mod list;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use crate::bare::Core;
use crate::firmware::{Board, Boards, Program};
use crate::report::{Outcome, Stop};
use crate::workspace::{read, root};
use list::List;

pub(crate) use list::manifest;

use super::page;

const PAGE: &str = "benches/README.md";
const PART: &str = "compare firmware";

/// Builds, measures and runs the programs, and writes the table into the page.
pub(crate) fn run() -> Outcome {
    let boards = Boards::read()?;
    let list = List::read()?;
    let board = boards.find(&list.board)?;
    list.check_alike(&board.manifest())?;
    let core = Core::find(&board.target).map_err(not_run_here)?;
    eprintln!("programs for {}, which are built first", board.target);
    board.build(&core, &[])?;
    let folder = build(&core, &[])?;
    let machine = format!("`{}`, {}", board.target, core.source());
    let table =
        table::render(&list, &machine, |program| Ok(Program::read(&folder.join(program))?.size))?;
    let proven = match prove(board, &core, &list) {
        Ok(proven) => proven,
        Err(Stop::Failed(told)) => return Err(Stop::Failed(format!("{table}\n{told}"))),
        Err(Stop::Skipped(why) | Stop::Absent(why)) => {
            return Ok(format!("{table}\nThe programs: not run here: {why}. {PAGE} is as it was."));
        }
    };
    let written = if board.is_judged(&core) { write(&table)? } else { "for another compiler" };
    Ok(format!("{table}\n{proven}; {PAGE} is {written}"))
}

fn not_run_here(why: String) -> Stop {
    Stop::Skipped(format!("not run here: {why}"))
}

fn build(core: &Core, args: &[&str]) -> Result<PathBuf, String> {
    let manifest = manifest();
    let manifest = manifest.to_string_lossy();
    core.build(&[&["--manifest-path", &manifest, "--locked"], args].concat())
}

/// Runs each program of the list that is not the board's.
///
/// # Errors
///
/// Which programs do not do their work, and what they told.
fn prove(board: &Board, core: &Core, list: &List) -> Outcome {
    board.prepare()?;
    let folder = build(core, &["--features", "report"])?;
    let (mut count, mut told) = (0, String::new());
    for (program, driver) in list.programs() {
        let own = list.scenario(program);
        let path = folder.join(program);
        let play = |scenario: &Path| board.play(&path, scenario);
        if let Err(why) = judge(play, own.as_deref(), Path::new(driver)) {
            told += &format!("{program}: {why}\n");
        }
        count += 1;
    }
    if told.is_empty() { Ok(format!("{count} programs did their work")) } else { Err(told.into()) }
}

/// Whether a program does its work: that of its `own` scenario, if there is one, or all of ours.
fn judge(
    play: impl Fn(&Path) -> Result<String, String>,
    own: Option<&Path>,
    ours: &Path,
) -> Result<(), String> {
    let Some(own) = own else { return play(ours).map(drop) };
    play(own)?;
    match play(ours) {
        Ok(_) => Err("it does all that ours does, and needs no scenario of its own".to_owned()),
        Err(_) => Ok(()),
    }
}

/// Writes the table into the page, and returns what became of the page.
fn write(table: &str) -> Result<&'static str, String> {
    let path = root().join(PAGE);
    let old = read(&path)?;
    let new = page::replace(&old, PART, table)?;
    if new == old {
        return Ok("up to date");
    }
    fs::write(&path, new).map_err(|error| format!("{PAGE}: {error}"))?;
    Ok("rewritten")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_and_how_to_install_it() {
        let none = "no core for thumbv6m-none-eabi: rustup target add thumbv6m-none-eabi";
        let expected = Stop::Skipped(format!("not run here: {none}"));
        assert_eq!(not_run_here(none.to_owned()), expected);
    }

    #[test]
    fn a_program_is_held_to_our_scenario_unless_it_cannot_pass_it() {
        #[track_caller]
        fn check(passes: &[&str], own: Option<&str>, expected: Result<(), &str>) {
            let play = |scenario: &Path| {
                let scenario = scenario.to_string_lossy();
                let passes = passes.contains(&&*scenario);
                if passes { Ok(String::new()) } else { Err(format!("fails {scenario}")) }
            };
            let judged = judge(play, own.map(Path::new), Path::new("ours"));
            assert_eq!(judged.as_ref().copied().map_err(String::as_str), expected);
        }
        check(&["ours"], None, Ok(()));
        check(&["own"], None, Err("fails ours"));
        check(&["own"], Some("own"), Ok(()));
        check(&["ours"], Some("own"), Err("fails own"));
        let all = "it does all that ours does, and needs no scenario of its own";
        check(&["ours", "own"], Some("own"), Err(all));
    }

    #[test]
    fn the_page_names_each_driver_and_each_crate_with_its_version() {
        let list = List::read().unwrap();
        let page = read(&root().join(PAGE)).unwrap();
        let (from, to) = page::part(&page, PART).unwrap();
        let part = &page[from..to];
        for row in &list.rows {
            assert!(part.contains(&row.label()), "{}", row.label());
            if let Some(peer) = &row.peer {
                let name = list.named(peer).unwrap();
                assert!(part.contains(&name), "{name}: run `cargo xtask compare --firmware`");
            }
        }
        for other in &list.passed_over {
            assert!(part.contains(&other.why), "{}", other.name);
        }
    }
}
