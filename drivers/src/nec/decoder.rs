//! Decoding of edges.

use embedded_hal::digital::PinState;
use tickwire_traits::{Duration, Edge, Instant};

use super::held::Held;
use super::phase::Phase;
use super::{Addressing, Counters, Error, Event, Frame, Signal};

/// A decoder of the edges of an infrared receiver, whose output is high while it sees no light.
/// Pure: takes edges and times, returns signals.
///
/// ```text
///            ┌──────────────── edge after a pause ────────────────┐
///            ▼                                                    │
///   start mark ─► start space ─► 32 bits, last mark ─► frame ─► reported
///            │              └──► last mark ─► repeat ───────────► │ edge without a pause:
///            │ too short, incomplete, a pause, lost edges         ▼ one error
///            └──────────────────── error ───────────────────► broken ─► (a pause)
/// ```
///
/// Of the bits, only spaces are measured: the limits are those of micropython-async. A frame is
/// reported at its 68th edge, a repeat at its 4th, an error as soon as it is certain. After an
/// error, nothing is reported until the line was high for [`PAUSE`](Self::PAUSE).
///
/// | | longer than |
/// | --- | --- |
/// | start mark | 4000 µs, Samsung's 2000 µs |
/// | start space of a frame | 3000 µs |
/// | start space of a repeat | 1700 µs |
/// | space of a 1 | 1120 µs |
///
/// # Repeats
///
/// A repeat belongs to the last frame if it begins up to 270 ms after that frame or after the
/// previous repeat: one repeat in between may be lost. After an error in between it does not,
/// since the rejected signal may have been another key. [`Error::BadRepeat`] and
/// [`Error::Overrun`] are exceptions.
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_drivers::nec::{Decoder, Event, Repeat};
/// use tickwire_traits::{Duration, Edge, Instant};
///
/// let mut decoder = Decoder::new();
/// let mut signal = None;
/// for (at, level) in [(0, Low), (9_000, High), (11_250, Low), (11_812, High)] {
///     assert_eq!(signal, None);
///     let at = Instant::from_micros(at);
///     signal = decoder.edge(Edge { line: (), at, level, missed: 0 });
/// }
/// let repeat = Repeat { frame: None, held: Duration::ZERO };
/// assert_eq!(signal.unwrap().event, Event::Repeat(repeat));
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    /// Within a signal: when it has to be complete. Otherwise: the end of a pause from the last
    /// edge on.
    due: Instant,
    /// The lower half of the time of the last edge. The spans of a signal fit in it. Only a caller
    /// that is late by 71 minutes may take a pause for one of them.
    last: u32,
    /// The received bits, the last one highest. Below them is a one, which leaves with the 32nd bit.
    bits: u32,
    key: Held,
    addressing: Addressing,
    phase: Phase,
    counters: Counters,
}

const FRAME_SPACE: u32 = 3_000;
const REPEAT_SPACE: u32 = 1_700;
const ONE_SPACE: u32 = 1_120;
/// No bit, and the one that leaves with the last.
const NO_BITS: u32 = 1 << 31;

impl Decoder {
    /// How long the line is high between two signals, at least: longer than any space of a
    /// signal. The pause between signals 108 ms apart is 31 ms or more.
    pub const PAUSE: Duration = Duration::from_millis(8);

    /// Creates a decoder of standard addresses.
    ///
    /// A signal that has begun before the first edge is ignored, or one
    /// [`Error::BadStart`].
    pub const fn new() -> Self {
        Self {
            due: Instant::EPOCH,
            last: 0,
            bits: NO_BITS,
            key: Held::NONE,
            addressing: Addressing::Standard,
            phase: Phase::Broken,
            counters: Counters::NONE,
        }
    }

    /// Sets the addresses that are accepted.
    pub const fn with_addressing(mut self, addressing: Addressing) -> Self {
        self.addressing = addressing;
        self
    }

    /// Returns the counters since the decoder was created.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Returns when to call [`elapse`](Self::elapse), unless an edge comes before. `None`
    /// between signals.
    pub const fn deadline(&self) -> Option<Instant> {
        if self.phase.is_within_signal() { Some(self.due) } else { None }
    }

    /// Takes an edge.
    ///
    /// Call it before [`elapse`](Self::elapse) if both are due: the decoder then reports the
    /// same, however late its caller is.
    #[inline]
    pub fn edge(&mut self, edge: Edge) -> Option<Signal> {
        let Edge { at, level, missed, .. } = edge;
        let now = at.as_micros() as u32;
        // A gap is as good as a pause.
        let span = if missed == 0 { now.wrapping_sub(self.last) } else { PAUSE };
        // Most edges are those of bits. Whether they are in time is seen at the end of the frame.
        if self.phase as u8 != level as u8 || span >= PAUSE {
            return self.other_edge(at, level, missed);
        }
        self.last = now;
        if level == PinState::High {
            self.phase = Phase::BitSpace;
            return None;
        }
        let is_last = self.bits & 1 == 1;
        self.bits = self.bits >> 1 | u32::from(span > ONE_SPACE) << 31;
        self.phase = if is_last { Phase::FrameMark } else { Phase::BitMark };
        None
    }

    /// Reports a signal that is incomplete at its deadline.
    pub fn elapse(&mut self, now: Instant) -> Option<Signal> {
        if self.phase.is_within_signal() && now >= self.due { self.expire() } else { None }
    }
}

const PAUSE: u32 = Decoder::PAUSE.as_micros() as u32;

