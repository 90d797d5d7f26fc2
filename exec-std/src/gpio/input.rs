//! Inputs.

use std::time;

use embedded_hal::digital::{ErrorType, InputPin, PinState};
use embedded_hal_async::digital::Wait;
use gpiocdev::line::{Bias, EdgeDetection};
use tickwire_traits::{Duration, Edge, Edges, TimeSource};

use super::edge_queue::EdgeQueue;
use super::request::{claim, is_active};
use super::{Error, Line};

/// How an input is claimed.
///
/// ```
/// use tickwire_exec_std::gpio::{Bias, InputSettings};
/// use tickwire_traits::Duration;
///
/// let button = InputSettings {
///     bias: Some(Bias::PullUp),
///     debounce: Duration::from_millis(5),
///     ..InputSettings::DEFAULT
/// };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputSettings {
    /// The resistor of the chip that is switched on; `None` leaves it as it is. A chip
    /// that has none ignores this: the kernel reports no error.
    pub bias: Option<Bias>,
    /// Whether `High` means that the line is low; see [the module](super#active-low).
    pub active_low: bool,
    /// For how long a level has to last before the kernel reports its edge; zero for no
    /// debouncing. The edge's time is then the end of that period. Drivers of the project
    /// debounce by the times of edges, and need none.
    pub debounce: Duration,
    /// How many edges the kernel keeps until they are read; 0 for 16 per line. The
    /// kernel takes the next power of two, and at most 1 024. Further edges replace the
    /// oldest, and are counted in [`Edge::missed`].
    pub edge_capacity: u32,
}

/// An input: `InputPin`, `Wait`, and [`EdgeInput`](tickwire_traits::EdgeInput) with the
/// kernel's times.
///
/// ```no_run
/// use tickwire_exec_std::gpio::{Input, InputSettings, Line};
/// use tickwire_exec_std::run;
/// use tickwire_traits::Edges;
///
/// // Not run: it needs a board.
/// let mut input = Input::open(&Line::named("GPIO17")?, InputSettings::DEFAULT)?;
/// let edge = run(async |_| input.edge().await)?;
/// # Ok::<_, tickwire_exec_std::gpio::Error>(())
/// ```
///
/// # Edges
///
/// The kernel stamps an edge in its interrupt handler, and reads the level a little later,
/// in a thread. After a pulse shorter than that, both edges are reported with the level
/// after the pulse, and [`Edge::missed`] is 0.
///
/// `Wait` and `Edges` share one queue: a wait forgets the edges that nobody has taken.
///
/// When the chip is removed, all calls fail with [`Error::Gone`], and so does a wait in
/// progress. Kernels before 6.6 do not end a wait in progress.
#[derive(Debug)]
pub struct Input {
    queue: EdgeQueue,
    offset: u32,
}

impl InputSettings {
    /// No bias change, active high, no debouncing by the kernel, and its queue of 16 edges
    /// per line.
    pub const DEFAULT: Self = Self {
        bias: None,
        active_low: false,
        debounce: Duration::from_micros(0),
        edge_capacity: 0,
    };

    pub(super) fn claim(&self, lines: &[&Line]) -> Result<EdgeQueue, Error> {
        let claimed = claim(lines, |request| {
            request.as_input().with_bias(self.bias).with_edge_detection(EdgeDetection::BothEdges);
            request.with_kernel_event_buffer_size(self.edge_capacity);
            if self.active_low {
                request.as_active_low();
            }
            // The kernel's number has 32 bits.
            let debounce = self.debounce.as_micros().min(u64::from(u32::MAX));
            if debounce > 0 {
                request.with_debounce_period(time::Duration::from_micros(debounce));
            }
        });
        match (claimed, lines) {
            (Ok(request), _) => EdgeQueue::new(request),
            (Err(error), [line, ..]) if error.has_no_interrupt() => {
                Err(Error::NoEdges((*line).clone()))
            }
            (Err(error), _) => Err(error),
        }
    }
}

impl Default for InputSettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Input {
    /// Claims `line` until the input is dropped.
    ///
    /// # Errors
    ///
    /// If there is no such line, it may not be opened, is in use, or reports no edges.
    /// Nothing is left claimed; try again, with what the error asks for.
    pub fn open(line: &Line, settings: InputSettings) -> Result<Self, Error> {
        Ok(Self { queue: settings.claim(&[line])?, offset: line.offset() })
    }

    async fn wait_for(&mut self, level: PinState) -> Result<(), Error> {
        // Armed before the look, so that no edge after it is lost.
        self.queue.arm()?;
        while PinState::from(self.is_high()?) != level {
            self.queue.edge().await?;
        }
        Ok(())
    }

    async fn wait_for_edge(&mut self, is_wanted: impl Fn(PinState) -> bool) -> Result<(), Error> {
        self.queue.arm()?;
        while !is_wanted(self.queue.edge().await?.level) {}
        Ok(())
    }
}

impl ErrorType for Input {
    type Error = Error;
}

impl InputPin for Input {
    fn is_high(&mut self) -> Result<bool, Error> {
        is_active(self.queue.request(), self.offset)
    }

    fn is_low(&mut self) -> Result<bool, Error> {
        self.is_high().map(|is_high| !is_high)
    }
}

impl Wait for Input {
    async fn wait_for_high(&mut self) -> Result<(), Error> {
        self.wait_for(PinState::High).await
    }

    async fn wait_for_low(&mut self) -> Result<(), Error> {
        self.wait_for(PinState::Low).await
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), Error> {
        self.wait_for_edge(|level| level == PinState::High).await
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), Error> {
        self.wait_for_edge(|level| level == PinState::Low).await
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), Error> {
        self.wait_for_edge(|_| true).await
    }
}

impl Edges for Input {
    type Line = ();

    fn time_source(&self) -> TimeSource {
        TimeSource::Kernel
    }

    fn arm(&mut self) -> Result<(), Error> {
        self.queue.arm()
    }

    async fn edge(&mut self) -> Result<Edge, Error> {
        let Edge { at, level, missed, .. } = self.queue.edge().await?;
        Ok(Edge { line: (), at, level, missed })
    }
}
