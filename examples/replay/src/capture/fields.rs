//! Lines, and the fields of a line.

use std::io::{BufRead, Read};

use super::LONGEST;
use crate::failure::quoted;

/// Lines of bounded length.
pub(crate) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, line: Vec::new(), number: 0 }
    }

    /// Reads the next line that is not blank; none at the end.
    pub(crate) fn advance(&mut self) -> Result<bool, String> {
        loop {
            self.line.clear();
            self.number += 1;
            let mut bounded = (&mut self.reader).take(LONGEST as u64 + 1);
            let length = bounded.read_until(b'\n', &mut self.line).map_err(|e| e.to_string())?;
            if length == 0 {
                return Ok(false);
            }
            if length > LONGEST {
                return Err(self.said(&format!("longer than {LONGEST} bytes")));
            }
            if !self.line.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    /// Returns the number and the bytes of the present line.
    pub(crate) fn line(&self) -> (u64, &[u8]) {
        (self.number, &self.line)
    }

    /// Returns the present line.
    pub(crate) fn text(&self) -> Result<&str, String> {
        match std::str::from_utf8(&self.line) {
            Ok(line) => Ok(line.trim()),
            Err(_) => Err(self.said("not UTF-8")),
        }
    }

    fn said(&self, what: &str) -> String {
        format!("line {}: {what}: {}", self.number, quoted(self.line.trim_ascii()))
    }
}

/// Whether a line says nothing of the signals.
pub(crate) fn is_comment(line: &str) -> bool {
    line.starts_with(['#', ';'])
}

/// Splits a line at its semicolons, else at its commas, else at its white space.
/// What is in quotation marks is one field.
pub(crate) fn fields(line: &str) -> Vec<&str> {
    match [';', ','].into_iter().find(|separator| line.contains(*separator)) {
        Some(separator) => separated(line, separator),
        None => line.split_whitespace().map(unquoted).collect(),
    }
}

/// Splits the labels of the columns, which may have spaces in them where tabs
/// separate them.
pub(crate) fn labels(line: &str) -> Vec<&str> {
    if line.contains('\t') && !line.contains([';', ',']) {
        separated(line, '\t')
    } else {
        fields(line)
    }
}

fn separated(line: &str, separator: char) -> Vec<&str> {
    let mut in_quotes = false;
    let ends = |c| {
        in_quotes ^= c == '"';
        c == separator && !in_quotes
    };
    line.split(ends).map(unquoted).collect()
}

fn unquoted(field: &str) -> &str {
    let field = field.trim();
    let inside = field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inside.map_or(field, str::trim)
}
