//! Flash and memory that a firmware takes.

use std::collections::BTreeSet;

use super::board::Board;
use super::program::{Program, Size};
use crate::bare::{Core, TARGET};
use crate::report::{Outcome, Stop};

/// What a program costs, and beside what it is measured.
pub(super) struct Row {
    program: &'static str,
    /// What does with the same parts of the chip and without a driver of ours.
    over: Option<&'static str>,
    /// What it should take in flash, beyond `over` where there is one.
    goal: Option<u64>,
    /// What it takes, with a little room, for each of [`TARGETS`]: beyond that it fails.
    bounds: [u64; 2],
    /// What its variables and tasks take in memory, with a little room.
    memory: u64,
}

/// What every program has: beyond it, a driver is there with the HAL of its bus.
const LEAST: &str = "blinky";

/// A Cortex-M0+ and, of the same sources, a Cortex-M4.
pub(super) const TARGETS: [&str; 2] = [TARGET, "thumbv7em-none-eabi"];

/// The compiler that the bounds are of, and which has built `core` as well: others
/// make programs that are up to a tenth smaller or larger.
const JUDGED: &str = "core built by rustc 1.96.";

pub(super) const RP2040: &[Row] = &[
    row("blinky_plain", None, None, [2_940, 2_930], 340),
    row("blinky", Some("blinky_plain"), Some(200), [70, 50], 340),
    row("input_plain", Some("blinky_plain"), None, [430, 480], 340),
    row("switch", Some("input_plain"), Some(1_024), [1_100, 1_070], 470),
    row("button", Some("input_plain"), Some(2_048), [2_230, 2_080], 510),
    row("i2c_plain", Some("blinky_plain"), None, [2_350, 2_190], 540),
    row("htu21d", Some("i2c_plain"), Some(3_072), [3_060, 2_630], 790),
    row("outputs_plain", Some("blinky_plain"), None, [170, 150], 360),
    row("hd44780", Some("outputs_plain"), Some(4_096), [4_450, 3_940], 620),
    row("uart_plain", Some("blinky_plain"), None, [1_780, 1_570], 560),
    row("gps", Some("uart_plain"), Some(7_168), [6_150, 6_450], 1110),
    row("station", None, None, [35_200, 34_900], 4050),
];

const fn row(
    program: &'static str,
    over: Option<&'static str>,
    goal: Option<u64>,
    bounds: [u64; 2],
    memory: u64,
) -> Row {
    Row { program, over, goal, bounds, memory }
}

/// Looks for arithmetic with a floating point, of which no program has any.
///
/// # Errors
///
/// What there is, by name.
pub(super) fn check_floats(floats: &BTreeSet<String>) -> Result<(), String> {
    if floats.is_empty() { Ok(()) } else { Err(format!("HAS FLOATS: {floats:?}")) }
}

/// Measures the programs of a board, and holds them to their bounds.
pub(super) fn measure(board: &Board) -> Outcome {
    let mut tables = Vec::new();
    for (nth, target) in TARGETS.into_iter().enumerate() {
        let core = Core::find(target).map_err(Stop::Skipped)?;
        let judged = core.source().starts_with(JUDGED);
        let folder = board.build(&core, &[])?;
        let program = |name: &str| Program::read(&folder.join(name));
        let table = table(board.rows, nth, judged, program);
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
    nth: usize,
    judged: bool,
    program: impl Fn(&str) -> Result<Program, String>,
) -> Result<String, String> {
    let least = program(LEAST)?.size.flash;
    let heads = ["flash", "RAM", "- blinky", "- other", "goal", "bound"];
    let mut lines = vec![format!("{:<14}{}", "", heads.map(|head| format!("{head:>9}")).concat())];
    let mut is_broken = false;
    for Row { program: name, over, goal, bounds, memory: most } in rows {
        let Program { size: Size { flash, memory }, floats, .. } = program(name)?;
        let base = over.map(&program).transpose()?.map_or(0, |base| base.size.flash);
        let beyond = flash.saturating_sub(base);
        let bound = bounds[nth];
        let mut verdict = over.map(|over| format!("  other: {over}")).unwrap_or_default();
        if goal.is_some_and(|goal| beyond > goal) {
            verdict += ", MISSES ITS GOAL";
        }
        if judged && memory > *most {
            verdict += &format!(", EXCEEDS ITS MEMORY OF {most}");
            is_broken = true;
        }
        if judged && beyond > bound {
            verdict += ", EXCEEDS ITS BOUND";
            is_broken = true;
        }
        if let Err(told) = check_floats(&floats) {
            verdict += &format!(", {told}");
            is_broken = true;
        }
        let columns = [
            flash.to_string(),
            memory.to_string(),
            flash.checked_sub(least).map_or(String::new(), |more| more.to_string()),
            beyond.to_string(),
            goal.map_or(String::new(), |goal| goal.to_string()),
            if judged { bound.to_string() } else { "–".to_owned() },
        ];
        let columns = columns.map(|column| format!("{column:>9}")).concat();
        lines.push(format!("{name:<14}{columns}{verdict}"));
    }
    let table = lines.join("\n");
    if is_broken { Err(table) } else { Ok(table) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &[Row] = &[
        row("blinky", None, None, [1_000, 900], 8),
        row("switch", Some("blinky"), Some(200), [300, 250], 8),
    ];

    /// The last row, of a program with `memory` and `floats`, for the target `nth` with
    /// the compiler of the bounds or with none.
    #[track_caller]
    fn check((memory, floats): (u64, &[&str]), nth: Option<usize>, expected: Result<&str, &str>) {
        let program = |name: &str| {
            let is_first = name == "blinky";
            let flash = if is_first { 1_000 } else { 1_260 };
            let floats = floats.iter().filter(|_| !is_first).map(|f| (*f).to_owned()).collect();
            let memory = if is_first { 8 } else { memory };
            Ok(Program {
                size: Size { flash, memory },
                floats,
                panics: [].into(),
                arenas: [].into(),
            })
        };
        let table = table(ROWS, nth.unwrap_or(0), nth.is_some(), program);
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
