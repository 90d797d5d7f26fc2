//! Positions, counted from quarter steps.

use tickwire_traits::{Duration, Instant};

use super::{Curve, Division, Range};
use crate::span::Span;

/// A net change of the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Turn {
    /// The position after it.
    pub position: i32,
    /// How far the position has moved since the last report; not zero. Also across the ends
    /// of a range that [wraps around](Range::wrapping), and only as far as the position
    /// follows the knob at the end of a range that does not.
    pub delta: i32,
    /// The time of the edge; with an [interval](super::Encoder::with_interval) between
    /// reports, the time of the report.
    pub at: Instant,
}

/// A position with its reports. Pure: takes quarter steps and times, returns turns.
///
/// The position moves once the knob is more than half of a [`Division`] away from it. So
/// each count takes equally many steps, in either direction and below zero as above, and a
/// contact that bounces half way does not move the position back and forth.
///
/// ```
/// use tickwire_drivers::encoder::{Division, Position};
/// use tickwire_traits::Instant;
///
/// let mut position = Position::new();
/// position.set_division(Division::X1);
/// let moves = [1, 1, 1, -1, 1, 1].map(|step| {
///     position.advance(step);
///     position.turn(Instant::EPOCH).map(|turn| turn.delta)
/// });
/// assert_eq!(moves, [None, None, Some(1), None, None, None]);
/// ```
#[derive(Clone, Debug)]
pub struct Position {
    /// The earliest time of the next report.
    due: Instant,
    value: i32,
    /// A [`Range`], without its padding.
    min: i32,
    max: i32,
    wraps: bool,
    /// The moves that have not been reported.
    owed: i32,
    interval: Span,
    /// How many quarter steps the knob is above the position: up to half of the division.
    above: i16,
    division: Division,
}

impl Position {
    /// Creates a position of zero that counts quarter steps, without limits.
    pub const fn new() -> Self {
        Self {
            due: Instant::EPOCH,
            value: 0,
            min: i32::MIN,
            max: i32::MAX,
            wraps: false,
            owed: 0,
            interval: Span::ZERO,
            above: 0,
            division: Division::X4,
        }
    }

    /// Sets how many quarter steps a count takes. The knob is taken to be at a detent.
    pub const fn set_division(&mut self, division: Division) {
        self.division = division;
        self.above = 0;
    }

    /// Sets the range. A position outside moves to the nearest end, which is not reported.
    pub const fn set_range(&mut self, range: Range) {
        (self.min, self.max, self.wraps) = (range.min, range.max, range.wraps);
        self.value = self.nearest(self.value);
    }

    /// Sets the shortest time between two reports. More than an hour is reduced to an hour.
    pub const fn set_interval(&mut self, interval: Duration) {
        self.interval = Span::new(interval);
    }

    /// Moves to `position`, or to the nearest end of the range. Discards what has not been
    /// reported.
    pub const fn set(&mut self, position: i32) {
        self.value = self.nearest(position);
        self.owed = 0;
    }

    /// Returns `position`, or the end that it is beyond.
    const fn nearest(&self, position: i32) -> i32 {
        if position < self.min {
            self.min
        } else if position > self.max {
            self.max
        } else {
            position
        }
    }

    /// Returns the position.
    pub const fn get(&self) -> i32 {
        self.value
    }

    /// Returns whether reports have an interval.
    #[inline]
    pub const fn is_paced(&self) -> bool {
        !self.interval.is_zero()
    }

    /// Records quarter steps, upward if positive.
    #[inline]
    pub const fn advance(&mut self, steps: i8) {
        // Neither exceeds 8 bits.
        self.above += steps as i16;
        while let Some(is_up) = self.count() {
            self.move_by_one(is_up);
        }
    }

    /// Records quarter steps at a time. Each count moves as far as `curve` returns.
    #[inline]
    pub fn advance_along(&mut self, curve: &mut impl Curve, steps: i8, at: Instant) {
        self.above += i16::from(steps);
        while let Some(is_up) = self.count() {
            // One by one: each may be the last before an end.
            for _ in 0..curve.positions(is_up, at) {
                self.move_by_one(is_up);
            }
        }
    }

    /// Takes a count from the quarter steps, if there is one. Returns its direction.
    #[inline]
    const fn count(&mut self) -> Option<bool> {
        let division = self.division.quarter_steps() as i16;
        if self.above > division / 2 {
            self.above -= division;
            Some(true)
        } else if self.above < -(division / 2) {
            self.above += division;
            Some(false)
        } else {
            None
        }
    }

    #[inline]
    const fn move_by_one(&mut self, is_up: bool) {
        let (one, end, other_end) =
            if is_up { (1, self.max, self.min) } else { (-1, self.min, self.max) };
        if self.value != end {
            self.value += one;
        } else if self.wraps {
            self.value = other_end;
        } else {
            return;
        }
        self.owed = self.owed.saturating_add(one);
    }

    /// Returns when to call [`turn`](Self::turn): `None` while there is nothing to report.
    #[inline]
    pub fn deadline(&self) -> Option<Instant> {
        (self.owed != 0).then_some(self.due)
    }

    /// Returns the moves since the last report, if there are any and the interval is over.
    #[inline]
    pub fn turn(&mut self, now: Instant) -> Option<Turn> {
        if now < self.deadline()? {
            return None;
        }
        if self.is_paced() {
            self.due = self.interval.after(now);
        }
        let delta = core::mem::take(&mut self.owed);
        Some(Turn { position: self.value, delta, at: now })
    }
}

impl Default for Position {
    fn default() -> Self {
        Self::new()
    }
}
