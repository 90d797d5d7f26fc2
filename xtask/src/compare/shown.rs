//! How figures are shown: rounded, and rows of counts that look alike in one row.

use super::figures::What;
use super::names;
use super::table::{COLUMNS, Column, Part, Section};

/// A row as it is shown.
#[derive(Debug, PartialEq)]
pub(super) struct Shown {
    /// Its operations.
    pub(super) name: String,
    pub(super) cells: [Cell; COLUMNS.len()],
}

/// A figure as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) text: String,
    /// Whether it is ours, and less than that of every peer in the row.
    pub(super) is_best: bool,
}

/// What an executor has that does not have an operation.
pub(super) const LACKS: &str = "–";

/// Before a figure that is another one in each run.
pub(super) const ABOUT: &str = "≈ ";

/// Returns the rows of a part as they are shown. Rows of counts with the same cells are one.
pub(super) fn rows(part: &Part) -> Vec<Shown> {
    let mut groups: Vec<(Vec<&str>, [Cell; COLUMNS.len()])> = Vec::new();
    for row in &part.rows {
        let cells = cells(part.section, &row.operation, &row.cells);
        let alike = groups.iter_mut().find(|(_, shown)| *shown == cells);
        match (alike, part.section.what) {
            (Some((names, _)), What::SystemCalls | What::Polls | What::Wakes) => {
                names.push(&row.operation);
            }
            _ => groups.push((vec![&row.operation], cells)),
        }
    }
    let shown = |(operations, cells): (Vec<_>, _)| Shown { name: names::join(&operations), cells };
    groups.into_iter().map(shown).collect()
}

fn cells(
    section: Section,
    operation: &str,
    figures: &[Option<f64>; COLUMNS.len()],
) -> [Cell; COLUMNS.len()] {
    let rounded = figures.map(|figure| figure.map(|figure| round(section.what, figure)));
    let peers = COLUMNS.iter().zip(rounded).filter(|(column, _)| !column.is_ours);
    let least = peers.filter_map(|(_, figure)| figure).min_by(f64::total_cmp);
    let mut nth = 0;
    rounded.map(|figure| {
        let column = COLUMNS[nth];
        nth += 1;
        let Some(figure) = figure else {
            return Cell { text: LACKS.to_owned(), is_best: false };
        };
        let is_exact = section.is_steady(column, operation)
            || section.what != What::Instructions && figure.fract() == 0.0;
        let about = if is_exact { "" } else { ABOUT };
        let is_less = least.is_some_and(|least| figure < least);
        Cell {
            text: format!("{about}{}", number(figure)),
            is_best: column.is_ours && is_exact && is_less,
        }
    })
}

/// Rounds a figure as far as it is shown.
fn round(what: What, figure: f64) -> f64 {
    let to = |digits: f64| (figure * digits).round() / digits;
    match what {
        What::Instructions if figure >= 100.0 => to(1.0),
        What::Instructions | What::Overshoot => to(10.0),
        // A few among many come from the ends of the work.
        _ if (figure - figure.round()).abs() < NEAR => to(1.0),
        _ => to(100.0),
    }
}

const NEAR: f64 = 0.05;

/// Returns how far a figure may be from what is shown of it.
pub(super) fn rounded_by(what: What, shown: f64) -> f64 {
    match what {
        What::Instructions if shown >= 100.0 => 0.5,
        What::Instructions | What::Overshoot => 0.05,
        _ => NEAR,
    }
}

/// Writes a number, thousands apart.
fn number(figure: f64) -> String {
    let text = figure.to_string();
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let from_end = |nth: usize| whole.len() - nth;
    let digits = whole.chars().enumerate().map(|(nth, digit)| {
        let is_apart = nth > 0 && from_end(nth).is_multiple_of(3);
        format!("{}{digit}", if is_apart { " " } else { "" })
    });
    digits.collect::<String>() + rest
}

/// Reads a figure as it is shown, and whether it is the same in each run.
pub(super) fn parse(cell: &str) -> Option<f64> {
    cell.strip_prefix(ABOUT).unwrap_or(cell).replace(' ', "").parse().ok()
}

/// The columns that have a figure in some row of these parts.
pub(super) fn used(parts: &[Part]) -> impl Iterator<Item = (usize, Column)> {
    COLUMNS.into_iter().enumerate().filter(|(nth, _)| {
        parts.iter().flat_map(|part| &part.rows).any(|row| row.cells[*nth].is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::table::{Machine, Row};

    fn part(what: What, rows: &[(&str, &[(&str, f64)])]) -> Part {
        let rows = rows.iter().map(|(operation, figures)| {
            let figure = |column: Column| {
                figures.iter().find(|(name, _)| *name == column.name).map(|(_, figure)| *figure)
            };
            Row { operation: (*operation).to_owned(), cells: COLUMNS.map(figure) }
        });
        let section = Section { machine: Machine::Host, what };
        Part { section, rows: rows.collect(), missing: None }
    }

    /// Rows as their cells, the best with a star, without those that lack the operation.
    #[track_caller]
    fn check(part: &Part, expected: &[&str]) {
        let shown = rows(part).into_iter().map(|row| {
            let cells = row.cells.into_iter().filter(|cell| cell.text != LACKS);
            let cells = cells.map(|it| it.text + if it.is_best { "*" } else { "" });
            format!("{}: {}", row.name, cells.collect::<Vec<_>>().join(", "))
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn ours_is_best_if_every_peer_takes_more() {
        let figures = [("sim", 387.4), ("exec-std", 170.6), ("embassy", 208.0), ("smol", 573.0)];
        let one = |figures| part(What::Instructions, &[("edge", figures)]);
        check(&one(&figures), &["edge: 387, 171*, 208, 573"]);
        check(&one(&[("sim", 99.96), ("smol", 141_090.0)]), &["edge: 100*, 141 090"]);
        check(&one(&[("sim", 73.11), ("exec-std", 73.04)]), &["edge: 73.1, 73"]);
        check(&one(&[("sim", 208.3), ("smol", 207.9)]), &["edge: 208, 208"]);
    }

    #[test]
    fn counts_that_look_alike_are_one_row_and_instructions_are_not() {
        let alike = [("sim", 1.0), ("tokio", 1.02)];
        let rows: [(&str, &[_]); 4] = [
            ("switch among 10 tasks", &[("sim", 1.0), ("tokio", 1.1)]),
            ("switch among 100 tasks", &alike),
            ("spawn to end", &[("sim", 2.0), ("tokio", 2.0)]),
            ("switch among 1000 tasks", &alike),
        ];
        let expected = [
            "switch among 10 tasks: 1*, 1.1",
            "switch among 100, 1000 tasks: 1, 1",
            "spawn to end: 2, 2",
        ];
        check(&part(What::Polls, &rows), &expected);
        assert_eq!(super::rows(&part(What::Instructions, &rows)).len(), 4);
    }

    #[test]
    fn a_figure_that_the_clock_changes_is_shown_as_such() {
        let figures = [("sim", 838.0), ("exec-std", 1_257.0), ("tokio", 3_373.7)];
        let rows: [(&str, &[_]); 2] = [("sleep", &figures), ("spawn to end", &figures)];
        let expected = ["sleep: 838*, 1 257*, ≈ 3 374", "spawn to end: 838*, 1 257*, 3 374"];
        check(&part(What::Instructions, &rows), &expected);
        for (text, figure) in [("≈ 3 374", 3_374.0), ("73.1", 73.1), ("0", 0.0)] {
            assert_eq!(parse(text), Some(figure));
        }
        assert_eq!(parse(LACKS), None);
    }
}
