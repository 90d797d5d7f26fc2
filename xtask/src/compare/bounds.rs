//! What ours may take: `benches/backends/bounds.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

use super::figures::What;
use super::table::{COLUMNS, Part, SECTIONS, Section, Table};
use crate::workspace::{read, root};

/// Bounds by the title of a section, an operation and a column.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(transparent)]
pub(super) struct Bounds(BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>);

/// The command that mends bounds and page.
const ACCEPT: &str = "cargo xtask compare --accept";

impl Bounds {
    /// # Errors
    ///
    /// Where the file is wrong.
    pub(super) fn read() -> Result<Self, String> {
        Self::parse(&read(&path())?).map_err(|error| format!("{}: {error}", path().display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// Returns which figures of the table exceed their bound, have none, or are gone.
    pub(super) fn judge(&self, table: &Table) -> Vec<String> {
        let mut problems = Vec::new();
        for part in table.judged() {
            let title = part.section.title();
            let bounds = self.0.get(&title);
            for (operation, column, each) in gated(part) {
                let bound = bounds.and_then(|it| it.get(operation)?.get(column));
                match bound {
                    Some(bound) if each <= *bound => {}
                    Some(bound) => problems.push(format!(
                        "OVER: {title}: {operation}: {column}: {each:.2} of {bound}"
                    )),
                    None => problems
                        .push(format!("{title}: {operation}: {column}: no bound, see {ACCEPT}")),
                }
            }
            let bounds = bounds.into_iter().flatten();
            for (operation, columns) in bounds {
                let is_there =
                    |column: &str| gated(part).any(|it| (it.0, it.1) == (operation, column));
                let gone = columns.keys().filter(|column| !is_there(column));
                problems.extend(gone.map(|column| {
                    format!("{title}: {operation}: {column}: has a bound, and was not counted")
                }));
            }
        }
        problems.extend(self.gone(table));
        problems
    }

    /// Returns which sections have bounds and are no sections, or were not counted on a machine
    /// that counted others.
    fn gone(&self, table: &Table) -> impl Iterator<Item = String> {
        let sections = || table.parts.iter().map(|part| part.section);
        self.0.keys().filter_map(move |title| {
            let Some(section) = SECTIONS.into_iter().find(|it| it.title() == *title) else {
                return Some(format!("{title}: has bounds, and is no section"));
            };
            let is_run = sections().any(|it| it.machine == section.machine);
            let is_gone = is_run && !sections().any(|it| it == section);
            is_gone.then(|| format!("{title}: has bounds, and was not counted"))
        })
    }

    /// Makes bounds of what was counted. Those of sections that were not run here stay.
    pub(super) fn accept(&mut self, table: &Table) {
        for part in table.judged() {
            let rows = &mut self.0.entry(part.section.title()).or_default();
            rows.clear();
            for (operation, column, each) in gated(part) {
                let row = rows.entry(operation.to_owned()).or_default();
                row.insert(column.to_owned(), bound(part.section, operation, column, each));
            }
            if rows.is_empty() {
                self.0.remove(&part.section.title());
            }
        }
    }

    /// Writes the file. Its first lines stay, up to the first section.
    pub(super) fn write(&self) -> Result<(), String> {
        let old = read(&path())?;
        let head = old.find("\n[").map_or(&*old, |at| &old[..=at]);
        let text = format!("{}\n{}", head.trim_end(), self.text());
        fs::write(path(), text).map_err(|error| format!("{}: {error}", path().display()))
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (title, rows) in &self.0 {
            let _ = write!(text, "\n[{title:?}]\n");
            for (operation, columns) in rows {
                let order = COLUMNS.iter().filter_map(|it| Some((it.name, columns.get(it.name)?)));
                let columns = order.map(|(name, bound)| format!("{name} = {bound}"));
                let columns = columns.collect::<Vec<_>>().join(", ");
                let _ = writeln!(text, "{operation:?} = {{ {columns} }}");
            }
        }
        text
    }
}

fn path() -> PathBuf {
    root().join("benches/backends/bounds.toml")
}

/// The figures that have to have a bound: ours, where they are the same in each run.
pub(super) fn gated(part: &Part) -> impl Iterator<Item = (&str, &'static str, f64)> {
    part.rows.iter().flat_map(|row| {
        let ours = COLUMNS.iter().zip(row.cells).filter(|(column, _)| {
            column.is_ours && part.section.is_steady(**column, &row.operation)
        });
        ours.filter_map(|(column, each)| Some((&*row.operation, column.name, each?)))
    })
}

/// Returns how many times what was counted another run may count.
pub(super) fn allowance(section: Section, operation: &str, column: &str) -> f64 {
    let is_timed = section.is_timed(operation) && column != "sim";
    if is_timed { 1.1 } else { 1.04 }
}

/// Returns what an operation may take that was counted to take so much.
fn bound(section: Section, operation: &str, column: &str, each: f64) -> f64 {
    let part = allowance(section, operation, column);
    let to = |digits: f64, bound: f64| (bound * digits).round() / digits;
    match section.what {
        What::Instructions if each >= 100.0 => to(1.0, each * part),
        What::Instructions | What::Overshoot => to(10.0, each * part + 0.05),
        What::SystemCalls | What::Polls | What::Wakes => to(100.0, each + 0.05),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::figures::figures;
    use crate::compare::table::Machine;

    /// A table in which these columns counted so many of `what`, for one operation.
    fn table(machine: Machine, what: &str, operation: &str, counts: &[(&str, u32)]) -> Table {
        let mut table = Table::default();
        for (column, count) in counts {
            let lines = format!("{what}\t{operation}\t0\t0\n{what}\t{operation}\t100\t{count}\n");
            table.add(machine, column, figures(&lines).unwrap()).unwrap();
        }
        table
    }

    #[track_caller]
    fn check(bounds: &Bounds, table: &Table, expected: &[&str]) {
        assert_eq!(bounds.judge(table), expected);
    }

    #[test]
    fn what_was_counted_may_be_a_little_more_and_a_second_wake_is_caught() {
        let mut bounds = Bounds::default();
        let (instructions, wakes) = ("instructions", "wakes");
        let host = |what, counts| table(Machine::Host, what, "edge", counts);
        bounds.accept(&host(instructions, &[("sim", 20_000), ("tokio", 1)]));
        check(&bounds, &host(instructions, &[("sim", 20_800), ("tokio", 9)]), &[]);
        let over = ["OVER: x86-64: instructions: edge: sim: 208.10 of 208"];
        check(&bounds, &host(instructions, &[("sim", 20_810)]), &over);
        let mut bounds = Bounds::default();
        bounds.accept(&host(wakes, &[("sim", 100)]));
        check(&bounds, &host(wakes, &[("sim", 105)]), &[]);
        let over = ["OVER: x86-64: wakes: edge: sim: 2.00 of 1.05"];
        check(&bounds, &host(wakes, &[("sim", 200)]), &over);
    }

    #[test]
    fn a_figure_without_a_bound_and_a_bound_without_a_figure_are_problems() {
        let mut bounds = Bounds::default();
        let sim = table(Machine::CortexM3, "polls", "edge", &[("sim", 100)]);
        bounds.accept(&table(Machine::Host, "polls", "sleep", &[("sim", 100)]));
        let none = "no bound, see cargo xtask compare --accept";
        check(
            &bounds,
            &table(Machine::Host, "polls", "edge", &[("sim", 100)]),
            &[
                &format!("x86-64: polls: edge: sim: {none}"),
                "x86-64: polls: sleep: sim: has a bound, and was not counted",
            ],
        );
        assert_eq!(gated(&sim.parts.into_iter().next().expect("one")).count(), 1);
    }

    #[test]
    fn a_machine_counts_all_that_has_bounds_there_and_another_is_not_looked_at() {
        let mut bounds = Bounds::default();
        let polls = table(Machine::Host, "polls", "edge", &[("sim", 100)]);
        bounds.accept(&polls);
        bounds.accept(&table(Machine::Host, "wakes", "edge", &[("sim", 100)]));
        check(&bounds, &polls, &["x86-64: wakes: has bounds, and was not counted"]);
        check(&bounds, &Table::default(), &[]);
        let mut not_run = polls;
        not_run.is_missing(Section { machine: Machine::Host, what: What::Wakes }, "valgrind");
        check(&bounds, &not_run, &[]);
        let typo = Bounds::parse("[\"x86-64: poles\"]\nedge = { sim = 1 }").unwrap();
        check(&typo, &Table::default(), &["x86-64: poles: has bounds, and is no section"]);
    }

    #[test]
    fn what_differs_between_runs_has_no_bound() {
        let counts = [("sim", 100), ("exec-std", 100), ("exec-embassy", 100), ("smol", 100)];
        let gated_of = |machine, operation| {
            let table = table(machine, "instructions", operation, &counts);
            let part = &table.parts[0];
            gated(part).map(|(_, column, _)| column).collect::<Vec<_>>()
        };
        assert_eq!(gated_of(Machine::Host, "sleep"), ["sim", "exec-std"]);
        assert_eq!(gated_of(Machine::Host, "edge"), ["sim", "exec-std", "exec-embassy"]);
        assert_eq!(gated_of(Machine::CortexM3, "sleep"), ["sim", "exec-std", "exec-embassy"]);
    }

    #[test]
    fn the_file_is_read_as_it_is_written() {
        let mut bounds = Bounds::default();
        bounds.accept(&table(Machine::Host, "polls", "edge", &[("exec-std", 103), ("sim", 100)]));
        bounds.accept(&table(Machine::CortexM0, "instructions", "edge", &[("sim", 7_311)]));
        let text = "\n[\"Cortex-M0+: instructions\"]\n\"edge\" = { sim = 76.1 }\n\n\
                    [\"x86-64: polls\"]\n\"edge\" = { sim = 1.05, exec-std = 1.08 }\n";
        assert_eq!(bounds.text(), text);
        assert_eq!(Bounds::parse(text), Ok(bounds));
        assert!(Bounds::read().is_ok());
        assert!(Bounds::parse("[a]\nb = 7").unwrap_err().contains("line 2"));
    }
}
