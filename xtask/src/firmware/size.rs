//! Flash and memory that a firmware takes.

use super::board::Board;
use super::program::{Program, Size};
use crate::bare::{Core, TARGET};
use crate::report::Outcome;

/// What a program costs, and beside what it is measured.
pub(super) struct Row {
    program: &'static str,
    /// What does with the same parts of the chip and without a driver of ours.
    over: Option<&'static str>,
    /// What it should take in flash, beyond `over` where there is one.
    goal: Option<u64>,
    /// What it takes, with a little room, for each of [`TARGETS`]: beyond that it fails.
    bounds: [u64; 2],
}

/// A Cortex-M0+ and, of the same sources, a Cortex-M4.
pub(super) const TARGETS: [&str; 2] = [TARGET, "thumbv7em-none-eabi"];

/// The compiler that the bounds are of, and which has built `core` as well: others
/// make programs that are up to a tenth smaller or larger.
const JUDGED: &str = "core built by rustc 1.96.";

pub(super) const RP2040: &[Row] = &[
    row("blinky_plain", None, None, [2_900, 2_900]),
    row("blinky", Some("blinky_plain"), Some(200), [100, 100]),
    row("input_plain", Some("blinky_plain"), None, [900, 900]),
    row("switch", Some("input_plain"), Some(1_024), [1_500, 1_500]),
    row("button", Some("input_plain"), Some(2_048), [2_700, 2_700]),
    row("i2c_plain", Some("blinky_plain"), None, [5_000, 5_000]),
    row("htu21d", Some("i2c_plain"), Some(3_072), [6_100, 6_100]),
    row("outputs_plain", Some("blinky_plain"), None, [5_000, 5_000]),
    row("hd44780", Some("outputs_plain"), Some(4_096), [5_250, 5_250]),
    row("uart_plain", Some("blinky_plain"), None, [5_000, 5_000]),
    row("gps", Some("uart_plain"), None, [56_000, 56_000]),
    row("station", None, None, [81_500, 81_500]),
];

/// Programs in which numbers with a floating point are known to be: the parser of
/// NMEA sentences has them.
const WITH_FLOATS: &[&str] = &["gps", "station"];

const fn row(
    program: &'static str,
    over: Option<&'static str>,
    goal: Option<u64>,
    bounds: [u64; 2],
) -> Row {
    Row { program, over, goal, bounds }
}

/// Measures the programs of a board, and holds them to their bounds.
pub(super) fn measure(board: &Board) -> Outcome {
    let mut tables = Vec::new();
    for (nth, target) in TARGETS.into_iter().enumerate() {
        let core = match Core::find(target) {
            Ok(core) => core,
            Err(none) => return Outcome::Skipped(none),
        };
        let judged = core.source().starts_with(JUDGED);
        let table = board.build(&core, &[]).and_then(|folder| {
            let program = |name: &str| Program::read(&folder.join(name));
            table(board.rows, nth, judged, program)
        });
        match table {
            Ok(table) => tables.push(format!("{target}, {}\n{table}", core.source())),
            Err(output) => return Outcome::Failed(format!("{target}\n{output}")),
        }
    }
    Outcome::Passed(tables.join("\n"))
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
    let heads = ["flash", "RAM", "beyond", "goal", "bound"].map(|head| format!("{head:>8}"));
    let mut lines = vec![format!("{:<14}{}", "", heads.concat())];
    let mut is_broken = false;
    for Row { program: name, over, goal, bounds } in rows {
        let Program { size: Size { flash, memory }, floats, .. } = program(name)?;
        let base = over.map(&program).transpose()?.map_or(0, |base| base.size.flash);
        let beyond = flash.saturating_sub(base);
        let bound = bounds[nth];
        let mut verdict = over.map(|over| format!("  over {over}")).unwrap_or_default();
        if goal.is_some_and(|goal| beyond > goal) {
            verdict += ", MISSES ITS GOAL";
        }
        if judged && beyond > bound {
            verdict += ", EXCEEDS ITS BOUND";
            is_broken = true;
        }
        if !floats.is_empty() && !WITH_FLOATS.contains(name) {
            verdict += &format!(", HAS FLOATS: {floats:?}");
            is_broken = true;
        }
        let goal = goal.map_or(String::new(), |goal| goal.to_string());
        let bound = if judged { bound.to_string() } else { "–".to_owned() };
        lines.push(format!(
            "{name:<14}{flash:>8}{memory:>8}{beyond:>8}{goal:>8}{bound:>8}{verdict}"
        ));
    }
    let table = lines.join("\n");
    if is_broken { Err(table) } else { Ok(table) }
}
