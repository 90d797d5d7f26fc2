//! Incremental encoders: knobs, and wheels of motors.
//!
//! An [`Encoder`] takes any [`TwoLines`]: the edges of both lines, in one order.
//!
//! | source | of |
//! | --- | --- |
//! | `tickwire_exec_std::gpio::InputPair` | two lines of a Linux board |
//! | `tickwire_sync::IrqEdges` with `Side` as its line | two pins of a microcontroller, watched by tasks of an interrupt executor |
//! | `tickwire_sim::InputPair` | two wires in virtual time |
//! | [`InOrder`] | two inputs with queues of their own, or with `Wait` alone |
//!
//! A knob that can be pressed is an encoder and a [`Button`](crate::button::Button):
//!
//! ```
//! use embedded_hal::digital::PinState::High;
//! use tickwire_drivers::button::{Button, Event, Gesture};
//! use tickwire_drivers::encoder::{Division, Encoder, Turn};
//! use tickwire_drivers::switch::Switch;
//! use tickwire_sim::{InputPair, Sim, Wire, models::knob};
//! use tickwire_traits::{Duration, EdgeInput, Either, TimerQueue, TwoLines, race};
//!
//! struct Knob<L, P, T> {
//!     dial: Encoder<L, T>,
//!     push: Button<Switch<P, T>>,
//! }
//!
//! impl<E, L: TwoLines<Error = E>, P: EdgeInput<Error = E>, T: TimerQueue> Knob<L, P, T> {
//!     async fn next(&mut self) -> Result<Either<Turn, Gesture>, E> {
//!         // Neither loses anything if the other one is first.
//!         match race(self.dial.turn(), self.push.gesture()).await {
//!             Either::First(turn) => turn.map(Either::First),
//!             Either::Second(gesture) => gesture.map(Either::Second),
//!         }
//!     }
//! }
//!
//! let sim = Sim::new();
//! let [a, b, push] = &[(); 3].map(|()| Wire::new(sim.clock(), High));
//! let dial = Encoder::new(InputPair::new(a, b), sim.clock()).with_division(Division::X1);
//! let mut knob = Knob { dial, push: Button::new(push.input(), sim.clock()) };
//! let mut hand = knob::Knob::new(sim.clock(), [a, b, push]);
//! hand.turn(1, Duration::from_millis(80));
//! hand.push(Duration::from_millis(60));
//! sim.run(async {
//!     assert!(matches!(knob.next().await, Ok(Either::First(Turn { position: 1, .. }))));
//!     assert!(matches!(knob.next().await, Ok(Either::Second(Gesture { event: Event::Press, .. }))));
//! });
//! ```

mod acceleration;
mod in_order;
mod position;
mod quadrature;
mod settings;

use futures_util::stream::unfold;
use futures_util::{FutureExt, Stream};
use tickwire_traits::{Duration, Edge, Instant, Side, Timer, TimerQueue, TwoLines};

pub use acceleration::{Acceleration, Curve};
pub use in_order::InOrder;
pub use position::{Position, Turn};
pub use quadrature::Quadrature;
pub use settings::{Division, EmptyRange, Range};

/// An incremental encoder on two lines.
///
/// ```
/// use embedded_hal::digital::PinState::High;
/// use tickwire_drivers::encoder::{Division, Encoder};
/// use tickwire_sim::{InputPair, Sim, Wire};
/// use tickwire_traits::{Duration, Instant};
///
/// let sim = Sim::new();
/// let (a, b) = (Wire::new(sim.clock(), High), Wire::new(sim.clock(), High));
/// a.play("-__--_-__--", Duration::from_millis(5)).unwrap();
/// b.play("--__----__-", Duration::from_millis(5)).unwrap();
///
/// // A detent per cycle.
/// let mut knob = Encoder::new(InputPair::new(&a, &b), sim.clock()).with_division(Division::X1);
/// let turn = sim.run(knob.turn()).unwrap();
/// assert_eq!((turn.position, turn.delta, turn.at), (1, 1, Instant::from_millis(15)));
/// // At 25 ms, a contact bounces.
/// let turn = sim.run(knob.turn()).unwrap();
/// assert_eq!((turn.position, turn.delta, turn.at), (2, 1, Instant::from_millis(45)));
/// assert_eq!(knob.illegal(), 0);
/// ```
///
/// Up is the turn in which A falls while B is high: clockwise for an EC11. To reverse the
/// direction, exchange the lines. [`Quadrature`] lists the transitions that are up, down and
/// illegal. [`Position`] describes when the position moves; the [`Curve`] `C` decides how far.
#[derive(Debug)]
pub struct Encoder<L, T, C = ()> {
    lines: L,
    clock: T,
    quadrature: Quadrature,
    position: Position,
    curve: C,
}

