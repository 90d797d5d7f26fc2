//! Runs the firmware that counts, in the emulators of its boards.

use super::collect::Whose;
use super::figures::{What, figures};
use super::table::{COLUMNS, Machine, Section, Table};
use crate::firmware::Boards;
use crate::report::Stop;

/// A board, and its programs by their columns.
struct Board {
    machine: Machine,
    name: &'static str,
    programs: &'static [(&'static str, &'static str)],
}

const BOARDS: [Board; 2] = [
    Board {
        machine: Machine::CortexM3,
        name: "lm3s6965",
        programs: &[
            ("exec-embassy", "compare_tickwire"),
            ("backend-rtic", "compare_backend_rtic"),
            ("embassy", "compare_embassy"),
            ("RTIC", "compare_rtic"),
        ],
    },
    Board {
        machine: Machine::CortexM0,
        name: "rp2040",
        programs: &[("exec-embassy", "compare_tickwire"), ("embassy", "compare_embassy")],
    },
];

/// What has built `core` where the bounds hold. Others make programs that take up to a tenth
/// more or less.
const COMPILER: &str = "core built by rustc 1.96.";

/// Counts on the boards. Returns what failed: the others are in the table.
pub(super) fn on_boards(table: &mut Table, whose: Whose) -> Vec<String> {
    let boards = match Boards::read() {
        Ok(boards) => boards,
        Err(told) => return vec![told],
    };
    let mut failed = Vec::new();
    for Board { machine, name, programs } in BOARDS {
        let is_ours = |name| COLUMNS.iter().any(|column| column.is_ours && column.name == name);
        let asked =
            programs.iter().filter(|(column, _)| whose == Whose::Everyones || is_ours(*column));
        let (columns, programs): (Vec<_>, Vec<_>) = asked.copied().unzip();
        eprintln!("{name}: {}", programs.join(", "));
        match boards.run_once(name, &programs) {
            Ok((core, told)) => {
                if !core.starts_with(COMPILER) {
                    table.has_no_bounds.push(machine);
                }
                for (column, told) in columns.iter().zip(told) {
                    let added = told.and_then(|told| add(table, machine, column, &told));
                    failed.extend(added.err().map(|told| format!("{name}, {column}: {told}")));
                }
            }
            Err(Stop::Skipped(why) | Stop::Absent(why)) => {
                for what in [What::Instructions, What::Overshoot] {
                    table.is_missing(Section { machine, what }, &why);
                }
            }
            Err(Stop::Failed(told)) => failed.push(told),
        }
    }
    failed
}

fn add(table: &mut Table, machine: Machine, column: &str, told: &str) -> Result<(), String> {
    // An emulator has its own words, too: they have no tabs.
    let lines = told.lines().filter(|line| line.contains('\t'));
    let figures = figures(&lines.map(|line| format!("{line}\n")).collect::<String>())?;
    if figures.is_empty() {
        return Err(format!("no counts in {told:?}"));
    }
    table.add(machine, column, figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(told: &str, expected: Result<&[f64], &str>) {
        let mut table = Table::default();
        let added = add(&mut table, Machine::CortexM0, "embassy", told);
        let rows = table.parts.iter().flat_map(|part| &part.rows);
        let counted: Vec<_> = rows.flat_map(|row| row.cells.into_iter().flatten()).collect();
        assert_eq!(added.as_ref().map(|()| &counted[..]).map_err(|told| &**told), expected);
    }

    #[test]
    fn an_emulator_may_say_more_than_the_program() {
        let recorded = "Timer with period zero, disabling\n\
                        instructions\tswitch of 1 task\t400\t40000\n\
                        instructions\tswitch of 1 task\t2400\t240000\n\
                        2731538 us, asleep 95.02 %\n";
        check(recorded, Ok(&[100.0]));
        check("it is stuck\n", Err("no counts in \"it is stuck\\n\""));
        let half = "instructions\tedge\t20";
        check(half, Err("not a count: \"instructions\\tedge\\t20\""));
    }

    #[test]
    fn programs_are_those_of_their_boards() {
        let boards = Boards::read().unwrap();
        for Board { name, programs, .. } in BOARDS {
            for (column, program) in programs {
                assert!(COLUMNS.iter().any(|it| it.name == *column), "{column}");
                assert!(boards.has(name, program), "{name} {program}");
            }
        }
    }
}
