//! Infrared remote controls that use NEC's protocol: a receiver, also of Samsung's and Apple's
//! variants, and a transmitter.
//!
//! A receiver module such as the TSOP38238 removes the carrier: its output is low while it sees
//! modulated light (a mark), and high otherwise (a space). A frame is a mark of 9 ms, a space of
//! 4.5 ms, 32 bits and a last mark. A bit is a mark of 562.5 µs, then a space of 562.5 µs for a
//! 0, or 1687.5 µs for a 1. A key that is held sends a repeat every 108 ms: 9 ms, a space of
//! 2.25 ms and a last mark.

mod carrier;
mod counters;
mod decoder;
mod frame;
mod held;
mod modulator;
mod phase;
mod signal;
mod transmitter;

use futures_util::Stream;
use futures_util::stream::unfold;
use tickwire_traits::{Edges, Instant, Timer, TimerQueue};

pub use carrier::{Carrier, PinCarrier, PwmCarrier};
pub use counters::Counters;
pub use decoder::Decoder;
pub use frame::{Addressing, Error, Frame, Repeat};
pub use modulator::{Modulator, Pulse};
pub use signal::{Event, Signal};
pub use transmitter::Transmitter;

/// A receiver of a remote control's signals.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::nec::{Event, Frame, Nec};
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::Instant;
///
/// let sim = Sim::new();
/// let output = Wire::new(sim.clock(), PinState::High); // Of a TSOP38238.
/// let (mark, zero, one) = (562, 563, 1_688);
/// let mut at = 20_000;
/// let mut edges = vec![at];
/// let bits = (0..32).map(|n| if 0xFE01_BF40_u32 >> n & 1 == 1 { one } else { zero });
/// for span in [9_000, 4_500].into_iter().chain(bits.flat_map(|space| [mark, space])).chain([mark]) {
///     at += span;
///     edges.push(at);
/// }
/// let edges: Vec<_> = edges.into_iter().map(Instant::from_micros).collect();
/// output.toggle_at(&edges);
///
/// let mut nec = Nec::new(output.input(), sim.clock());
/// let signal = sim.run(nec.signal()).unwrap();
/// assert_eq!(signal.event, Event::Frame(Frame::new(0x40, 0x01)));
/// assert_eq!(signal.at, edges[67]); // As soon as it is complete.
/// ```
///
/// The source is any [`Edges`] of one line. Its times have to be right within some 200 µs, as
/// those of `IrqEdges` and of a Linux kernel are. Those of
/// [`PolledEdges`](tickwire_traits::PolledEdges) are so only if the executor is never busy for
/// longer than that. If the times come with the edges, the task may be late.
///
/// Between signals the driver waits for an edge alone, without a deadline.
#[derive(Debug)]
pub struct Nec<P, T> {
    edges: P,
    clock: T,
    decoder: Decoder,
}

impl<P: Edges<Line = ()>, T: TimerQueue> Nec<P, T> {
    /// Creates a receiver of standard addresses.
    ///
    /// Edges before the first call are not seen, unless the source was
    /// [armed](Edges::arm) before.
    pub const fn new(edges: P, clock: T) -> Self {
        Self { edges, clock, decoder: Decoder::new() }
    }

    /// Sets the addresses that are accepted.
    ///
    /// ```
    /// use embedded_hal::digital::PinState;
    /// use tickwire_drivers::nec::{Addressing, Nec};
    /// use tickwire_sim::{Sim, Wire};
    ///
    /// let sim = Sim::new();
    /// let output = Wire::new(sim.clock(), PinState::High);
    /// let nec = Nec::new(output.input(), sim.clock()).with_addressing(Addressing::Extended);
    /// assert_eq!(nec.counters().bad_address, 0);
    /// ```
    pub const fn with_addressing(mut self, addressing: Addressing) -> Self {
        self.decoder = self.decoder.with_addressing(addressing);
        self
    }

    /// Returns the source of edges and the clock.
    pub fn release(self) -> (P, T) {
        (self.edges, self.clock)
    }

    /// Returns how many signals were rejected, and how many edges lost.
    pub const fn counters(&self) -> &Counters {
        self.decoder.counters()
    }

    /// Waits for the next signal: a frame, a repeat, or an [error](Event::Error) in one.
    ///
    /// # Errors
    ///
    /// Errors of the source. The receiver may be used again. A signal of which edges were lost
    /// is then an [`Event::Error`].
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: an edge is decoded in the poll that returns it.
    pub async fn signal(&mut self) -> Result<Signal, P::Error> {
        loop {
            let due = self.decoder.deadline().unwrap_or(Instant::MAX);
            // Edges first, even if the deadline is past: they happened before it.
            let edge = self.clock.timeout_at(due, self.edges.edge()).await;
            // No await below: an edge that was taken is decoded.
            let signal = match edge {
                Ok(edge) => self.decoder.edge(edge?),
                Err(_) => self.decoder.elapse(self.clock.now()),
            };
            if let Some(signal) = signal {
                return Ok(signal);
            }
        }
    }

    /// Returns a stream of the signals. The stream never ends.
    ///
    /// # Cancel safety
    ///
    /// As for [`signal`](Self::signal): dropping the stream loses nothing.
    pub fn signals(&mut self) -> impl Stream<Item = Result<Signal, P::Error>> {
        unfold(self, async |nec| Some((nec.signal().await, nec)))
    }
}
