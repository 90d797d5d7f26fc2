//! Captures as text: a line a moment, a column a signal.

use std::fs::File;
use std::io::BufReader;

use super::fields::{Lines, fields, is_comment, labels};
use super::layout::{Layout, Stated, Time};
use super::samples::Samples;
use super::signals::{Signal, Signals};
use super::unit::Unit;
use super::{Sample, Source, Value};
use crate::failure::{Failure, quoted};

/// One column of a text file.
pub(super) struct Text {
    lines: Lines<BufReader<File>>,
    /// The present line is the first with levels, and was not returned yet.
    is_ahead: bool,
    layout: Layout,
}

/// What is said before the first level.
#[derive(Default)]
struct Preamble {
    hertz: Option<u64>,
    /// The names of the columns of levels, in a comment.
    channels: Vec<String>,
    /// The labels of all columns.
    labels: Vec<String>,
    /// The unit that a comment states with a word like `time_us`.
    unit: Option<Unit>,
}

impl Text {
    pub(super) fn open<V: Value>(file: BufReader<File>, source: &Source) -> Result<Self, Failure> {
        let mut lines = Lines::new(file);
        let mut preamble = Preamble::default();
        while lines.advance().map_err(Failure::Capture)? {
            let line = lines.text().map_err(Failure::Capture)?;
            if preamble.note(line) {
                continue;
            }
            let layout = preamble.layout(source, line, lines.line().0)?;
            return Ok(Self { lines, is_ahead: true, layout });
        }
        Err(Failure::Capture(format!("an empty capture: there is no {} in it", V::NAME)))
    }

    pub(super) fn next<V: Value>(&mut self) -> Result<Option<Sample<V>>, String> {
        if !std::mem::take(&mut self.is_ahead) {
            loop {
                if !self.lines.advance()? {
                    return Ok(None);
                }
                if !is_comment(self.lines.text()?) {
                    break;
                }
            }
        }
        let line = self.lines.text()?;
        let number = self.lines.line().0;
        let sample = self.layout.sample(line, number);
        sample.map(Some).map_err(|what| format!("line {number}: {what}"))
    }

    /// See [`Layout::take_doubt`].
    pub(super) fn take_doubt(&mut self) -> Option<&'static str> {
        self.layout.take_doubt()
    }

    /// Returns the number and the bytes of the last line.
    pub(super) fn line(&self) -> (u64, &[u8]) {
        self.lines.line()
    }
}

impl Preamble {
    /// Takes note of a line that has no levels. Returns whether it has none.
    fn note(&mut self, line: &str) -> bool {
        let said = line.trim_start_matches(['#', ';', ' ']);
        if let Some((_, rate)) = split_once_ignoring_case(said, "samplerate:") {
            self.hertz = hertz(rate).or(self.hertz);
            return true;
        }
        if is_comment(line) {
            if let Some((_, names)) = split_once_ignoring_case(said, "channels (")
                .and_then(|(_, rest)| rest.split_once("):"))
            {
                self.channels = names.split(',').map(|name| name.trim().to_owned()).collect();
            }
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            self.unit = self
                .unit
                .or(words.find_map(|word| word.strip_prefix("time_").and_then(Unit::named)));
            return true;
        }
        let is_header = self.labels.is_empty() && is_header(line);
        if is_header {
            self.labels = labels(line).into_iter().map(str::to_owned).collect();
        }
        is_header
    }

    /// Finds out what is in which field of lines like the first one.
    fn layout(self, source: &Source, line: &str, number: u64) -> Result<Layout, Failure> {
        let labelled = self.labels.len();
        let fields = fields(line);
        let count = fields.len();
        let time = self.time(&fields, source.unit)?;
        let label = self.labels.first().map_or("", String::as_str);
        let stated = source.unit.or(Unit::of_label(label)).or(self.unit);
        let is_stated = stated.is_some() || self.hertz.is_some();
        let unit = if is_stated { Stated::Yes } else { Stated::No };
        let first = match time {
            Time::Column(_) | Time::Samples(_) => 1,
            Time::Lines { .. } => 0,
        };
        if count <= first {
            let line = quoted(line.as_bytes());
            return Err(Failure::Capture(format!("line {number}: there is no level in {line}")));
        }
        let labels = self.labels.get(first..).unwrap_or_default();
        // sigrok labels them by their unit, unless it is asked to do otherwise.
        let is_unit = |(label, _): (&String, _)| label == "logic";
        let names = match labels.iter().zip(&self.channels).all(is_unit) {
            true if !self.channels.is_empty() => &self.channels,
            _ => labels,
        };
        let column = choose(names, count - first, &source.signal)?;
        Ok(Layout { time, level: first + column, labels: labelled, unit })
    }

