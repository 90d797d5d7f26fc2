//! Whether the page shows what was counted.

use std::collections::{BTreeMap, BTreeSet};

use super::bounds::{allowance, gated};
use super::names;
use super::shown::{parse, rounded_by};
use super::table::{COLUMNS, Part, Table};

/// What the page shows, by section, operation and column. A column that lacks the operation has
/// no figure.
type Page<'a> = BTreeMap<&'a str, BTreeMap<String, BTreeMap<&'a str, f64>>>;

/// Returns where the page shows other operations than were counted, or less than ours takes.
pub(super) fn check(page: &str, table: &Table) -> Vec<String> {
    let page = read(page);
    let mut problems = Vec::new();
    for part in table.judged() {
        let title = part.section.title();
        let none = BTreeMap::new();
        let shown = page.get(title.as_str()).unwrap_or(&none);
        let of_ours = |row: &BTreeMap<&str, f64>| {
            COLUMNS.iter().any(|column| column.is_ours && row.contains_key(column.name))
        };
        let shows: BTreeSet<_> =
            shown.iter().filter(|(_, row)| of_ours(row)).map(|it| &**it.0).collect();
        let counted = ours(part);
        let differ = shows.symmetric_difference(&counted);
        problems.extend(differ.map(|operation| {
            let [has, lacks] = ["the page alone has", "the page lacks"];
            let verdict = if shows.contains(operation) { has } else { lacks };
            format!("{title}: {verdict} {operation:?}")
        }));
        for (operation, column, each) in gated(part) {
            let figure = shown.get(operation).and_then(|row| row.get(column));
            let Some(figure) = figure else { continue };
            let most = figure * allowance(part.section, operation, column);
            if each > most + rounded_by(part.section.what, *figure) {
                problems.push(format!("{title}: {operation}: {column}: the page shows {figure}, {each:.2} were counted"));
            }
        }
    }
    problems
}

/// The operations that ours have.
fn ours(part: &Part) -> BTreeSet<&str> {
    let has = part.rows.iter().filter(|row| {
        COLUMNS.iter().zip(row.cells).any(|(column, each)| column.is_ours && each.is_some())
    });
    has.map(|row| &*row.operation).collect()
}

fn read(page: &str) -> Page<'_> {
    let mut sections = Page::new();
    let (mut columns, mut title) = (Vec::new(), "");
    for line in page.lines().filter(|line| line.starts_with('|')) {
        let cells = line.trim_matches('|').split('|').map(|it| it.trim().trim_matches(['*', '`']));
        let cells: Vec<_> = cells.collect();
        let (first, cells) = cells.split_first().expect("a line has a part");
        if first.is_empty() && columns.is_empty() {
            columns = cells.to_vec();
        } else if cells.iter().all(|cell| cell.is_empty()) {
            title = first;
        } else {
            let figures = columns.iter().zip(cells);
            let row = figures.filter_map(|(column, cell)| Some((*column, parse(cell)?)));
            let row: BTreeMap<_, _> = row.collect();
            for operation in names::expand(first) {
                sections.entry(title).or_default().insert(operation, row.clone());
            }
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::figures::figures;
    use crate::compare::table::Machine;
    use crate::compare::text::markdown;

    /// A table in which `exec-std` and `smol` counted so many instructions, per operation.
    fn table(counts: &[(&str, u32)]) -> Table {
        let mut table = Table::default();
        for column in ["exec-std", "smol"] {
            let lines = counts.iter().map(|(operation, count)| {
                let line = |times, count| format!("instructions\t{operation}\t{times}\t{count}\n");
                line(0, 0) + &line(10, *count)
            });
            let figures = figures(&lines.collect::<String>()).unwrap();
            table.add(Machine::Host, column, figures).unwrap();
        }
        table
    }

    #[track_caller]
    fn check(page: &str, counts: &[(&str, u32)], expected: &[&str]) {
        assert_eq!(super::check(page, &table(counts)), expected);
    }

    #[test]
    fn a_page_may_show_a_little_less_than_was_counted_and_any_more() {
        let page = markdown(&table(&[("edge", 10_000), ("64 bytes", 730)]));
        check(&page, &[("edge", 10_400), ("64 bytes", 7)], &[]);
        let told =
            "x86-64: instructions: edge: exec-std: the page shows 1000, 1041.00 were counted";
        check(&page, &[("edge", 10_410), ("64 bytes", 730)], &[told]);
    }

    #[test]
    fn a_page_has_the_rows_that_were_counted() {
        let page = markdown(&table(&[("edge", 10_000), ("switch among 10 tasks", 730)]));
        let lacks = "x86-64: instructions: the page lacks \"sleep\"";
        check(&page, &[("edge", 1), ("switch among 10 tasks", 1), ("sleep", 1)], &[lacks]);
        let has = "x86-64: instructions: the page alone has \"switch among 10 tasks\"";
        check(&page, &[("edge", 1)], &[has]);
        check("", &[("edge", 1)], &["x86-64: instructions: the page lacks \"edge\""]);
    }
}
