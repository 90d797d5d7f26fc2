//! Tests that docs/original.md names.

use std::path::Path;

use crate::workspace::{read, root};

const PAGE: &str = "docs/original.md";

/// The beginnings of a cell that says why there is no test.
const REASONS: [&str; 2] = ["excluded: ", "not here: "];

/// Returns rows without a test and a reason, and tests that do not exist.
pub(crate) fn check() -> Result<Vec<String>, String> {
    let page = read(&root().join(PAGE))?;
    let mut problems = Vec::new();
    for cell in cells(&page) {
        let named: Vec<_> = tests(cell).collect();
        if named.is_empty() && !REASONS.iter().any(|reason| cell.starts_with(reason)) {
            problems.push(format!("{PAGE}: neither a test nor a reason: {cell}"));
        }
        for (name, file) in named {
            let file = root().join("docs").join(file);
            if !has_test(&file, name)? {
                problems.push(format!("{PAGE}: {} has no test {name}", file.display()));
            }
        }
    }
    Ok(problems)
}

/// The second cells of all rows but the first two of a table.
fn cells(page: &str) -> impl Iterator<Item = &str> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows.filter_map(|row| row.split_once(" | ")).map(|(_, cell)| cell);
    cells.filter(|cell| !["here", "---"].contains(cell))
}

/// The tests of a cell, each a link, and their files.
fn tests(cell: &str) -> impl Iterator<Item = (&str, &str)> {
    cell.split("[`").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("`](")?;
        Some((name, rest.split_once(')')?.0))
    })
}

fn has_test(file: &Path, name: &str) -> Result<bool, String> {
    let source = read(file)?;
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let function = format!("fn {name}(");
    let has = |pair: &[&str]| pair[0] == "#[test]" && pair[1].starts_with(&function);
    Ok(lines.windows(2).any(has))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_tests_that_exist() {
        assert_eq!(check().unwrap(), [""; 0]);
        let page = read(&root().join(PAGE)).unwrap();
        assert!(cells(&page).flat_map(super::tests).count() > 40);
    }

    #[test]
    fn each_row_has_its_cell_and_its_tests() {
        let page =
            "| defect | here |\n| --- | --- |\n| a | [`b`](c.rs), [`d`](e.rs) |\n| f | g |\n";
        let cells: Vec<_> = cells(page).collect();
        assert_eq!(cells, ["[`b`](c.rs), [`d`](e.rs)", "g"]);
        assert_eq!(super::tests(cells[0]).collect::<Vec<_>>(), [("b", "c.rs"), ("d", "e.rs")]);
        assert_eq!(super::tests(cells[1]).count(), 0);
    }

    #[test]
    fn a_test_is_a_function_of_its_file() {
        let file = root().join("xtask/src/original.rs");
        assert_eq!(has_test(&file, "a_test_is_a_function_of_its_file"), Ok(true));
        assert_eq!(has_test(&file, "cells"), Ok(false));
        assert_eq!(has_test(&file, "nowhere"), Ok(false));
        assert!(has_test(&root().join("nowhere.rs"), "a_test").is_err());
    }
}
