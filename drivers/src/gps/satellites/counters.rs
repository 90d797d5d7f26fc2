//! What was published, and what was lost.

/// What became of the sets of satellites. Each stops at `u32::MAX`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct SatelliteCounters {
    /// Sets that were published.
    pub sets: u32,
    /// Sets that were not whole.
    pub torn: u32,
    /// Satellites for which there was no room.
    pub omitted: u32,
}

impl SatelliteCounters {
    pub(super) const NONE: Self = Self { sets: 0, torn: 0, omitted: 0 };
}
