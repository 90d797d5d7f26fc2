//! Lines that were recorded together, in a VCD file.

use embedded_hal::digital::PinState;
use tickwire_sim::uart::Nanos;

use crate::capture::{Capture, Moment};
use crate::failure::Failure;

/// Lines of one file, read together.
pub(crate) struct Wires(Vec<Wire>);

struct Wire {
    capture: Capture,
    level: Option<PinState>,
    next: Option<(Moment, PinState)>,
}

impl Wires {
    pub(crate) fn new(captures: impl IntoIterator<Item = Capture>) -> Self {
        let wire = |capture| Wire { capture, level: None, next: None };
        Self(captures.into_iter().map(wire).collect())
    }

    /// Goes on to the next moment at which any line changes. Returns its time, since the
    /// [`origin`](Self::origin); none at the end.
    pub(crate) fn advance(&mut self) -> Result<Option<Nanos>, Failure> {
        for wire in &mut self.0 {
            while wire.next.is_none() {
                let Some((at, level)) = wire.capture.next()? else { break };
                wire.next = level.map(|level| (wire.capture.moment(at), level));
            }
        }
        let first = self.0.iter().filter_map(|wire| wire.next).map(|(moment, _)| moment).min();
        for wire in &mut self.0 {
            if let Some((_, level)) = wire.next.take_if(|(moment, _)| Some(*moment) == first) {
                wire.level = Some(level);
            }
        }
        Ok(first.map(|first| first.at))
    }

    /// Returns the level of each line; none before its first.
    pub(crate) fn levels(&self) -> impl Iterator<Item = Option<PinState>> {
        self.0.iter().map(|wire| wire.level)
    }

    /// Returns the time of the file, in microseconds, that counts as zero.
    pub(crate) fn origin(&self) -> i64 {
        self.0.first().map_or(0, |wire| wire.capture.origin())
    }
}
