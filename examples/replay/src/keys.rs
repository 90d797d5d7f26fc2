//! Captures of the keys of a keypad.

use std::fs::File;
use std::io::BufReader;

use embedded_hal::digital::PinState;
use tickwire_drivers::keypad::Key;
use tickwire_sim::uart::Nanos;
use tickwire_traits::Instant;

use crate::capture::{
    Capture, Lines, Moment, Signal, Source, Unit, check_is_lasting, fields, is_comment, is_vcd,
    opened,
};
use crate::failure::{Failure, quoted};
use crate::pin::instant;

/// The most rows, and the most columns.
pub(crate) const MOST: usize = 8;

/// A key that closes or opens.
pub(crate) struct Change {
    pub(crate) at: Instant,
    pub(crate) key: Key,
    pub(crate) is_closed: bool,
}

/// The changes of all keys, read as they are asked for.
pub(crate) enum Keys {
    /// Lines of a time, a key and a level.
    Text(Text),
    /// A variable for each key.
    Vcd(Vec<Variable>),
}

pub(crate) struct Text {
    lines: Lines<BufReader<File>>,
    file: String,
    unit: Option<Unit>,
    /// The first time, in microseconds, if it is below zero; none before it is read.
    origin: Option<i64>,
    last: i64,
}

pub(crate) struct Variable {
    key: Key,
    capture: Capture,
    next: Option<(Moment, bool)>,
    failure: Option<Failure>,
}

impl Keys {
    pub(crate) fn open(source: &Source) -> Result<Self, Failure> {
        if !is_vcd(&source.file) {
            let name = source.file.display().to_string();
            let file = opened(&source.file)
                .map_err(|error| Failure::Capture(error.to_string()).in_file(&name))?;
            let lines = Lines::new(file);
            let (unit, origin) = (source.unit, None);
            return Ok(Self::Text(Text { lines, file: name, unit, origin, last: i64::MIN }));
        }
        check_is_lasting(&source.file)?;
        let mut variables = Vec::new();
        let mut missing = None;
        let keys = (0..MOST as u8).flat_map(|row| (0..MOST as u8).map(move |column| (row, column)));
        for (row, column) in keys {
            let signal = Signal::Named(format!("{row}x{column}"));
            let source = Source { file: source.file.clone(), signal, unit: source.unit };
            match Capture::open(&source) {
                Ok(capture) => {
                    let key = Key { row, column };
                    variables.push(Variable { key, capture, next: None, failure: None });
                }
                // There is no such key, or there are several.
                Err(failure @ Failure::Usage(_)) => missing = missing.or(Some(failure)),
                Err(failure) => return Err(failure),
            }
        }
        match missing {
            Some(missing) if variables.is_empty() => Err(missing),
            _ => Ok(Self::Vcd(variables)),
        }
    }

    /// Returns the next change; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Change>, Failure> {
        match self {
            Self::Text(text) => {
                text.next().map_err(|message| Failure::Capture(message).in_file(&text.file))
            }
            Self::Vcd(variables) => first(variables),
        }
    }

    /// Returns the time of the file that counts as zero, in microseconds.
    pub(crate) fn origin(&self) -> i64 {
        match self {
            Self::Text(text) => text.origin.unwrap_or(0),
            Self::Vcd(variables) => variables.first().map_or(0, |first| first.capture.origin()),
        }
    }
}

impl Text {
    fn next(&mut self) -> Result<Option<Change>, String> {
        while self.lines.advance()? {
            let line = self.lines.text()?;
            let number = self.lines.line().0;
            if is_comment(line) || (self.origin.is_none() && line.starts_with(char::is_alphabetic))
            {
                let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
                let unit = words.find_map(|word| Unit::named(word.strip_prefix("time_")?));
                self.unit = self.unit.or(unit);
                continue;
            }
            let unit = self.unit.unwrap_or(Unit::MICROSECONDS);
            let (nanos, key, is_closed) =
                sample(line, unit).map_err(|what| format!("line {number}: {what}"))?;
            if nanos < self.last {
                let line = quoted(line.as_bytes());
                return Err(format!("line {number}: time goes back: {line}"));
            }
            self.last = nanos;
            let origin = *self.origin.get_or_insert(nanos.div_euclid(1_000).min(0));
            if let Some(is_closed) = is_closed {
                let at = instant(Nanos((nanos - origin * 1_000).cast_unsigned()));
                return Ok(Some(Change { at, key, is_closed }));
            }
        }
        if self.origin.is_none() {
            return Err("an empty capture: there is no key in it".into());
        }
        Ok(None)
    }
}

/// Reads a line: a time in nanoseconds, a key, and whether it is closed, if that is known.
fn sample(line: &str, unit: Unit) -> Result<(i64, Key, Option<bool>), String> {
    let [time, key, level] = fields(line)[..] else {
        return Err(format!("no time, key and level: {}", quoted(line.as_bytes())));
    };
    let nanos = unit
        .nanos(time)
        .ok_or_else(|| format!("{} is not a time in {unit}", quoted(time.as_bytes())))?;
    let is_closed = match level {
        "1" => Some(true),
        "0" => Some(false),
        "X" | "x" | "Z" | "z" => None,
        _ => return Err(format!("the level {} is neither 0 nor 1", quoted(level.as_bytes()))),
    };
    let number = |text: &str| {
        let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| is_digits && usize::from(*number) < MOST)
    };
    let place = key.split_once(['x', 'X']);
    let place = place.and_then(|(row, column)| Some((number(row)?, number(column)?)));
    let (row, column) = place.ok_or_else(|| {
        let key = quoted(key.as_bytes());
        format!("{key} is not ROWxCOL, each from 0 to {}", MOST - 1)
    })?;
    Ok((nanos, Key { row, column }, is_closed))
}

/// Returns the first change of all variables.
fn first(variables: &mut [Variable]) -> Result<Option<Change>, Failure> {
    for Variable { capture, next, failure, .. } in &mut *variables {
        while next.is_none() && failure.is_none() {
            match capture.next() {
                Ok(Some((at, Some(level)))) => {
                    *next = Some((capture.moment(at), level == PinState::High));
                }
                Ok(Some((_, None))) => {}
                Ok(None) => break,
                Err(error) => *failure = Some(error),
            }
        }
    }
    let waiting = variables.iter_mut().filter(|variable| variable.next.is_some());
    let first = waiting.min_by_key(|variable| variable.next.map(|(moment, _)| moment));
    if let Some(Variable { key, next, .. }) = first
        && let Some((moment, is_closed)) = next.take()
    {
        return Ok(Some(Change { at: instant(moment.at), key: *key, is_closed }));
    }
    // Those before a failure come first.
    variables.iter_mut().find_map(|variable| variable.failure.take()).map_or(Ok(None), Err)
}
