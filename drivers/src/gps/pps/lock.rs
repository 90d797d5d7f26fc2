//! The quality of the time.

use tickwire_traits::Duration;

/// How well the time is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Lock {
    /// The verdict.
    pub state: State,
    /// The number of pulses behind the phase, up to 32.
    pub pulses: u8,
    /// The number of seconds whose sentences have confirmed the second, up to 3.
    pub sentences: u8,
    /// The number of consecutive seconds whose sentences contradict it, up to 2. The third
    /// changes the second.
    pub dissent: u8,
    /// The time since the last pulse that was used. It is 2⁶⁴ - 1 µs if there was none.
    pub age: Duration,
    /// The mean distance of a pulse from the line through the last 32.
    pub jitter: Duration,
    /// The largest error to expect of the time, within the second. It grows with the age.
    pub error: Duration,
}

/// A verdict on the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum State {
    /// There is no time: no pulse, or no sentence that names a second.
    Searching,
    /// There is a time. The second may be wrong, or the microseconds, since fewer than three
    /// sentences agree or fewer than eight pulses came.
    Tentative,
    /// The time is good, and pulses keep it so.
    Locked,
    /// The time was good when the last pulse came. It goes on by the local clock, at the rate
    /// that was measured.
    Holdover,
}

/// The effect of a pulse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pulse {
    /// The first pulse.
    First,
    /// The beginning of a second.
    Second {
        /// The number of seconds without a pulse in between.
        missed: u32,
    },
    /// A second pulse within a second. It is ignored.
    Extra,
    /// A pulse that is not where a second begins. It is ignored.
    Stray,
    /// The third consecutive stray pulse, where seconds begin from now on.
    NewPhase,
    /// A pulse while the receiver has no fix. It is ignored: receivers then pulse by their own
    /// oscillator.
    WithoutFix,
}

/// What came, and what was wrong with it. Each stops at `u32::MAX`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Counters {
    /// Pulses.
    pub pulses: u32,
    /// Seconds without a pulse, between pulses that were used.
    pub missed: u32,
    /// [`Pulse::Extra`].
    pub extra: u32,
    /// [`Pulse::Stray`].
    pub strays: u32,
    /// [`Pulse::NewPhase`].
    pub new_phases: u32,
    /// [`Pulse::WithoutFix`].
    pub without_fix: u32,
    /// Sentences that named a second.
    pub sentences: u32,
    /// Sentences that named another second than the pulses, and were overruled.
    pub overruled: u32,
    /// Changes of the second by sentences, without the first.
    pub renamed: u32,
}

impl Counters {
    pub(super) const NONE: Self = Self {
        pulses: 0,
        missed: 0,
        extra: 0,
        strays: 0,
        new_phases: 0,
        without_fix: 0,
        sentences: 0,
        overruled: 0,
        renamed: 0,
    };
}

/// The difference of two times at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Difference {
    /// How far the first is ahead of the second, in microseconds.
    pub micros: i64,
    /// The sum of both [errors](Lock::error), in microseconds.
    pub tolerance: u64,
}

impl Difference {
    /// Returns whether the times agree within their errors.
    pub const fn agrees(self) -> bool {
        self.micros.unsigned_abs() <= self.tolerance
    }
}
