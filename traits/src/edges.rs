//! Edges with timestamps.

use embedded_hal::digital::{ErrorType, InputPin, PinState};

use crate::Instant;

/// One change of a line's level.
///
/// `Line` identifies the line: `()` for a single pin, [`Side`] for two.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_traits::{Duration, Edge, Instant};
///
/// let (rise, fall) = (Instant::from_micros(1_000), Instant::from_micros(1_562));
/// let rise = Edge { line: (), at: rise, level: PinState::High, missed: 0 };
/// let fall = Edge { line: (), at: fall, level: PinState::Low, missed: 0 };
/// // The width is known only if no edge was missed in between.
/// let width = (fall.missed == 0).then_some(fall.at - rise.at);
/// assert_eq!(width, Some(Duration::from_micros(562)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Edge<Line = ()> {
    /// The line that changed.
    pub line: Line,
    /// When the edge happened, as precisely as [`TimeSource`] states.
    pub at: Instant,
    /// The level after the edge.
    pub level: PinState,
    /// The number of edges lost since the previous returned edge because a queue was
    /// full. Edges lost on all lines are counted together, and their levels are unknown:
    /// two edges in a row may have the same line and level.
    pub missed: u32,
}

/// The origin of an [`Edge`]'s timestamp, best first.
///
/// ```
/// use tickwire_traits::TimeSource;
///
/// // Precise enough for a remote control's 562 µs pulses?
/// let fits = |source| source <= TimeSource::Interrupt;
/// assert!(fits(TimeSource::Kernel) && !fits(TimeSource::Poll));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TimeSource {
    /// Captured by a hardware timer, or exact in virtual time.
    Hardware,
    /// Stamped by the operating system's interrupt handler.
    Kernel,
    /// Stamped by the firmware's interrupt handler.
    Interrupt,
    /// The time at which the task polled, late by as long as the executor was busy.
    /// Shorter pulses are neither seen nor counted.
    Poll,
}

/// One of [two lines](TwoLines), named like an encoder's channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Side {
    /// The first line.
    A,
    /// The second line.
    B,
}

/// A source of edges with timestamps, in one order.
///
/// A source may have any number of lines, and need not have a readable level: a pulse per
/// second from a kernel has none. [`EdgeInput`] adds the level of a pin, [`TwoLines`]
/// those of a pair.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{Edge, Edges, Instant};
///
/// let sim = Sim::new();
/// let echo = Wire::new(sim.clock(), PinState::Low);
/// let mut pin = echo.input();
/// let edge = sim.run(async {
///     pin.arm().unwrap(); // From here on, no edge is lost.
///     echo.toggle_at(&[Instant::from_micros(580)]);
///     pin.edge().await.unwrap()
/// });
/// let at = Instant::from_micros(580);
/// assert_eq!(edge, Edge { line: (), at, level: PinState::High, missed: 0 });
/// ```
///
/// # For implementers
///
/// Queue edges from [`arm`](Self::arm) on, and count those that do not fit in
/// [`Edge::missed`]. Return the edges of all lines in the order in which they happened.
/// Timestamps never decrease, even across lines.
///
/// # For driver authors
///
/// Take `Edges` if the edges are enough, as for pulses per second. If the next statement
/// causes the edge (a trigger pulse, a conversion), call `arm` first, then trigger it,
/// then await [`edge`](Self::edge).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not report edges",
    note = "a pin that has `embedded_hal_async::digital::Wait` does so by `PolledEdges`"
)]
pub trait Edges: ErrorType {
    /// The identity of an edge's line: `()` if there is only one.
    type Line: Copy;

    /// Returns where the time of each [`Edge`] comes from.
    fn time_source(&self) -> TimeSource;

    /// Discards past edges and queues those from now on.
    ///
    /// # Errors
    ///
    /// Any error of the source. It may be armed again.
    fn arm(&mut self) -> Result<(), Self::Error>;

