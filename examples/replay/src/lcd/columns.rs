//! The columns of a recording of a display's lines.

use embedded_hal::digital::PinState;

use crate::failure::quoted;
use crate::log::{Header, Rows};

/// A line of a display.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    Rs,
    Rw,
    E,
    D4,
    D5,
    D6,
    D7,
}

/// The level of each line, if it is known.
#[derive(Clone, Copy, Default)]
pub(super) struct Levels([Option<bool>; Line::ALL.len()]);

/// Which line is in which column.
#[derive(Default)]
pub(super) struct Columns {
    /// None before a header or a row. A column may be that of another signal.
    lines: Option<Vec<Option<Line>>>,
}

impl Line {
    /// All lines, in the order of columns without a header.
    pub(super) const ALL: [Self; 7] =
        [Self::Rs, Self::Rw, Self::E, Self::D4, Self::D5, Self::D6, Self::D7];

    fn named(name: &str) -> Option<Self> {
        match &*name.to_ascii_uppercase() {
            "RW" | "R/W" => Some(Self::Rw),
            name => Line::ALL.into_iter().find(|line| line.name() == name),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rs => "RS",
            Self::Rw => "RW",
            Self::E => "E",
            Self::D4 => "D4",
            Self::D5 => "D5",
            Self::D6 => "D6",
            Self::D7 => "D7",
        }
    }
}

impl Levels {
    pub(super) fn of_lines(levels: impl Iterator<Item = (Line, Option<PinState>)>) -> Self {
        let mut all = Self::default();
        for (line, level) in levels {
            all.set(line, level.map(|level| level == PinState::High));
        }
        all
    }

    fn set(&mut self, line: Line, level: Option<bool>) {
        if let Some(slot) = self.0.get_mut(line as usize) {
            *slot = level;
        }
    }

    pub(super) fn of(&self, line: Line) -> Option<bool> {
        self.0.get(line as usize).copied().flatten()
    }

    /// Returns the levels after those of a later row.
    pub(super) fn then(self, later: Self) -> Self {
        let mut levels = self;
        for (level, later) in levels.0.iter_mut().zip(later.0) {
            *level = later.or(*level);
        }
        levels
    }
}

impl Rows for Columns {
    type Row = Levels;
    const NAME: &'static str = "level";

    fn header(&mut self, header: Header<'_>) -> Result<(), String> {
        let lines: Vec<_> = match header {
            // As far as the words are names of lines.
            Header::Comment(words) => {
                words.iter().map_while(|word| Line::named(word).map(Some)).collect()
            }
            Header::Labels(labels) => labels.iter().map(|label| Line::named(label)).collect(),
        };
        if lines.is_empty() && matches!(header, Header::Comment(_)) {
            return Ok(()); // It is about the times only.
        }
        for line in Line::ALL {
            match lines.iter().filter(|column| **column == Some(line)).count() {
                0 if line != Line::Rw => return Err(format!("the header has no {}", line.name())),
                0 | 1 => {}
                _ => return Err(format!("the header has {} twice", line.name())),
            }
        }
        self.lines = Some(lines);
        Ok(())
    }

    fn row(&mut self, fields: &[&str]) -> Result<Levels, String> {
        if self.lines.is_none() {
            let lines = Line::ALL.into_iter().filter(|line| *line != Line::Rw || fields.len() == 7);
            self.lines = matches!(fields.len(), 6 | 7).then(|| lines.map(Some).collect());
        }
        let found = || quoted(fields.join(" ").as_bytes());
        let Some(lines) = &self.lines else {
            let wanted = "6 (RS E D4 D5 D6 D7) or 7 (RS RW E D4 D5 D6 D7)";
            return Err(format!("{} levels, not {wanted}: {}", fields.len(), found()));
        };
        if fields.len() != lines.len() {
            return Err(format!("{} levels, not {}: {}", fields.len(), lines.len(), found()));
        }
        let mut levels = Levels::default();
        for (field, line) in fields.iter().zip(lines) {
            let Some(line) = line else { continue };
            let level = match *field {
                "0" => Some(false),
                "1" => Some(true),
                "X" | "x" | "Z" | "z" => None,
                other => {
                    let other = quoted(other.as_bytes());
                    return Err(format!("the level {other} is neither 0 nor 1"));
                }
            };
            levels.set(*line, level);
        }
        Ok(levels)
    }
}
