//! Timing diagrams in text.

use std::fmt;

use embedded_hal::digital::PinState;

/// An error: a character in a timing diagram is neither `_` nor `-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDiagram {
    /// The character.
    pub found: char,
    /// The number of characters before it.
    pub at: usize,
}

/// Returns the levels of a diagram, one per step.
pub(super) fn levels(diagram: &str) -> Result<Vec<PinState>, InvalidDiagram> {
    let level = |(at, char)| match char {
        '_' => Ok(PinState::Low),
        '-' => Ok(PinState::High),
        found => Err(InvalidDiagram { found, at }),
    };
    diagram.chars().enumerate().map(level).collect()
}

impl fmt::Display for InvalidDiagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { found, at } = self;
        write!(f, "`{found}` after {at} characters of a timing diagram, instead of `_` or `-`")
    }
}

impl std::error::Error for InvalidDiagram {}
