//! The order in which rows are driven, and for how long.

use tickwire_traits::{Duration, Instant};

use crate::span::Span;

/// Which rows are driven, and since when. Pure: a scan drives one row after the other; in the
/// pause before the next scan, all rows are driven.
#[derive(Debug)]
pub(super) struct Scan {
    /// When the columns may be read.
    due: Instant,
    row_delay: Span,
    pause: Span,
    phase: Phase,
    /// The rows are driven as the phase says.
    is_driven: bool,
}

/// The rows that are to be driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// This row alone.
    Row(u8),
    /// All rows.
    Pause,
}

impl Scan {
    /// The shortest pause: other tasks run in it.
    const SHORTEST: Duration = Duration::from_micros(100);

    pub(super) const fn new() -> Self {
        Self {
            due: Instant::EPOCH,
            row_delay: Span::new(Duration::from_micros(20)),
            pause: Span::new(Duration::from_millis(5)),
            phase: Phase::Row(0),
            is_driven: false,
        }
    }

    pub(super) const fn set_row_delay(&mut self, delay: Duration) {
        self.row_delay = Span::new(delay);
    }

    pub(super) const fn set_pause(&mut self, pause: Duration) {
        let is_short = pause.as_micros() < Self::SHORTEST.as_micros();
        self.pause = Span::new(if is_short { Self::SHORTEST } else { pause });
    }

    pub(super) const fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns when the present phase ends, or `None` if its rows have to be driven first.
    pub(super) const fn deadline(&self) -> Option<Instant> {
        if self.is_driven { Some(self.due) } else { None }
    }

    /// Begins the time of the present phase: its rows are driven.
    pub(super) fn driven(&mut self, now: Instant) {
        let span = if self.phase == Phase::Pause { self.pause } else { self.row_delay };
        (self.is_driven, self.due) = (true, span.after(now));
    }

    /// Ends the present phase. Returns whether it was the last row of a scan.
    pub(super) const fn end_phase(&mut self, rows: usize) -> bool {
        self.phase = match self.phase {
            Phase::Row(row) if (row as usize) + 1 < rows => Phase::Row(row + 1),
            Phase::Row(_) => Phase::Pause,
            Phase::Pause => Phase::Row(0),
        };
        self.is_driven = false;
        matches!(self.phase, Phase::Pause)
    }
}