/// How many edges [`Encoder::read`] takes in.
const EDGES_PER_READ: usize = 256;

impl<L: TwoLines, T: TimerQueue> Encoder<L, T> {
    /// Creates an encoder at position 0 that counts quarter steps, without limits, and reports
    /// each.
    ///
    /// Edges before the first call of [`turn`](Self::turn), [`read`](Self::read) or
    /// [`arm`](Self::arm) are not seen.
    pub const fn new(lines: L, clock: T) -> Self {
        Self { lines, clock, quadrature: Quadrature::new(), position: Position::new(), curve: () }
    }
}

impl<L: TwoLines, T: TimerQueue, C: Curve> Encoder<L, T, C> {
    /// Sets how many quarter steps a count takes. A knob has to be at a detent when the lines are
    /// armed: at [`arm`](Self::arm), or at the first [`turn`](Self::turn).
    pub const fn with_division(mut self, division: Division) -> Self {
        self.position.set_division(division);
        self
    }

    /// Sets the range of positions. A position outside moves to the nearest end.
    pub const fn with_range(mut self, range: Range) -> Self {
        self.position.set_range(range);
        self
    }

    /// Sets the shortest time between two reports: moves in between are reported as one net
    /// change, or not at all if they cancel out. Zero, the default, reports each move.
    ///
    /// The first move after a pause is reported at once. Values over an hour are reduced to
    /// an hour.
    ///
    /// ```
    /// use embedded_hal::digital::PinState::High;
    /// use tickwire_drivers::encoder::Encoder;
    /// use tickwire_sim::{InputPair, Sim, Wire, models::knob::Knob};
    /// use tickwire_traits::Duration;
    ///
    /// let sim = Sim::new();
    /// let [a, b, push] = &[(); 3].map(|()| Wire::new(sim.clock(), High));
    /// let mut encoder = Encoder::new(InputPair::new(a, b), sim.clock())
    ///     .with_interval(Duration::from_millis(100));
    /// Knob::new(sim.clock(), [a, b, push]).turn(3, Duration::from_millis(20));
    /// assert_eq!(sim.run(encoder.turn()).unwrap().delta, 1);
    /// assert_eq!(sim.run(encoder.turn()).unwrap().delta, 11); // 100 ms later.
    /// ```
    pub const fn with_interval(mut self, interval: Duration) -> Self {
        self.position.set_interval(interval);
        self
    }

    /// Returns the lines and the clock.
    pub fn release(self) -> (L, T) {
        (self.lines, self.clock)
    }

    /// Returns the position, including moves that have not been reported. Edges since the last
    /// call of [`turn`](Self::turn) or [`read`](Self::read) are not included.
    pub const fn position(&self) -> i32 {
        self.position.get()
    }

    /// Moves the position, within the range. Moves that have not been reported are discarded;
    /// this one is not reported.
    pub const fn set_position(&mut self, position: i32) {
        self.position.set(position);
    }

    /// Returns the number of illegal transitions, up to 65 535: lines that are noisy, or edges
    /// that were lost. [`Quadrature`] lists them.
    pub const fn illegal(&self) -> u16 {
        self.quadrature.illegal()
    }

    /// Returns how many edges the source has missed, or could not put in order, up to 65 535.
    /// The position is off by at most these edges, and two for each gap in which they were.
    pub const fn missed_edges(&self) -> u16 {
        self.quadrature.missed()
    }

