//! The one table: operations by what is counted and on which machine, and executors.

use super::figures::{Figure, What};

/// An executor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) is_ours: bool,
}

/// Ours, then the others.
pub(super) const COLUMNS: [Column; 8] = [
    Column { name: "sim", is_ours: true },
    Column { name: "exec-std", is_ours: true },
    Column { name: "exec-embassy", is_ours: true },
    Column { name: "backend-rtic", is_ours: true },
    Column { name: "embassy", is_ours: false },
    Column { name: "tokio", is_ours: false },
    Column { name: "smol", is_ours: false },
    Column { name: "RTIC", is_ours: false },
];

/// What a program runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Machine {
    Host,
    CortexM3,
    CortexM0,
}

/// What is counted, and on what: one thing in all rows of a part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) machine: Machine,
    pub(super) what: What,
}

/// The parts of the table, in order.
pub(super) const SECTIONS: [Section; 8] = [
    Section { machine: Machine::Host, what: What::Instructions },
    Section { machine: Machine::CortexM3, what: What::Instructions },
    Section { machine: Machine::CortexM0, what: What::Instructions },
    Section { machine: Machine::Host, what: What::SystemCalls },
    Section { machine: Machine::Host, what: What::Polls },
    Section { machine: Machine::Host, what: What::Wakes },
    Section { machine: Machine::CortexM3, what: What::Overshoot },
    Section { machine: Machine::CortexM0, what: What::Overshoot },
];

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) parts: Vec<Part>,
    /// Where figures are shown and not judged.
    pub(super) has_no_bounds: Vec<Machine>,
}

/// The part of a [`Section`].
#[derive(Debug)]
pub(super) struct Part {
    pub(super) section: Section,
    pub(super) rows: Vec<Row>,
    /// Why there are no rows: what is missing here.
    pub(super) missing: Option<String>,
}

/// An operation, by each of the [`COLUMNS`] that has it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) operation: String,
    pub(super) cells: [Option<f64>; COLUMNS.len()],
}

impl Table {
    /// Adds what a column counted on a machine.
    ///
    /// # Errors
    ///
    /// That there is no such column, or that it has told this already.
    pub(super) fn add(
        &mut self,
        machine: Machine,
        column: &str,
        figures: Vec<Figure>,
    ) -> Result<(), String> {
        let at = COLUMNS.iter().position(|it| it.name == column);
        let at = at.ok_or_else(|| format!("no column {column}"))?;
        for Figure { what, operation, each } in figures {
            let rows = &mut self.part(Section { machine, what }).rows;
            let row = match rows.iter().position(|row| row.operation == operation) {
                Some(nth) => &mut rows[nth],
                None => {
                    rows.push(Row { operation, cells: [None; COLUMNS.len()] });
                    rows.last_mut().expect("it was just pushed")
                }
            };
            if row.cells[at].replace(each).is_some() {
                return Err(format!("{column}: two counts of {}", row.operation));
            }
        }
        Ok(())
    }

    /// The parts that are judged.
    pub(super) fn judged(&self) -> impl Iterator<Item = &Part> {
        let is_judged = |part: &&Part| !self.has_no_bounds.contains(&part.section.machine);
        self.parts.iter().filter(|part| part.missing.is_none()).filter(is_judged)
    }

    /// Notes why a part has no rows.
    pub(super) fn is_missing(&mut self, section: Section, why: &str) {
        self.part(section).missing = Some(why.to_owned());
    }

    /// The part of a section, which is made where there is none.
    fn part(&mut self, section: Section) -> &mut Part {
        let order = |it: Section| SECTIONS.iter().position(|known| *known == it);
        let nth = match self.parts.binary_search_by_key(&order(section), |it| order(it.section)) {
            Ok(nth) => nth,
            Err(nth) => {
                self.parts.insert(nth, Part { section, rows: Vec::new(), missing: None });
                nth
            }
        };
        &mut self.parts[nth]
    }
}

impl Machine {
    /// The name of its picture.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Host => "x86-64",
            Self::CortexM3 => "cortex-m3",
            Self::CortexM0 => "cortex-m0",
        }
    }
}

impl Section {
    /// How the section is called in every place: the table, the page and the bounds.
    pub(super) fn title(self) -> String {
        let machine = match self.machine {
            Machine::Host => "x86-64",
            Machine::CortexM3 => "Cortex-M3",
            Machine::CortexM0 => "Cortex-M0+",
        };
        let what = match self.what {
            What::Instructions => "instructions",
            What::SystemCalls => "system calls",
            What::Polls => "polls",
            What::Wakes => "wakes",
            What::Overshoot => "µs after the end of a sleep",
        };
        format!("{machine}: {what}")
    }

    /// Whether a figure is the same in every run, within its bound.
    ///
    /// On the host, sleeps end by the real clock, and embassy's clock is another thread: how
    /// often the two wait for one another is the machine's decision. What the run loop of
    /// `exec-std` does does not depend on it.
    pub(super) fn is_steady(self, column: Column, operation: &str) -> bool {
        let is_virtual = self.machine != Machine::Host || column.name == "sim";
        is_virtual || !self.is_timed(operation) || column.name == "exec-std"
    }

    /// Whether an operation ends by the real clock.
    pub(super) fn is_timed(self, operation: &str) -> bool {
        let is_sleep = operation == "sleep" || operation.ends_with(" fires");
        self.machine == Machine::Host && is_sleep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(what: What, operation: &str, each: f64) -> Vec<Figure> {
        vec![Figure { what, operation: operation.to_owned(), each }]
    }

    #[test]
    fn what_is_counted_in_different_ways_or_places_is_never_in_one_row() {
        let mut table = Table::default();
        let mut add = |machine, column, what| {
            table.add(machine, column, one(what, "sleep", 7.0)).unwrap();
        };
        add(Machine::Host, "tokio", What::Wakes);
        add(Machine::CortexM3, "embassy", What::Instructions);
        add(Machine::Host, "sim", What::Instructions);
        add(Machine::Host, "tokio", What::Instructions);
        let parts = table.parts.iter().map(|part| {
            let cells = part.rows.iter().map(|row| row.cells.iter().flatten().count());
            (part.section.title(), cells.collect::<Vec<_>>())
        });
        let expected = [
            ("x86-64: instructions".to_owned(), vec![2]),
            ("Cortex-M3: instructions".to_owned(), vec![1]),
            ("x86-64: wakes".to_owned(), vec![1]),
        ];
        assert_eq!(parts.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_figure_has_one_column_and_comes_once() {
        let mut table = Table::default();
        let mut add = |column| table.add(Machine::Host, column, one(What::Polls, "sleep", 1.0));
        assert_eq!(add("sim"), Ok(()));
        assert_eq!(add("sim"), Err("sim: two counts of sleep".to_owned()));
        assert_eq!(add("lilos"), Err("no column lilos".to_owned()));
    }

    #[test]
    fn titles_are_unique() {
        let mut titles = SECTIONS.map(Section::title).to_vec();
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), SECTIONS.len());
    }
}
