//! Edges, with the time they happened.

use embedded_hal::digital::{InputPin, PinState};

use crate::Instant;

/// One change of a pin's level.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_traits::{Duration, Edge, Instant};
///
/// let (rise, fall) = (Instant::from_micros(1_000), Instant::from_micros(1_562));
/// let rise = Edge { at: rise, level: PinState::High, missed: 0 };
/// let fall = Edge { at: fall, level: PinState::Low, missed: 0 };
/// // A width is only known if nothing happened in between.
/// let width = (fall.missed == 0).then_some(fall.at - rise.at);
/// assert_eq!(width, Some(Duration::from_micros(562)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// When it happened, as exactly as [`TimeSource`] says.
    pub at: Instant,
    /// The level after it.
    pub level: PinState,
    /// How many edges between the one returned before and this one were lost,
    /// for lack of room in a queue. Levels of lost edges are unknown: two edges
    /// that follow one another may then have the same level.
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
pub enum TimeSource {
    /// Captured by a timer in hardware, or exact in virtual time.
    Hardware,
    /// Stamped by the operating system's interrupt handler.
    Kernel,
    /// Stamped by the firmware's interrupt handler.
    Interrupt,
    /// The time at which the task got to look: late by as long as the executor
    /// was busy. Pulses shorter than that are not seen, and not counted.
    Poll,
}

/// An input that reports its edges with the time they happened.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{Edge, EdgeInput, Instant};
///
/// let sim = Sim::new();
/// let echo = Wire::new(sim.clock(), PinState::Low);
/// let mut pin = echo.input();
/// let edge = sim.run(async {
///     pin.arm().unwrap(); // From here on no edge is lost,
///     echo.toggle_at(&[Instant::from_micros(580)]); // nor this one's time.
///     pin.edge().await.unwrap()
/// });
/// assert_eq!(edge, Edge { at: Instant::from_micros(580), level: PinState::High, missed: 0 });
/// ```
///
/// # For implementers
///
/// Queue edges from [`arm`](Self::arm) on, and count what does not fit in
/// [`Edge::missed`]. Times never go back.
///
/// # For driver authors
///
/// Where what you do next causes the edge (a trigger pulse, a conversion), call
/// `arm` first, then do it, then await [`edge`](Self::edge). The level of a pin
/// beats the memory of its edges: after a wait that ended otherwise, sample it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an input that reports edges",
    note = "a pin that has `embedded_hal_async::digital::Wait` becomes one by `PolledEdges`"
)]
pub trait EdgeInput: InputPin {
    /// Returns where the time of each [`Edge`] comes from.
    fn time_source(&self) -> TimeSource;

    /// Forgets the edges until now, and keeps those from now on.
    ///
    /// # Errors
    ///
    /// Whatever the pin reports. It may be armed again.
    fn arm(&mut self) -> Result<(), Self::Error>;

    /// Waits for the next edge since [`arm`](Self::arm), or since the edge
    /// returned last. Arms the pin if nobody has.
    ///
    /// # Errors
    ///
    /// Whatever the pin reports. It may be awaited again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the pin stays armed, and an edge is taken only in the poll
    /// that returns it.
    async fn edge(&mut self) -> Result<Edge, Self::Error>;
}

impl<P: EdgeInput + ?Sized> EdgeInput for &mut P {
    fn time_source(&self) -> TimeSource {
        P::time_source(self)
    }

    fn arm(&mut self) -> Result<(), Self::Error> {
        P::arm(self)
    }

    async fn edge(&mut self) -> Result<Edge, Self::Error> {
        P::edge(self).await
    }
}