    fn time(&self, first: &[&str], wanted: Option<Unit>) -> Result<Time, Failure> {
        let label = self.labels.first().map_or("", String::as_str);
        if label == "samples" && self.hertz != Some(1) {
            // sigrok writes this of a stream, of which it knows the rate too late or never.
            let message = "the column \"samples\" has no times: convert the capture from a file";
            return Err(Failure::Capture(message.into()));
        }
        let Some(hertz) = self.hertz else {
            if wanted.is_none() && !label.is_empty() && !is_time(label) {
                return Err(Failure::Capture(format!(
                    "the first column, {}, is not labelled as a time, and there is no \
                     `Samplerate:`: export with times or with the header, or give --unit",
                    quoted(label.as_bytes()),
                )));
            }
            let unit = wanted.or(Unit::of_label(label)).or(self.unit);
            return Ok(Time::Column(unit.unwrap_or(Unit::MICROSECONDS)));
        };
        let has_time = (self.channels.is_empty() || first.len() > self.channels.len())
            && (self.labels.is_empty() || is_time(label));
        if !has_time {
            return Ok(Time::Lines { hertz, next: 0 });
        }
        if let Some(unit) = wanted {
            return Ok(Time::Column(unit));
        }
        let of_rate = || Unit::of_rate(hertz).unwrap_or(Unit::MICROSECONDS);
        let unit = Unit::of_label(label).unwrap_or_else(of_rate);
        let is_sigroks = ["", "Time", "samples", unit.long()].contains(&label);
        let samples = is_sigroks.then(|| Samples::of(hertz, unit, first[0])).flatten();
        Ok(samples.map_or(Time::Column(unit), Time::Samples))
    }
}

/// Whether a line has labels instead of levels: words, the first one too.
fn is_header(line: &str) -> bool {
    let fields = labels(line);
    let is_word = |field: &&str| field.starts_with(char::is_alphabetic);
    let is_level = |field: &&str| matches!(*field, "0" | "1");
    let [first, others @ ..] = &fields[..] else { return false };
    is_word(first) && (is_time(first) || !others.iter().any(is_level))
}

/// Whether a label is that of a column of times.
pub(crate) fn is_time(label: &str) -> bool {
    let label = label.to_lowercase();
    label.starts_with("time")
        || label == "t"
        || label == "samples"
        || Unit::of_label(&label).is_some()
}

/// Finds a column of levels, from 0.
fn choose(names: &[String], count: usize, asked: &Signal) -> Result<usize, Failure> {
    let mut signals = Signals::default();
    for column in 0..count {
        signals.add(names.get(column).map_or("", String::as_str));
    }
    let numbered = |number: usize| {
        let column = number.checked_sub(1).filter(|column| *column < count);
        column.ok_or_else(|| signals.unknown(asked))
    };
    match asked {
        Signal::Any => numbered(1),
        Signal::Numbered(number) => numbered(*number),
        // Not the column without a name.
        Signal::Named(name) if name.is_empty() => Err(signals.unknown(asked)),
        Signal::Named(name) => {
            let mut found = (0..count).filter(|column| names.get(*column) == Some(name));
            match (found.next(), found.next()) {
                (Some(column), None) => Ok(column),
                (Some(_), Some(_)) => Err(Failure::Usage(format!(
                    "there are several signals {}: give the number of one",
                    quoted(name.as_bytes()),
                ))),
                (None, _) => numbered(name.parse().unwrap_or(0)),
            }
        }
    }
}

/// Reads a rate as sigrok writes it: `24 MHz`, `1.5 kHz`, `200000`.
fn hertz(text: &str) -> Option<u64> {
    let text = text.trim();
    let (number, unit) =
        text.split_at(text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len()));
    let power = match unit.trim() {
        "" | "Hz" => 0,
        "kHz" => 3,
        "MHz" => 6,
        "GHz" => 9,
        _ => return None,
    };
    let (whole, fraction) = number.trim().split_once('.').unwrap_or((number.trim(), ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let (fraction, _) = fraction.split_at(fraction.len().min(power));
    format!("{whole}{fraction:0<power$}").parse().ok().filter(|hertz| *hertz > 0)
}

fn split_once_ignoring_case<'a>(text: &'a str, wanted: &str) -> Option<(&'a str, &'a str)> {
    let at = text.to_ascii_lowercase().find(wanted)?;
    Some((&text[..at], &text[at + wanted.len()..]))
}

#[cfg(test)]
mod tests {
    use super::hertz;

    #[test]
    fn a_rate_is_read_as_sigrok_writes_it_or_is_none() {
        for (text, expected) in [
            ("24 MHz", Some(24_000_000)),
            ("1.5 kHz", Some(1_500)),
            ("200000", Some(200_000)),
            ("1.5\u{20ac} kHz", None),
            ("1.-5 kHz", None),
            ("+1 MHz", None),
            ("0 Hz", None),
        ] {
            assert_eq!(hertz(text), expected, "{text}");
        }
    }
}
