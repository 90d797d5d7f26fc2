//! How far a count moves the position.

use tickwire_traits::{Duration, Instant};

use super::Encoder;
use crate::span::Span;

/// The number of positions by which a count moves. Pure: takes directions and times.
///
/// `()` moves by one. [`Acceleration`] moves further if the knob is turned fast. Implement the
/// trait for any other curve.
pub trait Curve {
    /// Records a count at a time, and returns by how many positions it moves: none if zero.
    fn positions(&mut self, is_up: bool, at: Instant) -> u8;
}

impl Curve for () {
    #[inline(always)]
    fn positions(&mut self, _: bool, _: Instant) -> u8 {
        1
    }
}

/// Moves in proportion to the speed: a few detents for a near position, and a quick turn for a far
/// one.
///
/// A count moves by one if it comes `slow` after the one before it, or later; by two if it comes
/// after half of that, by three after a third, and so on up to `most`. The first count in another
/// direction moves by one. A count at the time of the one before it moves as far as that one.
///
/// The times are those of the edges. On inputs
/// [without timestamps](tickwire_traits::TimeSource::Poll), edges that a late task finds together
/// have nearly equal times, and count as a fast turn.
///
/// ```
/// use tickwire_drivers::encoder::{Acceleration, Curve};
/// use tickwire_traits::{Duration, Instant};
///
/// let mut curve = Acceleration::new(Duration::from_millis(100), 5);
/// let moves = [0, 300, 400, 450, 480, 490, 500].map(|millis| {
///     curve.positions(true, Instant::from_millis(millis))
/// });
/// assert_eq!(moves, [1, 1, 1, 2, 3, 5, 5]);
/// assert_eq!(curve.positions(false, Instant::from_millis(510)), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Acceleration {
    /// The time of the last count.
    last: Instant,
    slow: Span,
    most: u8,
    /// By how many positions the last count moved: zero before the first.
    positions: u8,
    was_up: bool,
}

impl Acceleration {
    /// Creates an acceleration that moves by one where counts are `slow` apart, by two where they
    /// are half of that apart, and by `most` at the highest speed. A `slow` of more than an hour
    /// is reduced to an hour; a `most` of 0 is taken as 1.
    pub const fn new(slow: Duration, most: u8) -> Self {
        let most = if most == 0 { 1 } else { most };
        Self { last: Instant::EPOCH, slow: Span::new(slow), most, positions: 0, was_up: false }
    }

    fn of(&self, since: Duration) -> u8 {
        let mut positions = 1;
        // A division would be longer on a processor that has none.
        while positions < self.most && self.slow.is_at_least(since * u32::from(positions + 1)) {
            positions += 1;
        }
        positions
    }
}

impl Curve for Acceleration {
    fn positions(&mut self, is_up: bool, at: Instant) -> u8 {
        let since = at - self.last;
        let is_first = self.positions == 0;
        if is_first || is_up != self.was_up {
            self.positions = 1;
        } else if since > Duration::ZERO {
            self.positions = self.of(since);
        }
        (self.last, self.was_up) = (at, is_up);
        self.positions
    }
}

impl<L, T> Encoder<L, T> {
    /// Sets how far counts move the position: [`Acceleration`], or your own [`Curve`].
    ///
    /// The position never passes the ends of its range, and a
    /// [`Turn`](super::Turn) tells how far it has moved.
    ///
    /// ```
    /// use embedded_hal::digital::PinState::High;
    /// use tickwire_drivers::encoder::{Acceleration, Division, Encoder, Range};
    /// use tickwire_sim::models::knob::Knob;
    /// use tickwire_sim::{InputPair, Sim, Wire};
    /// use tickwire_traits::{Duration, Timer};
    ///
    /// let sim = Sim::new();
    /// let [a, b, push] = &[(); 3].map(|()| Wire::new(sim.clock(), High));
    /// let mut volume = Encoder::new(InputPair::new(a, b), sim.clock())
    ///     .with_division(Division::X1)
    ///     .with_range(Range::clamped(0, 100).unwrap())
    ///     .with_acceleration(Acceleration::new(Duration::from_millis(100), 10));
    /// volume.arm().unwrap();
    /// let mut knob = Knob::new(sim.clock(), [a, b, push]);
    /// knob.turn(2, Duration::from_millis(120));
    /// knob.turn(9, Duration::from_millis(20));
    /// sim.run(sim.clock().sleep_until(knob.still_at()));
    /// // The third count comes 57.5 ms after the second one, and the others after 20 ms each.
    /// assert_eq!(volume.read(), Ok(2 + 1 + 8 * 5));
    /// ```
    pub fn with_acceleration<C: Curve>(self, curve: C) -> Encoder<L, T, C> {
        let Self { lines, clock, quadrature, position, curve: () } = self;
        Encoder { lines, clock, quadrature, position, curve }
    }
}