impl Decoder {
    /// Takes an edge that is not one of a bit, or whose mark is longer than a pause.
    #[inline(never)]
    fn other_edge(&mut self, at: Instant, level: PinState, missed: u32) -> Option<Signal> {
        let is_mark = level == PinState::Low;
        let now = at.as_micros() as u32;
        let span = now.wrapping_sub(self.last);
        if missed > 0 {
            return self.edge_after_loss(at, is_mark, missed);
        }
        if !self.phase.is_within_signal() {
            self.last = now;
            return self.outside(at, is_mark);
        }
        if at > self.due {
            return self.edge_after_loss(at, is_mark, missed);
        }
        self.last = now;
        let start_mark = self.addressing.start_mark();
        match (self.phase, is_mark) {
            // No span is longer than 80 ms, unless time goes back.
            _ if span > u32::MAX / 2 => self.lose(at, 1),
            (Phase::StartMark, false) if span > start_mark => self.enter(Phase::StartSpace),
            (Phase::StartSpace | Phase::BitSpace, true) if span >= PAUSE => self.begin_early(at),
            (Phase::StartSpace, true) if span > FRAME_SPACE => self.enter(Phase::BitMark),
            (Phase::StartSpace, true) if span > REPEAT_SPACE => self.enter(Phase::RepeatMark),
            (Phase::StartMark, false) | (Phase::StartSpace, true) => self.fail(Error::BadStart, at),
            // Longer than a pause: marks are not measured.
            (Phase::BitMark, false) => self.enter(Phase::BitSpace),
            (Phase::FrameMark, false) => self.end_frame(at),
            (Phase::RepeatMark, false) => self.end_repeat(at),
            _ => self.lose(at, 1),
        }
    }

    const fn enter(&mut self, phase: Phase) -> Option<Signal> {
        self.phase = phase;
        None
    }

    /// Takes an edge after lost ones, or after the deadline of a signal.
    #[cold]
    fn edge_after_loss(&mut self, at: Instant, is_mark: bool, missed: u32) -> Option<Signal> {
        let is_late = self.phase.is_within_signal() && at > self.due;
        // The error of a signal that is over is the only one: then, the phase is `Broken`.
        let expired = if is_late { self.expire() } else { None };
        self.last = at.as_micros() as u32;
        let next = if missed > 0 { self.lose(at, missed) } else { self.outside(at, is_mark) };
        expired.or(next)
    }

    /// Takes an edge between signals.
    fn outside(&mut self, at: Instant, is_mark: bool) -> Option<Signal> {
        let is_after_pause = at >= self.due;
        if is_after_pause && is_mark {
            self.begin(at);
            return None;
        }
        let error = match self.phase {
            Phase::Broken => {
                self.rest(Phase::Broken, at);
                return None;
            }
            // The beginning of a mark was lost.
            _ if is_after_pause => {
                self.counters.lose(1);
                Error::BadStart
            }
            Phase::Frame => Error::Overrun,
            _ => Error::BadRepeat,
        };
        self.fail(error, at)
    }

    /// Returns when the signal began.
    #[inline(never)]
    fn beginning(&self) -> Instant {
        self.due - self.addressing.longest()
    }

    /// Begins a signal after one that is incomplete.
    #[cold]
    fn begin_early(&mut self, at: Instant) -> Option<Signal> {
        let signal = self.fail(self.phase.incomplete(), at);
        self.begin(at);
        signal
    }

    #[inline(never)]
    fn begin(&mut self, at: Instant) {
        self.due = at + self.addressing.longest();
        self.bits = NO_BITS;
        self.phase = Phase::StartMark;
    }

    #[inline(never)]
    fn end_frame(&mut self, at: Instant) -> Option<Signal> {
        match Frame::from_bits(self.bits, self.addressing) {
            Ok(frame) => {
                self.key.press(frame, self.beginning());
                self.rest(Phase::Frame, at);
                Some(Signal { at, event: Event::Frame(frame) })
            }
            Err(error) => self.fail(error, at),
        }
    }

    #[inline(never)]
    fn end_repeat(&mut self, at: Instant) -> Option<Signal> {
        let repeat = self.key.repeat(self.beginning());
        self.rest(Phase::Repeat, at);
        Some(Signal { at, event: Event::Repeat(repeat) })
    }

    /// Ends a signal at its deadline.
    #[cold]
    fn expire(&mut self) -> Option<Signal> {
        let at = self.due;
        let last = self.last.wrapping_sub(at.as_micros() as u32).cast_signed();
        let signal = self.fail(self.phase.incomplete(), at);
        // The pause is counted from the last edge, which may be long past.
        let due = at.as_micros().saturating_add_signed(last.into());
        self.due = Instant::from_micros(due) + Self::PAUSE;
        signal
    }

    /// Takes note of lost edges before one at `at`, which may be anything.
    #[cold]
    fn lose(&mut self, at: Instant, edges: u32) -> Option<Signal> {
        self.counters.lose(edges);
        if self.phase == Phase::Broken {
            self.rest(Phase::Broken, at);
            return None;
        }
        self.fail(self.phase.incomplete(), at)
    }

    #[cold]
    fn fail(&mut self, error: Error, at: Instant) -> Option<Signal> {
        self.counters.count(error);
        if !matches!(error, Error::BadRepeat | Error::Overrun) {
            self.key.release();
        }
        self.rest(Phase::Broken, at);
        Some(Signal { at, event: Event::Error(error) })
    }

    #[inline(never)]
    fn rest(&mut self, phase: Phase, at: Instant) {
        self.phase = phase;
        self.due = at + Self::PAUSE;
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}
