//! How much memory drivers and futures take on a microcontroller.
//!
//! The crate `tickwire-sizes` holds the table, as text that the compiler made
//! for the target; here it is found in the compiled library and judged.

use std::fs;

use crate::bare::{Core, TARGET};
use crate::report::{Outcome, Stop};

/// The first and last words of the table, as `benches/sizes` writes them.
const FIRST: &str = "bytes on the target";
const LAST: &str = "end of the table";

/// Builds the table and judges it.
pub(crate) fn measure() -> Outcome {
    let core = Core::find(TARGET).map_err(Stop::Skipped)?;
    let file = core.build(&["--package", "tickwire-sizes"])?.join("libtickwire_sizes.rlib");
    let library = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(format!("{TARGET}: {}", judge(&table(&library)?)?))
}

/// The rows of the table, as they lie in the compiled library.
fn table(library: &[u8]) -> Result<String, String> {
    let find = |word: &str, from: usize| {
        let word = word.as_bytes();
        library[from..].windows(word.len()).position(|bytes| bytes == word).map(|at| from + at)
    };
    let first = find(FIRST, 0).ok_or("no table in the library")?;
    let last = find(LAST, first).ok_or("no end of the table in the library")?;
    String::from_utf8(library[first + FIRST.len()..last].to_vec()).map_err(|e| e.to_string())
}

/// Checks `name = size of bound` in each line.
fn judge(table: &str) -> Result<String, String> {
    let mut lines = Vec::new();
    let mut exceeded = Vec::new();
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let (name, size, bound) = parse(row).ok_or_else(|| format!("not a row: {row}"))?;
        lines.push(format!("{size:>5} of {bound:<4} {name}"));
        if size > bound {
            exceeded.push(format!("{name}: {size} bytes, more than {bound}"));
        }
    }
    if lines.is_empty() {
        return Err("the table is empty".to_owned());
    }
    if exceeded.is_empty() {
        lines.insert(0, format!("{} within their bounds, in bytes", lines.len()));
        return Ok(lines.join("\n"));
    }
    lines.extend(exceeded);
    Err(lines.join("\n"))
}

fn parse(row: &str) -> Option<(&str, usize, usize)> {
    let (name, numbers) = row.rsplit_once('=')?;
    let (size, bound) = numbers.split_once(" of ")?;
    Some((name.trim(), size.trim().parse().ok()?, bound.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rows: &str, judged: Result<&str, &str>) {
        let library = format!("\0ELF{FIRST}\n{rows}\n{LAST}\0");
        let result = table(library.as_bytes()).and_then(|table| judge(&table));
        assert_eq!(result.as_deref().map_err(String::as_str), judged);
    }

    #[test]
    fn what_fits_is_listed() {
        let listed = "2 within their bounds, in bytes\n   16 of 24   Switch\n    0 of 0    Clock";
        check("Switch      =  16 of    24\nClock  = 0 of 0", Ok(listed));
    }

    #[test]
    fn a_byte_too_many_is_an_error() {
        let told = "    1 of 1    A\n   25 of 24   B\nB: 25 bytes, more than 24";
        check("A = 1 of 1\nB = 25 of 24", Err(told));
    }

    #[test]
    fn a_table_that_is_not_there_is_an_error() {
        check("", Err("the table is empty"));
        check("Switch 16", Err("not a row: Switch 16"));
        assert!(table(b"nothing").is_err());
        assert!(table(FIRST.as_bytes()).is_err());
    }
}
