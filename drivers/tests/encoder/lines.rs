//! Two contacts and what they mean.

use embedded_hal::digital::PinState::{self, High, Low};
use tickwire_traits::{Edge, Instant, Side};

/// Two contacts, with the angle that they mean: a turn upward goes through 11, 01, 00, 10.
#[derive(Default)]
pub(crate) struct Lines {
    is_low: [bool; 2],
    /// In quarters, upward.
    pub(crate) turned: i32,
}

impl Lines {
    pub(crate) fn toggle(&mut self, line: Side) {
        let [a, b] = self.is_low;
        // A that falls is up while B is high, A that rises while B is low; B the other way.
        let is_up = if line == Side::A { a == b } else { a != b };
        self.turned += if is_up { 1 } else { -1 };
        self.is_low[line as usize] ^= true;
    }

    /// Returns the edge of the present level of a line.
    pub(crate) fn edge(&self, line: Side, missed: u32) -> Edge<Side> {
        let level = if self.is_low[line as usize] { Low } else { High };
        Edge { line, at: Instant::EPOCH, level, missed }
    }

    pub(crate) fn levels(&self) -> (PinState, PinState) {
        let [a, b] = self.is_low.map(|is_low| if is_low { Low } else { High });
        (a, b)
    }

    /// Returns the line that moves next when it is turned in this direction.
    pub(crate) fn next(&self, is_up: bool) -> Side {
        let [a, b] = self.is_low;
        if (a == b) == is_up { Side::A } else { Side::B }
    }
}
