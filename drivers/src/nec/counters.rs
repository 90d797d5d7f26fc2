//! What was rejected, and what was lost.

use super::Error;

/// The number of errors of each kind, and of edges that were lost. Each stops at `u16::MAX`.
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_drivers::nec::Decoder;
/// use tickwire_traits::{Edge, Instant};
///
/// let mut decoder = Decoder::new();
/// for (at, level) in [(0, Low), (200, High)] {
///     decoder.edge(Edge { line: (), at: Instant::from_micros(at), level, missed: 0 });
/// }
/// assert_eq!(decoder.counters().bad_start, 1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Counters {
    /// See [`Error::BadStart`].
    pub bad_start: u16,
    /// See [`Error::BadBlock`].
    pub bad_block: u16,
    /// See [`Error::BadRepeat`].
    pub bad_repeat: u16,
    /// See [`Error::Overrun`].
    pub overrun: u16,
    /// See [`Error::BadData`].
    pub bad_data: u16,
    /// See [`Error::BadAddress`].
    pub bad_address: u16,
    /// Edges that the source has missed, and edges of a signal that repeat a level or whose time
    /// is before that of the previous one.
    pub lost_edges: u16,
}

impl Counters {
    pub(super) const NONE: Self = Self {
        bad_start: 0,
        bad_block: 0,
        bad_repeat: 0,
        overrun: 0,
        bad_data: 0,
        bad_address: 0,
        lost_edges: 0,
    };

    pub(super) fn count(&mut self, error: Error) {
        let counter = match error {
            Error::BadStart => &mut self.bad_start,
            Error::BadBlock => &mut self.bad_block,
            Error::BadRepeat => &mut self.bad_repeat,
            Error::Overrun => &mut self.overrun,
            Error::BadData { .. } => &mut self.bad_data,
            Error::BadAddress { .. } => &mut self.bad_address,
        };
        *counter = counter.saturating_add(1);
    }

    pub(super) fn lose(&mut self, edges: u32) {
        let edges = u16::try_from(edges).unwrap_or(u16::MAX);
        self.lost_edges = self.lost_edges.saturating_add(edges);
    }
}