    /// Waits for the next edge since [`arm`](Self::arm) or since the last returned edge.
    /// Arms the source if it is not armed.
    ///
    /// # Errors
    ///
    /// Any error of the source. It may be awaited again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the source stays armed, and an edge is consumed only in the poll that
    /// returns it.
    async fn edge(&mut self) -> Result<Edge<Self::Line>, Self::Error>;
}

/// A pin that reports edges and whose level can be read.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{EdgeInput, Instant};
///
/// /// Waits until the pin is high. Returns the time of the edge if one was seen.
/// async fn high<P: EdgeInput>(mut pin: P) -> Result<Option<Instant>, P::Error> {
///     pin.arm()?;
///     while pin.is_low()? {
///         let edge = pin.edge().await?;
///         if edge.level == PinState::High {
///             return Ok(Some(edge.at));
///         }
///     }
///     Ok(None)
/// }
///
/// let sim = Sim::new();
/// let wire = Wire::new(sim.clock(), PinState::Low);
/// wire.toggle_at(&[Instant::from_millis(3)]);
/// assert_eq!(sim.run(high(wire.input())), Ok(Some(Instant::from_millis(3))));
/// assert_eq!(sim.run(high(wire.input())), Ok(None));
/// ```
///
/// # For implementers
///
/// Implement [`Edges`] with `Line = ()`, and `InputPin`; a blanket impl provides this
/// trait. Both share the error of one `ErrorType`.
///
/// # For driver authors
///
/// The pin's level takes precedence over its past edges: read it after a wait that ended
/// otherwise.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an input that reports edges",
    note = "a pin that has `embedded_hal_async::digital::Wait` becomes one by `PolledEdges`"
)]
pub trait EdgeInput: Edges<Line = ()> + InputPin {}

impl<P: Edges<Line = ()> + InputPin + ?Sized> EdgeInput for P {}

/// Two lines whose edges come in one order and whose levels are read together: an
/// encoder, or a clock and its data.
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_sim::{InputPair, Sim, Wire};
/// use tickwire_traits::{Edges, Instant, Side, TwoLines};
///
/// let sim = Sim::new();
/// let (a, b) = (Wire::new(sim.clock(), High), Wire::new(sim.clock(), High));
/// a.toggle_at(&[1, 5].map(Instant::from_millis));
/// b.toggle_at(&[3, 7].map(Instant::from_millis));
/// let mut lines = InputPair::new(&a, &b);
/// sim.run(async {
///     for side in [Side::A, Side::B] {
///         assert_eq!(lines.edge().await.unwrap().line, side);
///     }
///     assert_eq!(lines.levels(), Ok((Low, Low)));
/// });
/// ```
///
/// # For implementers
///
/// A single queue for both lines is simplest. Two queues must be merged by time, and an
/// edge may not be returned while the other line may still deliver an earlier one.
///
/// # For driver authors
///
/// After [missed](Edge::missed) edges the lines may be in any state. To start over, call
/// [`arm`](Edges::arm), then [`levels`](Self::levels): an edge between the two calls is
/// already included in the levels, and is also returned.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not report the edges of two lines in one order",
    note = "two inputs that each report their own edges become one by \
            `tickwire_drivers::encoder::InOrder`"
)]
pub trait TwoLines: Edges<Line = Side> {
    /// Returns the current levels of both lines, sampled at the same moment, [`Side::A`]
    /// first.
    ///
    /// # Errors
    ///
    /// Any error of the lines. They may be read again.
    fn levels(&mut self) -> Result<(PinState, PinState), Self::Error>;
}

impl<E: Edges + ?Sized> Edges for &mut E {
    type Line = E::Line;

    fn time_source(&self) -> TimeSource {
        E::time_source(self)
    }

    fn arm(&mut self) -> Result<(), Self::Error> {
        E::arm(self)
    }

    async fn edge(&mut self) -> Result<Edge<Self::Line>, Self::Error> {
        E::edge(self).await
    }
}

impl<L: TwoLines + ?Sized> TwoLines for &mut L {
    fn levels(&mut self) -> Result<(PinState, PinState), Self::Error> {
        L::levels(self)
    }
}
