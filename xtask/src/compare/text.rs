//! The table as text, for a terminal and for a page.

use std::fmt::Write as _;

use super::shown::{ABOUT, Cell, rows, used};
use super::table::{Column, Table};

/// How wide the first column is on a terminal, and how wide the others are.
const WIDTHS: (usize, usize) = (34, 14);

/// What stands where there are no rows, before what to install.
const NOT_RUN: &str = "not run here";

/// The table for a terminal. A star is behind ours where every peer takes more.
pub(super) fn plain(table: &Table) -> String {
    let columns: Vec<_> = used(&table.parts).collect();
    let mut text = format!("{:width$}", "", width = WIDTHS.0);
    for (_, column) in &columns {
        let _ = write!(text, "{:>width$} ", column.name, width = WIDTHS.1 - 1);
    }
    for part in &table.parts {
        let _ = write!(text, "\n\n{}", part.section.title());
        if let Some(why) = &part.missing {
            let _ = write!(text, "\n  {NOT_RUN}: {why}");
        }
        for row in rows(part) {
            let mut lines = wrap(&row.name).into_iter();
            let _ = write!(text, "\n{:width$}", lines.next().unwrap_or_default(), width = WIDTHS.0);
            for (nth, _) in &columns {
                let Cell { text: figure, is_best } = &row.cells[*nth];
                let star = if *is_best { "*" } else { " " };
                let _ = write!(text, "{figure:>width$}{star}", width = WIDTHS.1 - 1);
            }
            lines.for_each(|line| text = format!("{text}\n{line}"));
        }
    }
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Splits the names of operations over lines.
fn wrap(name: &str) -> Vec<String> {
    let mut lines = vec!["  ".to_owned()];
    for word in name.split_inclusive("; ") {
        let last = lines.last_mut().expect("there is one from the start");
        if last.trim().is_empty() || last.len() + word.trim_end().len() < WIDTHS.0 {
            *last += word;
        } else {
            lines.push(format!("  {word}"));
        }
    }
    lines
}

/// The table for a page. Ours is bold where every peer takes more.
pub(super) fn markdown(table: &Table) -> String {
    let columns: Vec<_> = used(&table.parts).collect();
    let line = |first: &str, cells: Vec<String>| format!("| {first} | {} |\n", cells.join(" | "));
    let name = |(_, column): &(usize, Column)| {
        if column.is_ours { format!("`{}`", column.name) } else { column.name.to_owned() }
    };
    let mut text = line("", columns.iter().map(name).collect());
    text = text.replacen("|  |", "| |", 1);
    text += &line("---", columns.iter().map(|_| "---:".to_owned()).collect());
    for part in &table.parts {
        let empty = columns.iter().map(|_| String::new()).collect();
        text += &line(&format!("**{}**", part.section.title()), empty).replace("  ", " ");
        for row in rows(part) {
            let bold = |cell: &Cell| {
                if cell.is_best { format!("**{}**", cell.text) } else { cell.text.clone() }
            };
            text +=
                &line(&row.name, columns.iter().map(|(nth, _)| bold(&row.cells[*nth])).collect());
        }
    }
    text
}

/// A page without the figures that are others in each run, and without what is bold beside them.
pub(super) fn without_what_varies(page: &str) -> String {
    let mut lines = Vec::new();
    for line in page.lines() {
        let cells = line.split('|').map(|cell| {
            let cell = cell.trim().trim_matches('*');
            if cell.starts_with(ABOUT) { ABOUT } else { cell }
        });
        let row = || cells.collect::<Vec<_>>().join("|");
        lines.push(if line.starts_with('|') { row() } else { line.to_owned() });
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::figures::{What, figures};
    use crate::compare::table::{Machine, Section};

    fn table() -> Table {
        let mut table = Table::default();
        let lines = |count| format!("wakes\tspawn to end\t0\t0\nwakes\tspawn to end\t10\t{count}");
        let mut add = |column, count| {
            table.add(Machine::Host, column, figures(&lines(count)).unwrap()).unwrap();
        };
        add("exec-std", 10);
        add("tokio", 20);
        let section = Section { machine: Machine::CortexM3, what: What::Instructions };
        table.is_missing(section, "apt-get install qemu-system-arm");
        table
    }

    #[test]
    fn a_terminal_shows_what_is_best_and_what_is_missing() {
        let expected = [
            "                                       exec-std         tokio",
            "",
            "Cortex-M3: instructions",
            "  not run here: apt-get install qemu-system-arm",
            "",
            "x86-64: wakes",
            "  spawn to end                                1*            2",
        ];
        assert_eq!(plain(&table()).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_page_shows_a_section_as_a_row() {
        let mut table = table();
        table.parts.remove(0);
        let expected = "| | `exec-std` | tokio |\n| --- | ---: | ---: |\n\
                        | **x86-64: wakes** | | |\n| spawn to end | **1** | 2 |\n";
        assert_eq!(markdown(&table), expected);
    }

    #[test]
    fn long_names_are_wrapped() {
        let name = "timer of 10, 100 fires; timer of 10, 100 given up; sleep";
        assert_eq!(
            wrap(name),
            ["  timer of 10, 100 fires; ", "  timer of 10, 100 given up; ", "  sleep"]
        );
    }

    #[test]
    fn figures_that_are_others_in_each_run_do_not_make_another_page() {
        #[track_caller]
        fn check(old: &str, new: &str, are_alike: bool) {
            assert_eq!(without_what_varies(old) == without_what_varies(new), are_alike);
        }
        check("| sleep | **789** | ≈ 3 263 |", "| sleep | 789 | ≈ 3 219 |", true);
        check("| sleep | 789 | ≈ 3 263 |", "| sleep | 790 | ≈ 3 263 |", false);
        check("| sleep | 789 | ≈ 3 263 |", "| sleep | 789 | 3 263 |", false);
        check("**Bold**: ≈ 7", "**Bold**: ≈ 8", false);
    }
}
