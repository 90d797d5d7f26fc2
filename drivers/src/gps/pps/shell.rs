//! The driver of a line with pulses.

use core::fmt;
use core::pin::pin;

use embedded_hal::digital::PinState;
use embedded_io_async::Read;
use futures_util::future::{Either, select};
use tickwire_traits::{Clock, Edge, Edges, TimeSource};

use super::super::{Decoder, Error, Gps, Update};
use super::{Pulse, Timekeeper};

/// A line with a receiver's pulses, and the time that they keep.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::gps::{Gps, pps::{Pps, State}};
/// use tickwire_sim::{Sim, Wire, models::gps};
/// use tickwire_traits::{Clock, Instant};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let wire = Wire::new(clock.clone(), PinState::Low);
/// let line = gps::Receiver::new(clock.clone(), gps::demo_log(60), 115_200);
/// let mut gps = Gps::new(line.with_pps(wire.clone()), clock.clone());
/// let mut pps = Pps::new(wire.input());
/// sim.run(async {
///     while pps.keeper().lock(clock.now()).state != State::Locked {
///         pps.event(&mut gps).await.unwrap();
///     }
/// });
/// let utc = pps.keeper().utc_at(Instant::from_micros(8_123_456)).unwrap();
/// assert_eq!(utc.to_string(), "2026-06-21T12:00:08.123456Z");
/// ```
///
/// A second begins with the rising edge, which is the default of most receivers.
///
/// # Other tasks
///
/// A [`Timekeeper`] is `Copy`. To answer other tasks, publish a copy after each event, for example
/// in a `Message` of tickwire-sync, or keep it in a `Cell`.
#[derive(Clone, Debug)]
pub struct Pps<E> {
    edges: E,
    begins: PinState,
    keeper: Timekeeper,
    lost: u32,
}

/// An event of a [`Pps`] and its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event {
    /// A pulse came.
    Pulse(Pulse),
    /// A sentence was read.
    Update(Update),
}

/// Why there is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum EventError<L, R> {
    /// The line of the pulses failed.
    Line(L),
    /// The receiver failed.
    Receiver(Error<R>),
}

impl<E: Edges<Line = ()>> Pps<E> {
    /// Creates a driver of a line.
    pub const fn new(edges: E) -> Self {
        Self { edges, begins: PinState::High, keeper: Timekeeper::new(), lost: 0 }
    }

    /// Sets the level at which a second begins. The default is high.
    pub fn with_level(mut self, begins: PinState) -> Self {
        self.begins = begins;
        self
    }

    /// Sets the state machine, with its settings.
    pub fn with_keeper(mut self, keeper: Timekeeper) -> Self {
        self.keeper = keeper;
        self
    }

    /// Returns the state machine, which answers for the time.
    pub const fn keeper(&self) -> &Timekeeper {
        &self.keeper
    }

    /// Returns the state machine, for sentences from elsewhere.
    pub const fn keeper_mut(&mut self) -> &mut Timekeeper {
        &mut self.keeper
    }

    /// Returns where the times of pulses come from.
    pub fn time_source(&self) -> TimeSource {
        self.edges.time_source()
    }

    /// Returns the number of edges that the source has lost.
    pub const fn lost_edges(&self) -> u32 {
        self.lost
    }

    /// Returns the source of edges.
    pub fn release(self) -> E {
        self.edges
    }

    /// Waits for the next pulse.
    ///
    /// Sentences have to be passed to [`keeper_mut`](Self::keeper_mut) meanwhile.
    ///
    /// # Errors
    ///
    /// Errors of the line. The driver may be used again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: an edge is used in the poll that returns it.
    pub async fn pulse(&mut self) -> Result<Pulse, E::Error> {
        loop {
            let edge = self.edges.edge().await?;
            // No await below: an edge that was taken is used.
            if let Some(pulse) = self.take(edge) {
                return Ok(pulse);
            }
        }
    }

    /// Waits for the next pulse, or the next sentence of the receiver.
    ///
    /// If both are there, the pulse is first.
    ///
    /// # Errors
    ///
    /// [`EventError::Line`] and [`EventError::Receiver`]. The driver may be used again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, if the reader's `read` is: a pulse or a sentence is used in the poll that
    /// returns it.
    pub async fn event<R: Read, T: Clock, const LINE: usize, D: Decoder>(
        &mut self,
        gps: &mut Gps<R, T, LINE, D>,
    ) -> Result<Event, EventError<E::Error, R::Error>> {
        loop {
            let next = match select(pin!(self.edges.edge()), pin!(gps.update())).await {
                Either::Left((edge, _)) => Either::Left(edge.map_err(EventError::Line)?),
                Either::Right((update, _)) => Either::Right(update.map_err(EventError::Receiver)?),
            };
            // No await below: what was taken is used.
            match next {
                Either::Left(edge) => {
                    if let Some(pulse) = self.take(edge) {
                        return Ok(Event::Pulse(pulse));
                    }
                }
                Either::Right(update) => {
                    self.keeper.update(&update, gps.fix());
                    return Ok(Event::Update(update));
                }
            }
        }
    }

    fn take(&mut self, edge: Edge) -> Option<Pulse> {
        self.lost = self.lost.saturating_add(edge.missed);
        (edge.level == self.begins).then(|| self.keeper.pulse(edge.at))
    }
}

impl<L: fmt::Display, R: fmt::Display> fmt::Display for EventError<L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(error) => write!(f, "the line of the pulses failed: {error}"),
            Self::Receiver(error) => error.fmt(f),
        }
    }
}

impl<L, R> core::error::Error for EventError<L, R>
where
    L: core::error::Error + 'static,
    R: core::error::Error + 'static,
{
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Line(error) => Some(error),
            Self::Receiver(error) => error.source(),
        }
    }
}