    /// Arms the lines and discards past edges. Levels that have changed meanwhile are a move.
    ///
    /// The first [`turn`](Self::turn) or [`read`](Self::read) arms lines that are not armed. Call
    /// this earlier if edges before that call have to count.
    ///
    /// # Errors
    ///
    /// Any error of the lines. They may be armed again.
    pub fn arm(&mut self) -> Result<(), L::Error> {
        self.lines.arm()?;
        self.quadrature.forget();
        self.look()
    }

    /// Takes in the edges up to now, without waiting, and returns the position.
    ///
    /// For a control loop that reads a motor's position at its own times. A later
    /// [`turn`](Self::turn) reports the moves as one net change. One call takes in 256 edges
    /// at most.
    ///
    /// # Errors
    ///
    /// Any error of the lines. They may be read again.
    ///
    /// ```
    /// use embedded_hal::digital::PinState::High;
    /// use tickwire_drivers::encoder::Encoder;
    /// use tickwire_sim::{InputPair, Sim, Wire, models::knob::Knob};
    /// use tickwire_traits::{Duration, Timer};
    ///
    /// let sim = Sim::new();
    /// let [a, b, push] = &[(); 3].map(|()| Wire::new(sim.clock(), High));
    /// let mut wheel = Encoder::new(InputPair::new(a, b), sim.clock());
    /// wheel.arm().unwrap();
    /// Knob::new(sim.clock(), [a, b, push]).turn_quarters(-12, Duration::from_millis(1));
    /// sim.run(sim.clock().sleep(Duration::from_millis(10)));
    /// assert_eq!(wheel.read(), Ok(-10));
    /// ```
    pub fn read(&mut self) -> Result<i32, L::Error> {
        for _ in 0..EDGES_PER_READ {
            let Some(edge) = self.lines.edge().now_or_never() else {
                self.look()?;
                break;
            };
            self.count(edge?);
        }
        Ok(self.position())
    }

    /// Waits for the next change of the position.
    ///
    /// # Errors
    ///
    /// Errors of the lines. The encoder may be used again; edges meanwhile are not lost if the
    /// source keeps them.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: an edge is counted in the poll that takes it, and a change is recorded as
    /// reported in the poll that returns it.
    pub async fn turn(&mut self) -> Result<Turn, L::Error> {
        loop {
            // If there are no more edges, it is time to look.
            let due = if self.quadrature.is_unsure() {
                Instant::EPOCH
            } else {
                self.position.deadline().unwrap_or(Instant::MAX)
            };
            // Edges first, even if a report is due: it then includes them.
            let edge = self.clock.timeout_at(due, self.lines.edge()).await;
            // No await below: an edge is counted in the poll that takes it.
            let at = match edge {
                Ok(edge) => {
                    let edge = edge?;
                    self.count(edge);
                    if self.position.is_paced() {
                        continue;
                    }
                    edge.at
                }
                Err(_) => {
                    self.look()?;
                    self.clock.now()
                }
            };
            if let Some(turn) = self.position.turn(at) {
                return Ok(turn);
            }
        }
    }

    /// Returns a stream of the changes. The stream never ends.
    ///
    /// # Cancel safety
    ///
    /// As for [`turn`](Self::turn): dropping the stream loses nothing.
    pub fn turns(&mut self) -> impl Stream<Item = Result<Turn, L::Error>> {
        unfold(self, async |encoder| Some((encoder.turn().await, encoder)))
    }

    fn count(&mut self, edge: Edge<Side>) {
        let steps = self.quadrature.edge(edge);
        self.position.advance_along(&mut self.curve, steps, edge.at);
    }

    /// Reads the levels if the edges do not tell them.
    fn look(&mut self) -> Result<(), L::Error> {
        if self.quadrature.is_unsure() {
            let (a, b) = self.lines.levels()?;
            let steps = self.quadrature.look(a, b);
            self.position.advance_along(&mut self.curve, steps, self.clock.now());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
