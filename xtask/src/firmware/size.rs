//! Flash and memory that a firmware takes.

use super::board::{Board, Measured, Row};
use super::program::{Program, Size, check_floats};
use crate::bare::Core;
use crate::report::{Outcome, Stop};

/// Measures the programs of a board, and holds them to their bounds.
pub(super) fn measure(board: &Board, measured: &Measured) -> Outcome {
    let mut tables = Vec::new();
    for (nth, target) in measured.targets.iter().enumerate() {
        let core = Core::find(target).map_err(Stop::Skipped)?;
        let judged = board.is_judged(&core);
        let folder = board.build(&core, &[])?;
        let program = |name: &str| Program::read(&folder.join(name));
        let table = table(&board.programs, &measured.least, nth, judged, program);
        let told = |table| format!("{target}, {}\n{table}", core.source());
        tables.push(table.map(told).map_err(told)?);
    }
    Ok(tables.join("\n"))
}

/// # Errors
///
/// The table, if something in it is over its bound; or why a program could not be read.
fn table(
    rows: &[Row],
    least: &str,
    nth: usize,
    judged: bool,
    program: impl Fn(&str) -> Result<Program, String>,
) -> Result<String, String> {
    let smallest = program(least)?.size.flash;
    let line = |name: &str, columns: [String; 6]| {
        format!("{name:<14}{}", columns.map(|column| format!("{column:>9}")).concat())
    };
    let least = format!("- {least}");
    let heads = ["flash", "RAM", &least, "- other", "goal", "bound"];
    let mut lines = vec![line("", heads.map(str::to_owned))];
    let mut is_broken = false;
    for row in rows {
        let (Some(&bound), Some(ram)) = (row.flash.get(nth), row.ram) else { continue };
        let Program { size: Size { flash, memory }, floats, .. } = program(&row.name)?;
        let base = row.over.as_deref().map(&program).transpose()?.map_or(0, |base| base.size.flash);
        let beyond = flash.saturating_sub(base);
        let mut verdict =
            row.over.as_ref().map(|over| format!("  other: {over}")).unwrap_or_default();
        if row.goal.is_some_and(|goal| beyond > goal) {
            verdict += ", MISSES ITS GOAL";
        }
        let mut faults = String::new();
        if judged && memory > ram {
            faults += &format!(", EXCEEDS ITS MEMORY OF {ram}");
        }
        if judged && beyond > bound {
            faults += ", EXCEEDS ITS BOUND";
        }
        if let Err(told) = check_floats(&floats) {
            faults += &format!(", {told}");
        }
        is_broken |= !faults.is_empty();
        let shown = |number: Option<u64>| number.map(|it| it.to_string()).unwrap_or_default();
        let columns = [
            shown(Some(flash)),
            shown(Some(memory)),
            shown(flash.checked_sub(smallest)),
            shown(Some(beyond)),
            shown(row.goal),
            if judged { bound.to_string() } else { "–".to_owned() },
        ];
        lines.push(line(&row.name, columns) + &verdict + &faults);
    }
    let table = lines.join("\n");
    if is_broken { Err(table) } else { Ok(table) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last row, of a program with `memory` and `floats`, for the target `nth` with
    /// the compiler of the bounds or with none.
    #[track_caller]
    fn check((memory, floats): (u64, &[&str]), nth: Option<usize>, expected: Result<&str, &str>) {
        let rows: Vec<Row> = [
            "name = 'blinky'\nflash = [1000, 900]\nram = 8",
            "name = 'switch'\nover = 'blinky'\ngoal = 200\nflash = [300, 250]\nram = 8",
            "name = 'not measured'",
        ]
        .map(|row| toml::from_str(row).unwrap())
        .into();
        let program = |name: &str| {
            let is_first = name == "blinky";
            let flash = if is_first { 1_000 } else { 1_260 };
            let floats = floats.iter().filter(|_| !is_first).map(|f| (*f).to_owned()).collect();
            let memory = if is_first { 8 } else { memory };
            Ok(Program { size: Size { flash, memory }, floats, ..Program::default() })
        };
        let table = table(&rows, "blinky", nth.unwrap_or(0), nth.is_some(), program);
        let last = |table: String| table.lines().last().unwrap_or_default().to_owned();
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(table.map(last).map_err(last), expected);
    }

    #[test]
    fn a_program_is_measured_beside_another_and_held_to_its_bounds() {
        let row = "switch             1260        8      260      260      200";
        let misses = "  other: blinky, MISSES ITS GOAL";
        check((8, &[]), Some(0), Ok(&format!("{row}      300{misses}")));
        let exceeds = format!("{row}      250{misses}, EXCEEDS ITS BOUND");
        check((8, &[]), Some(1), Err(&exceeds));
        let more = row.replacen(" 8 ", " 9 ", 1);
        let exceeds = format!("{more}      300{misses}, EXCEEDS ITS MEMORY OF 8");
        check((9, &[]), Some(0), Err(&exceeds));
        check((9, &[]), None, Ok(&format!("{more}        –{misses}")));
    }

    #[test]
    fn arithmetic_with_a_floating_point_is_a_fault() {
        let row = "switch             1260        8      260      260      200      300";
        let told = "  other: blinky, MISSES ITS GOAL, HAS FLOATS: {\"__aeabi_fadd\"}";
        check((8, &["__aeabi_fadd"]), Some(0), Err(&format!("{row}{told}")));
    }
}
