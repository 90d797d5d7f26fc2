//! A capture as a pin.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use embedded_hal::digital::{ErrorType, InputPin, PinState};
use tickwire_sim::SimClock;
use tickwire_sim::uart::Nanos;
use tickwire_traits::{Clock, Edge, Edges, Instant, TimeSource, TimerQueue};

use crate::capture::Capture;
use crate::failure::Failure;

/// A pin that plays a capture, which it reads as time goes on.
///
/// Its times are whole microseconds: those of the capture, rounded down, in the
/// same order.
pub(crate) struct Pin {
    capture: Capture,
    clock: SimClock,
    level: PinState,
    /// The next edge.
    next: Option<Edge>,
    /// The last moment that was read.
    last: Instant,
    end: End,
}

/// When the capture ends, once its pin has found out.
#[derive(Clone, Default)]
pub(crate) struct End(Rc<Cell<Option<Instant>>>);

impl Pin {
    /// Reads up to the first level. Before that, the line is at `idle` of it.
    pub(crate) fn new(
        mut capture: Capture,
        clock: SimClock,
        idle: impl FnOnce(PinState) -> PinState,
    ) -> Result<Self, Failure> {
        let (at, first) = loop {
            // A capture without a level is a failure.
            if let Some((at, Some(level))) = capture.next()? {
                break (instant(at), level);
            }
        };
        let level = idle(first);
        let next = (level != first).then_some(Edge { line: (), at, level: first, missed: 0 });
        Ok(Self { capture, clock, level, next, last: at, end: End::default() })
    }

    pub(crate) fn end(&self) -> End {
        self.end.clone()
    }

    /// Reads up to the next edge, or the end.
    fn look_ahead(&mut self) -> Result<(), Failure> {
        while self.next.is_none() && self.end.0.get().is_none() {
            let Some((at, level)) = self.capture.next()? else {
                self.end.set(self.last);
                break;
            };
            self.last = instant(at);
            let level = level.filter(|level| *level != self.level);
            self.next = level.map(|level| Edge { line: (), at: self.last, level, missed: 0 });
        }
        Ok(())
    }
}

impl End {
    /// Tells that the end is at `at`.
    pub(crate) fn set(&self, at: Instant) {
        self.0.set(Some(at));
    }

    /// Waits until the pin has found the end: poll the pin first, in the same task.
    pub(crate) async fn found(&self) -> Instant {
        poll_fn(|_| self.0.get().map_or(Poll::Pending, Poll::Ready)).await
    }
}

/// Rounds down to microseconds.
pub(crate) fn instant(at: Nanos) -> Instant {
    Instant::from_micros(at.0 / 1_000)
}

impl Edges for Pin {
    type Line = ();

    fn time_source(&self) -> TimeSource {
        TimeSource::Hardware
    }

    fn arm(&mut self) -> Result<(), Failure> {
        Ok(()) // It is from the start: no edge is over before it was returned.
    }

    async fn edge(&mut self) -> Result<Edge, Failure> {
        poll_fn(|cx| {
            self.look_ahead()?;
            let Some(edge) = self.next else { return Poll::Pending };
            if self.clock.now() < edge.at {
                self.clock.schedule_wake(edge.at, cx.waker());
                return Poll::Pending;
            }
            self.next = None;
            self.level = edge.level;
            Poll::Ready(Ok(edge))
        })
        .await
    }
}

impl InputPin for Pin {
    fn is_high(&mut self) -> Result<bool, Failure> {
        Ok(self.level == PinState::High)
    }

    fn is_low(&mut self) -> Result<bool, Failure> {
        Ok(self.level == PinState::Low)
    }
}

impl ErrorType for Pin {
    type Error = Failure;
}
