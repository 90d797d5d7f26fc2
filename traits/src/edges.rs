//! Edges, with the time they happened.

use embedded_hal::digital::{ErrorType, InputPin, PinState};

use crate::Instant;

/// One change of a line's level.
///
/// `Line` says which line it was: nothing for a single pin, a [`Side`] for two.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_traits::{Duration, Edge, Instant};
///
/// let (rise, fall) = (Instant::from_micros(1_000), Instant::from_micros(1_562));
/// let rise = Edge { line: (), at: rise, level: PinState::High, missed: 0 };
/// let fall = Edge { line: (), at: fall, level: PinState::Low, missed: 0 };
/// // A width is only known if nothing happened in between.
/// let width = (fall.missed == 0).then_some(fall.at - rise.at);
/// assert_eq!(width, Some(Duration::from_micros(562)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Edge<Line = ()> {
    /// The line that changed.
    pub line: Line,
    /// When it happened, as exactly as [`TimeSource`] says.
    pub at: Instant,
    /// The level after it.
    pub level: PinState,
    /// How many edges between the one returned before and this one were lost, for lack
    /// of room in a queue. Lost edges of all lines are counted together, and their
    /// levels are unknown: two edges in a row may have the same line and level.
    pub missed: u32,
}

/// Where the time of an [`Edge`] comes from, best first.
///
/// ```
/// use tickwire_traits::TimeSource;
///
/// // Good enough for a remote control's pulses of 562 µs?
/// let fits = |source| source <= TimeSource::Interrupt;
/// assert!(fits(TimeSource::Kernel) && !fits(TimeSource::Poll));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TimeSource {
    /// Captured by a timer in hardware, or exact in virtual time.
    Hardware,
    /// Stamped by the operating system's interrupt handler.
    Kernel,
    /// Stamped by the firmware's interrupt handler.
    Interrupt,
    /// The time at which the task polled: late by as long as the executor was busy.
    /// Pulses shorter than that are not seen, and not counted.
    Poll,
}

/// One of [two lines](TwoLines), named as the channels of an encoder are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Side {
    /// The first line.
    A,
    /// The second line.
    B,
}

/// A source of edges with the time they happened, in one order.
///
/// It may have any number of lines, and need not have a level that can be read: a pulse
/// per second from a kernel has none. [`EdgeInput`] adds the level of a pin,
/// [`TwoLines`] those of a pair.
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
///     pin.arm().unwrap(); // From here on no edge is lost,
///     echo.toggle_at(&[Instant::from_micros(580)]); // nor this one's time.
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
/// Times never go back, from one line to another neither.
///
/// # For driver authors
///
/// Take `Edges` if the edges are enough, as for pulses per second. Where the next
/// statement causes the edge (a trigger pulse, a conversion), call `arm` first, then do
/// it, then await [`edge`](Self::edge).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not report edges",
    note = "a pin that has `embedded_hal_async::digital::Wait` does so by `PolledEdges`"
)]
pub trait Edges: ErrorType {
    /// Which line an edge was on: `()` if there is one.
    type Line: Copy;

    /// Returns where the time of each [`Edge`] comes from.
    fn time_source(&self) -> TimeSource;

    /// Forgets the edges until now, and keeps those from now on.
    ///
    /// # Errors
    ///
    /// Whatever the source reports. It may be armed again.
    fn arm(&mut self) -> Result<(), Self::Error>;

    /// Waits for the next edge since [`arm`](Self::arm), or since the edge returned
    /// last. Arms the source if it is not armed.
    ///
    /// # Errors
    ///
    /// Whatever the source reports. It may be awaited again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the source stays armed, and an edge is taken only in the poll that
    /// returns it.
    async fn edge(&mut self) -> Result<Edge<Self::Line>, Self::Error>;
}

/// A pin that reports its edges, and whose level can be read.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{EdgeInput, Instant};
///
/// /// Waits until the pin is high. Returns since when, if that was seen.
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
/// Implement [`Edges`] with `Line = ()`, and `InputPin`; this trait comes with them.
/// Both have the error of one `ErrorType`.
///
/// # For driver authors
///
/// The level of a pin beats the memory of its edges: after a wait that ended otherwise,
/// read it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an input that reports edges",
    note = "a pin that has `embedded_hal_async::digital::Wait` becomes one by `PolledEdges`"
)]
pub trait EdgeInput: Edges<Line = ()> + InputPin {}

impl<P: Edges<Line = ()> + InputPin + ?Sized> EdgeInput for P {}

/// Two lines whose edges come in one order, and whose levels can be read at once: an
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
/// One queue for both lines is simplest: two queues have to be merged by time, and an
/// edge may not be returned while an earlier one of the other line may still come.
///
/// # For driver authors
///
/// After edges were [missed](Edge::missed) the lines may be in any state. To start over,
/// call [`arm`](Edges::arm), then [`levels`](Self::levels): an edge that comes between
/// the two is in the levels already, and is returned as well.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not report the edges of two lines in one order",
    note = "two pins of which each reports its own edges have no common order"
)]
pub trait TwoLines: Edges<Line = Side> {
    /// Returns the present levels of both lines, [`Side::A`] first, as they were at one
    /// moment.
    ///
    /// # Errors
    ///
    /// Whatever the lines report. They may be read again.
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
