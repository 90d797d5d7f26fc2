//! How a position is counted, and how far.

use core::fmt;
use core::num::NonZeroU8;

/// How many quarter steps one count of the position takes.
///
/// A cycle of both lines has four. Motors are counted in one of the constants; a knob by how
/// many cycles, or parts of one, it turns from one detent to the next.
///
/// ```
/// use tickwire_drivers::encoder::Division;
///
/// assert_eq!(Division::default(), Division::X4);
/// // Most knobs, such as a KY-040, have a detent per cycle, and some have two.
/// assert_eq!(Division::detents_per_cycle(1), Some(Division::X1));
/// assert_eq!(Division::detents_per_cycle(2), Some(Division::X2));
/// assert_eq!(Division::detents_per_cycle(3), None);
/// // A knob with a detent every two cycles.
/// assert_eq!(Division::by(8).unwrap().quarter_steps(), 8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Division(u8);

/// The positions that an encoder may have.
///
/// ```
/// use tickwire_drivers::encoder::{EmptyRange, Range};
///
/// let volume = Range::clamped(0, 100)?;
/// let hour = Range::wrapping(0, 23)?;
/// assert_eq!(Range::clamped(5, 4), Err(EmptyRange));
/// # Ok::<_, EmptyRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Range {
    pub(super) min: i32,
    pub(super) max: i32,
    pub(super) wraps: bool,
}

/// The smallest position of a [`Range`] is above its largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct EmptyRange;

impl Division {
    /// Counts each quarter step: four per cycle.
    pub const X4: Self = Self(1);
    /// Counts twice per cycle.
    pub const X2: Self = Self(2);
    /// Counts each cycle.
    pub const X1: Self = Self(4);

    /// Counts each `quarter_steps`. Returns `None` for zero.
    pub const fn by(quarter_steps: u8) -> Option<Self> {
        match NonZeroU8::new(quarter_steps) {
            Some(steps) => Some(Self(steps.get())),
            None => None,
        }
    }

    /// Counts detents, of which there are 1, 2 or 4 per cycle. Returns `None` for any other
    /// number.
    pub const fn detents_per_cycle(detents: u8) -> Option<Self> {
        match detents {
            1 => Some(Self::X1),
            2 => Some(Self::X2),
            4 => Some(Self::X4),
            _ => None,
        }
    }

    /// Returns the number of quarter steps in one count.
    pub const fn quarter_steps(self) -> u8 {
        self.0
    }
}

impl Default for Division {
    /// [`X4`](Self::X4).
    fn default() -> Self {
        Self::X4
    }
}

impl Range {
    /// All numbers of 32 bits, without wrapping around.
    pub const FREE: Self = Self { min: i32::MIN, max: i32::MAX, wraps: false };

    /// From `min` to `max`, both included. At either end, the position stays when the knob is
    /// turned further. Turning it back moves the position at the next count.
    ///
    /// # Errors
    ///
    /// [`EmptyRange`] if `min` is above `max`.
    pub const fn clamped(min: i32, max: i32) -> Result<Self, EmptyRange> {
        if min > max { Err(EmptyRange) } else { Ok(Self { min, max, wraps: false }) }
    }

    /// From `min` to `max`, both included. After `max` comes `min`.
    ///
    /// # Errors
    ///
    /// [`EmptyRange`] if `min` is above `max`.
    pub const fn wrapping(min: i32, max: i32) -> Result<Self, EmptyRange> {
        if min > max { Err(EmptyRange) } else { Ok(Self { min, max, wraps: true }) }
    }
}

impl Default for Range {
    /// [`FREE`](Self::FREE).
    fn default() -> Self {
        Self::FREE
    }
}

impl fmt::Display for EmptyRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the smallest position is above the largest")
    }
}

impl core::error::Error for EmptyRange {}
