//! Signals in the files of a Flipper Zero.

use std::fs;
use std::path::Path;

use tickwire_traits::{Duration, Instant};

use crate::failure::{Failure, quoted};

/// A raw signal: its name, and the times of its edges after the first.
pub(crate) struct Raw {
    pub(crate) name: String,
    pub(crate) edges: Vec<Instant>,
}

/// Whether a file is one of infrared signals, by its name.
pub(crate) fn is_flipper(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ir"))
}

/// Reads the raw signals of a file. Signals that are stored decoded have no edges, and are left
/// out.
pub(crate) fn raws(path: &Path) -> Result<Vec<Raw>, Failure> {
    let failure = |message: String| Failure::Capture(message).in_file(&path.display().to_string());
    let text = fs::read(path).map_err(|error| failure(error.to_string()))?;
    let text = String::from_utf8_lossy(&text);
    // A mark of the byte order is no part of the first key.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let (mut name, mut raws) = (String::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        match key.trim() {
            "name" => value.trim().clone_into(&mut name),
            "data" => {
                let edges = edges(value).map_err(|span| {
                    let span = quoted(span.as_bytes());
                    failure(format!("line {number}: not a span in microseconds: {span}"))
                })?;
                raws.push(Raw { name: std::mem::take(&mut name), edges });
            }
            _ => {}
        }
    }
    if raws.is_empty() {
        return Err(failure("there is no raw signal in it".into()));
    }
    Ok(raws)
}

/// Reads spans, of which the first is a mark. Returns one that is none as the error.
fn edges(spans: &str) -> Result<Vec<Instant>, &str> {
    let mut at = Instant::EPOCH;
    let mut edges = vec![at];
    for span in spans.split_whitespace() {
        at += Duration::from_micros(span.parse::<u32>().map_err(|_| span)?.into());
        edges.push(at);
    }
    // A last space ends without an edge: nothing follows.
    if edges.len() % 2 == 1 {
        edges.pop();
    }
    Ok(edges)
}
