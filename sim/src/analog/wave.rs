//! A value as a function of time.

use std::collections::VecDeque;

use tickwire_traits::Instant;

/// Straight lines between points. After the last point, the value stays.
#[derive(Debug)]
pub(super) struct Wave {
    /// The last point that has been passed.
    from: (Instant, u32),
    /// The points ahead, by time.
    points: VecDeque<(Instant, u32)>,
}

impl Wave {
    pub(super) fn new(now: Instant) -> Self {
        Self { from: (now, 0), points: VecDeque::new() }
    }

    pub(super) fn value(&mut self, now: Instant) -> u32 {
        while let Some(point) = self.points.front().copied()
            && point.0 <= now
        {
            self.from = point;
            self.points.pop_front();
        }
        let (start, from) = self.from;
        let Some((end, to)) = self.points.front().copied() else { return from };
        let (passed, whole) = (now.since(start).as_micros(), end.since(start).as_micros());
        let rise = i128::from(to) - i128::from(from);
        // Between two `u32`. The line is not over, so `whole` is not zero.
        (i128::from(from) + rise * i128::from(passed) / i128::from(whole)) as u32
    }

    /// Holds a value from now on, without the points ahead.
    pub(super) fn hold(&mut self, now: Instant, value: u32) {
        *self = Self { from: (now, value), points: VecDeque::new() };
    }

    /// Adds a line from the end, or from now if that is later.
    pub(super) fn line(&mut self, now: Instant, at: Instant, value: u32) {
        let end = self.end(now);
        self.points.push_back((at.max(end.0), value));
    }

    /// Adds a step.
    pub(super) fn step(&mut self, now: Instant, at: Instant, value: u32) {
        let end = self.end(now);
        let at = at.max(end.0);
        self.points.extend([(at, end.1), (at, value)]);
    }

    fn end(&mut self, now: Instant) -> (Instant, u32) {
        let value = self.value(now);
        if self.points.is_empty() {
            self.from = (now, value);
        }
        self.points.back().copied().unwrap_or(self.from)
    }
}
