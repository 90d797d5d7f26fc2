//! The lines of a bus in a VCD file.

use embedded_hal::digital::PinState;
use tickwire_traits::Instant;

use crate::capture::{Capture, Moment, Source, check_is_lasting};
use crate::failure::Failure;
use crate::pin;

/// SCL and SDA, read together.
pub(super) struct Pins {
    lines: [Line; 2],
    origin: i64,
}

struct Line {
    capture: Capture,
    level: PinState,
    next: Option<(Moment, PinState)>,
}

impl Pins {
    /// Opens the signals. Before its first level, each line is high.
    pub(super) fn open(scl: &Source, sda: &Source) -> Result<Self, Failure> {
        check_is_lasting(&scl.file)?;
        let open = |source| {
            let capture = Capture::open(source)?;
            Ok::<_, Failure>(Line { capture, level: PinState::High, next: None })
        };
        let lines = [open(scl)?, open(sda)?];
        let origin = lines[0].capture.origin();
        Ok(Self { lines, origin })
    }

    /// Returns the time of the next change and both levels; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<(Instant, PinState, PinState)>, Failure> {
        for line in &mut self.lines {
            while line.next.is_none() {
                let Some((at, level)) = line.capture.next()? else { break };
                line.next = level.map(|level| (line.capture.moment(at), level));
            }
        }
        let first = self.lines.iter().filter_map(|line| line.next).map(|(moment, _)| moment).min();
        let Some(first) = first else { return Ok(None) };
        for line in &mut self.lines {
            if let Some((_, level)) = line.next.take_if(|(moment, _)| *moment == first) {
                line.level = level;
            }
        }
        let [scl, sda] = &self.lines;
        Ok(Some((pin::instant(first.at), scl.level, sda.level)))
    }

    /// Returns the time of the file, in microseconds, of an instant.
    pub(super) fn micros(&self, at: Instant) -> i64 {
        self.origin.saturating_add_unsigned(at.as_micros())
    }
}

/// Returns the instant of a time that is not negative, in microseconds.
pub(super) fn instant(micros: i64) -> Instant {
    Instant::from_micros(micros.cast_unsigned())
}
