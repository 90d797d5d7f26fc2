//! Rows of text, written at compile time.

use core::future::Future;
use core::mem::size_of;

/// The length of a row, its line feed included.
pub(crate) const WIDTH: usize = 64;
/// Where ` = size of bound` begins.
const NUMBERS: usize = 46;

/// A type or a future, and how large it may be.
#[derive(Debug)]
pub(crate) struct Row {
    name: &'static str,
    size: usize,
    bound: usize,
}

impl Row {
    pub(crate) const fn new(name: &'static str, size: usize, bound: usize) -> Self {
        Self { name, size, bound }
    }
}

/// The size of what an `async fn` of one argument returns.
pub(crate) const fn future_of_1<A, F: Future>(_: fn(A) -> F) -> usize {
    size_of::<F>()
}

/// The size of what an `async fn` of two arguments returns.
pub(crate) const fn future_of_2<A, B, F: Future>(_: fn(A, B) -> F) -> usize {
    size_of::<F>()
}

/// The size of what an `async fn` of three arguments returns.
pub(crate) const fn future_of_3<A, B, C, F: Future>(_: fn(A, B, C) -> F) -> usize {
    size_of::<F>()
}

/// Writes the rows between the two lines by which `cargo xtask sizes` finds them.
pub(crate) const fn written<const N: usize>(rows: &[Row]) -> [[u8; WIDTH]; N] {
    let mut lines = [text("", 0); N];
    // The first line ends where the rows begin, with nothing but spaces after it.
    lines[0] = text("bytes on the target", 0);
    lines[N - 1] = text("end of the table", 0);
    let mut at = 0;
    while at < rows.len() {
        lines[at + 1] = line(&rows[at]);
        at += 1;
    }
    lines
}

/// `name = size of bound`, in columns.
const fn line(row: &Row) -> [u8; WIDTH] {
    assert!(row.name.len() <= NUMBERS, "the name is too long for the table");
    let line = put(text(row.name, 0), " = ", NUMBERS);
    let line = number(line, row.size, NUMBERS + 8);
    number(put(line, " of ", NUMBERS + 8), row.bound, NUMBERS + 17)
}

const fn text(text: &str, at: usize) -> [u8; WIDTH] {
    let mut line = [b' '; WIDTH];
    line[WIDTH - 1] = b'\n';
    put(line, text, at)
}

const fn put(mut line: [u8; WIDTH], text: &str, at: usize) -> [u8; WIDTH] {
    let mut i = 0;
    while i < text.len() {
        line[at + i] = text.as_bytes()[i];
        i += 1;
    }
    line
}

/// Writes a decimal number that ends before column `end`.
const fn number(mut line: [u8; WIDTH], mut value: usize, end: usize) -> [u8; WIDTH] {
    let mut at = end;
    loop {
        at -= 1;
        line[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            return line;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_its_name_and_two_numbers() {
        let [first, row, last] = written::<3>(&[Row::new("Switch", 16, 2_400)]);
        assert!(first.starts_with(b"bytes on the target ") && first.ends_with(b" \n"));
        assert_eq!(row[..NUMBERS].trim_ascii(), b"Switch");
        assert_eq!(row[NUMBERS..].trim_ascii(), b"=    16 of  2400");
        assert!(last.starts_with(b"end of the table ") && last.ends_with(b" \n"));
    }
}
