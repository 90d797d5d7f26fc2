//! A receiver's output as spans of time, and the decoder on it.

use embedded_hal::digital::PinState::{self, High, Low};
use tickwire_drivers::nec::{Addressing, Decoder, Event, Frame, Signal};
use tickwire_traits::{Duration, Edge, Instant};

/// The spans of a frame in microseconds, first mark to last mark: 67, so 68 edges.
pub(crate) fn frame(bits: u32) -> Vec<u64> {
    let mut spans = vec![9_000, 4_500];
    for bit in 0..32 {
        spans.extend([562, if bits >> bit & 1 == 1 { 1_688 } else { 563 }]);
    }
    spans.push(562);
    spans
}

pub(crate) fn key(address: u16, command: u8) -> Vec<u64> {
    frame(Frame::new(address, command).to_bits())
}

pub(crate) const REPEAT: [u64; 3] = [9_000, 2_250, 562];

/// A line with two decoders: one whose caller is punctual, and one whose caller takes only edges,
/// until the end.
pub(crate) struct Line {
    punctual: Decoder,
    late: Decoder,
    signals: Vec<Signal>,
    signals_of_late: Vec<Signal>,
    now: Instant,
    level: PinState,
    last_edge: Instant,
    /// There was an error, and no pause since.
    is_silent: bool,
}

impl Line {
    pub(crate) fn new(addressing: Addressing) -> Self {
        let decoder = Decoder::new().with_addressing(addressing);
        Self {
            punctual: decoder.clone(),
            late: decoder,
            signals: Vec::new(),
            signals_of_late: Vec::new(),
            now: Instant::EPOCH,
            level: High,
            last_edge: Instant::EPOCH,
            is_silent: false,
        }
    }

    pub(crate) fn decoder(&self) -> &Decoder {
        &self.punctual
    }

    pub(crate) fn now(&self) -> Instant {
        self.now
    }

    pub(crate) fn level(&self) -> PinState {
        self.level
    }

    /// An edge now, and one after each of `spans`.
    pub(crate) fn signal(&mut self, spans: &[u64]) {
        self.toggle_after(0);
        spans.iter().for_each(|span| self.toggle_after(*span));
    }

    pub(crate) fn toggle_after(&mut self, span: u64) {
        self.edge(span, !self.level, 0);
    }

    pub(crate) fn edge(&mut self, span: u64, level: PinState, missed: u32) {
        let at = self.now + Duration::from_micros(span);
        // An edge that happens at the deadline comes before it.
        self.elapse(at - Duration::from_micros(1));
        let is_pause = level == Low && at - self.last_edge >= Decoder::PAUSE;
        self.is_silent &= !is_pause;
        self.now = at;
        self.level = level;
        self.last_edge = at;
        let edge = Edge { line: (), at, level, missed };
        let signal = self.punctual.edge(edge);
        self.report(signal);
        // If this edge ends a signal by a pause, another signal begins.
        self.is_silent &= !is_pause;
        self.signals_of_late.extend(self.late.edge(edge));
    }

    /// An edge whose time is before that of the last one.
    pub(crate) fn edge_before(&mut self, span: u64) {
        self.now = self.now - Duration::from_micros(span);
        self.edge(0, !self.level, 0);
    }

    /// Lets time pass without edges.
    pub(crate) fn rest(&mut self, span: u64) {
        self.now += Duration::from_micros(span);
        self.elapse(self.now);
    }

    fn elapse(&mut self, now: Instant) {
        let Some(due) = self.punctual.deadline().filter(|due| *due <= now) else { return };
        assert_eq!(self.punctual.elapse(due - Duration::from_micros(1)), None, "early");
        let signal = self.punctual.elapse(due);
        assert_eq!(signal.map(|signal| signal.at), Some(due));
        assert_eq!(self.punctual.deadline(), None);
        self.report(signal);
    }

    fn report(&mut self, signal: Option<Signal>) {
        let Some(signal) = signal else { return };
        assert!(!self.is_silent, "{signal:?} without a pause after {:?}", self.signals.last());
        self.is_silent = matches!(signal.event, Event::Error(_));
        self.signals.push(signal);
    }

    /// Lets the last deadline pass, and returns what both decoders have reported.
    #[track_caller]
    pub(crate) fn signals(mut self) -> Vec<(u64, Event)> {
        self.rest(100_000);
        self.signals_of_late.extend(self.late.elapse(self.now));
        assert_eq!(self.signals_of_late, self.signals, "to a late caller");
        assert_eq!(self.late.counters(), self.punctual.counters());
        self.signals.iter().map(|signal| (signal.at.as_micros(), signal.event)).collect()
    }
}
