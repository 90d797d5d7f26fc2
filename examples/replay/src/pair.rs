//! Two signals of a capture as two lines in one order.

use std::future::poll_fn;
use std::task::Poll;

use embedded_hal::digital::{ErrorType, PinState};
use tickwire_sim::SimClock;
use tickwire_traits::{Clock, Edge, Edges, Instant, Side, TimeSource, TimerQueue, TwoLines};

use crate::capture::{Capture, Moment};
use crate::failure::Failure;
use crate::pin::{End, instant};

/// Two lines that play a capture, which they read as time goes on.
///
/// Nobody knows the order of changes at one moment of the capture. They are returned as edges
/// that follow missed ones.
pub(crate) struct Pair {
    clock: SimClock,
    a: Signal,
    b: Signal,
    end: End,
}

/// One signal, read up to its next change.
struct Signal {
    capture: Capture,
    level: PinState,
    next: Option<(Moment, PinState)>,
    /// Its next change is at the same moment as one of the other signal.
    is_doubtful: bool,
    last: Instant,
    /// Why there is no next change. Those before it, of either signal, come first.
    failure: Option<Failure>,
}

impl Pair {
    /// Reads up to the first level of each signal, from which on it is a line.
    pub(crate) fn new(a: Capture, b: Capture, clock: SimClock) -> Result<Self, Failure> {
        Ok(Self { clock, a: Signal::new(a)?, b: Signal::new(b)?, end: End::default() })
    }

    pub(crate) fn end(&self) -> End {
        self.end.clone()
    }

    /// Reads up to the next change of each line, and returns the line of the first.
    fn look_ahead(&mut self) -> Result<Option<Side>, Failure> {
        self.a.look_ahead();
        self.b.look_ahead();
        let moment = |signal: &Signal| signal.next.map(|(moment, _)| moment);
        let first = match (moment(&self.a), moment(&self.b)) {
            (Some(a), Some(b)) => {
                if a == b {
                    (self.a.is_doubtful, self.b.is_doubtful) = (true, true);
                }
                if a <= b { Side::A } else { Side::B }
            }
            (Some(_), None) => Side::A,
            (None, Some(_)) => Side::B,
            (None, None) => {
                if let Some(failure) = self.a.failure.take().or(self.b.failure.take()) {
                    return Err(failure);
                }
                self.end.set(self.a.last.max(self.b.last));
                return Ok(None);
            }
        };
        Ok(Some(first))
    }
}

impl Signal {
    fn new(mut capture: Capture) -> Result<Self, Failure> {
        loop {
            // A capture without a level is a failure.
            if let Some((at, Some(level))) = capture.next()? {
                return Ok(Self {
                    capture,
                    level,
                    next: None,
                    is_doubtful: false,
                    last: instant(at),
                    failure: None,
                });
            }
        }
    }

    fn look_ahead(&mut self) {
        while self.next.is_none() && self.failure.is_none() {
            match self.capture.next() {
                Ok(Some((at, level))) => {
                    self.last = instant(at);
                    let level = level.filter(|level| *level != self.level);
                    self.next = level.map(|level| (self.capture.moment(at), level));
                }
                Ok(None) => break,
                Err(failure) => self.failure = Some(failure),
            }
        }
    }

    /// Takes the next change, if it is due.
    fn take(&mut self, line: Side, now: Instant) -> Result<Edge<Side>, Option<Instant>> {
        let (Moment { at, .. }, level) = self.next.ok_or(None)?;
        let at = instant(at);
        if now < at {
            return Err(Some(at));
        }
        (self.next, self.level) = (None, level);
        let missed = u32::from(std::mem::take(&mut self.is_doubtful));
        Ok(Edge { line, at, level, missed })
    }
}

impl Edges for Pair {
    type Line = Side;

    fn time_source(&self) -> TimeSource {
        TimeSource::Hardware
    }

    fn arm(&mut self) -> Result<(), Failure> {
        Ok(()) // They are from the start: no edge is over before it was returned.
    }

    async fn edge(&mut self) -> Result<Edge<Side>, Failure> {
        poll_fn(|cx| {
            let edge = match self.look_ahead()? {
                Some(Side::A) => self.a.take(Side::A, self.clock.now()),
                Some(Side::B) => self.b.take(Side::B, self.clock.now()),
                None => Err(None),
            };
            match edge {
                Ok(edge) => return Poll::Ready(Ok(edge)),
                Err(Some(due)) => self.clock.schedule_wake(due, cx.waker()),
                Err(None) => {}
            }
            Poll::Pending
        })
        .await
    }
}

impl TwoLines for Pair {
    fn levels(&mut self) -> Result<(PinState, PinState), Failure> {
        Ok((self.a.level, self.b.level))
    }
}

impl ErrorType for Pair {
    type Error = Failure;
}
