//! Decoding of edges.

use embedded_hal::digital::PinState;
use tickwire_traits::{Duration, Edge, Instant};

use super::{Addressing, Counters, Error, Frame, Repeat};

/// What was received, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Signal {
    /// The time of the edge that made the event certain. If no edge did, the time at which the
    /// signal would have been complete.
    pub at: Instant,
    /// What was received.
    pub event: Event,
}

/// The meaning of a [`Signal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event {
    /// A key was pressed. Some remote controls send the whole frame again while it is held.
    Frame(Frame),
    /// The key is still held.
    Repeat(Repeat),
    /// What came is neither.
    Error(Error),
}

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
/// | start mark | 4000 µs |
/// | start space of a frame | 3000 µs |
/// | start space of a repeat | 1700 µs |
/// | space of a 1 | 1120 µs |
///
/// # Repeats
///
/// A repeat belongs to the last frame if it begins up to 270 ms after that frame or after the
/// previous repeat: one repeat in between may be lost. An error in between ends that, since it
/// may have been another key. [`Error::BadRepeat`] and [`Error::Overrun`] do not.
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
    /// When the last frame or repeat began.
    began: Instant,
    /// The lower half of the time of the last edge. The spans of a signal fit in it.
    last: u32,
    bits: u32,
    /// From the beginning of the last frame to that of its last repeat, in microseconds.
    held: u32,
    /// The last frame, in two fields: a `Frame` has padding, of which 8 bytes would become.
    address: u16,
    command: u8,
    /// Whether a repeat belongs to the last frame.
    is_held: bool,
    addressing: Addressing,
    /// The number of edges of a frame, or one of the constants below.
    phase: u8,
    counters: Counters,
}

/// The phase after a frame.
const FRAME: u8 = 68;
/// Three edges of a repeat. Its parity is that of three.
const LAST_MARK: u8 = 69;
/// The phase after a repeat.
const REPEAT: u8 = 70;
/// The phase after an error, and at first.
const BROKEN: u8 = 71;

const START_MARK: u32 = 4_000;
const FRAME_SPACE: u32 = 3_000;
const REPEAT_SPACE: u32 = 1_700;
const ONE_SPACE: u32 = 1_120;
/// Two periods of 108 ms, and half of one for jitter.
const HOLD: Duration = Duration::from_millis(270);

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
            began: Instant::EPOCH,
            last: 0,
            bits: 0,
            held: 0,
            address: 0,
            command: 0,
            is_held: false,
            addressing: Addressing::Standard,
            phase: BROKEN,
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
        if self.is_within_signal() { Some(self.due) } else { None }
    }

    /// Takes an edge.
    ///
    /// Call it before [`elapse`](Self::elapse) if both are due: the decoder then reports the
    /// same, however late its caller is.
    pub fn edge(&mut self, edge: Edge) -> Option<Signal> {
        let now = edge.at.as_micros() as u32;
        let span = now.wrapping_sub(self.last);
        // Most edges are those of bits.
        let is_plain = edge.missed == 0 && edge.at <= self.due && span < PAUSE_MICROS;
        if is_plain && self.phase >= 3 && self.phase < FRAME {
            let is_mark_over = self.phase & 1 == 1;
            if is_mark_over == (edge.level == PinState::High) {
                self.last = now;
                self.phase += 1;
                if !is_mark_over {
                    let bit = u32::from(span > ONE_SPACE) << 31;
                    self.bits = self.bits >> 1 | bit;
                } else if self.phase == FRAME {
                    return Some(self.end_frame(edge.at));
                }
                return None;
            }
        }
        self.other_edge(edge, span)
    }

    /// Reports a signal that is incomplete at its deadline.
    pub fn elapse(&mut self, now: Instant) -> Option<Signal> {
        (self.is_within_signal() && now >= self.due).then(|| self.expire())
    }
}

const PAUSE_MICROS: u32 = Decoder::PAUSE.as_micros() as u32;

impl Decoder {
    const fn is_within_signal(&self) -> bool {
        self.phase < FRAME || self.phase == LAST_MARK
    }

    /// Takes an edge that is not one of a bit.
    #[inline(never)]
    fn other_edge(&mut self, edge: Edge, span: u32) -> Option<Signal> {
        let Edge { at, level, missed, .. } = edge;
        // The error of a signal that is over is the only one: then, the phase is `BROKEN`.
        let expired = (self.is_within_signal() && at > self.due).then(|| self.expire());
        self.last = at.as_micros() as u32;
        let is_mark = level == PinState::Low;
        if missed > 0 {
            return expired.or(self.lose(at, missed));
        }
        if !self.is_within_signal() {
            return expired.or(self.outside(at, is_mark));
        }
        // Parity: after an odd number of edges, the line is low.
        let is_repeated = is_mark == (self.phase & 1 == 1);
        // Within a signal, no span is longer than 80 ms, unless time goes back.
        if is_repeated || span > u32::MAX / 2 {
            return self.lose(at, 1);
        }
        if is_mark && span >= PAUSE_MICROS {
            let signal = self.fail(self.incomplete(), at);
            self.begin(at);
            return Some(signal);
        }
        let next = match self.phase {
            1 if span > START_MARK => 2,
            2 if span > FRAME_SPACE => 3,
            2 if span > REPEAT_SPACE => LAST_MARK,
            LAST_MARK => return Some(self.end_repeat(at)),
            1 | 2 => return Some(self.fail(Error::BadStart, at)),
            // A mark of a bit that is longer than a pause: marks are not measured.
            _ if self.phase + 1 == FRAME => return Some(self.end_frame(at)),
            phase => phase + 1,
        };
        self.phase = next;
        None
    }

    /// Takes an edge between signals.
    fn outside(&mut self, at: Instant, is_mark: bool) -> Option<Signal> {
        let is_after_pause = at >= self.due;
        if is_after_pause && is_mark {
            self.begin(at);
            return None;
        }
        self.due = at + Self::PAUSE;
        let error = match self.phase {
            BROKEN => return None,
            // The beginning of a mark was lost.
            _ if is_after_pause => {
                self.counters.lose(1);
                Error::BadStart
            }
            FRAME => Error::Overrun,
            _ => Error::BadRepeat,
        };
        Some(self.fail(error, at))
    }

    fn begin(&mut self, at: Instant) {
        self.due = at + self.block();
        self.phase = 1;
    }

    /// The time that a signal may take. The longest frames take 68 ms, with an extended address
    /// 77 ms.
    const fn block(&self) -> Duration {
        match self.addressing {
            Addressing::Standard => Duration::from_millis(73),
            Addressing::Extended => Duration::from_millis(80),
        }
    }

    fn end_frame(&mut self, at: Instant) -> Signal {
        match Frame::from_bits(self.bits, self.addressing) {
            Ok(frame) => {
                self.began = self.due - self.block();
                self.held = 0;
                self.address = frame.address();
                self.command = frame.command();
                self.is_held = true;
                self.rest(FRAME, at);
                Signal { at, event: Event::Frame(frame) }
            }
            Err(error) => self.fail(error, at),
        }
    }

    fn end_repeat(&mut self, at: Instant) -> Signal {
        let began = self.due - self.block();
        let gap = began - self.began;
        self.is_held &= gap <= HOLD;
        self.began = began;
        let mut repeat = Repeat { frame: None, held: Duration::ZERO };
        if self.is_held {
            self.held = self.held.saturating_add(gap.as_micros() as u32);
            let held = Duration::from_micros(self.held.into());
            repeat = Repeat { frame: Some(Frame::new(self.address, self.command)), held };
        }
        self.rest(REPEAT, at);
        Signal { at, event: Event::Repeat(repeat) }
    }

    /// Ends a signal at its deadline.
    #[inline(never)]
    fn expire(&mut self) -> Signal {
        let at = self.due;
        let since_last = (at.as_micros() as u32).wrapping_sub(self.last);
        let signal = self.fail(self.incomplete(), at);
        // The pause is counted from the last edge, which may be long past.
        self.due = at - Duration::from_micros(since_last.into()) + Self::PAUSE;
        signal
    }

    fn incomplete(&self) -> Error {
        match self.phase {
            3..=67 => Error::BadBlock,
            LAST_MARK => Error::BadRepeat,
            _ => Error::BadStart,
        }
    }

    /// Takes note of lost edges before one at `at`, which may be anything.
    #[inline(never)]
    fn lose(&mut self, at: Instant, edges: u32) -> Option<Signal> {
        self.counters.lose(edges);
        if self.phase == BROKEN {
            self.due = at + Self::PAUSE;
            return None;
        }
        Some(self.fail(self.incomplete(), at))
    }

    #[inline(never)]
    fn fail(&mut self, error: Error, at: Instant) -> Signal {
        self.counters.count(error);
        self.is_held &= matches!(error, Error::BadRepeat | Error::Overrun);
        self.rest(BROKEN, at);
        Signal { at, event: Event::Error(error) }
    }

    fn rest(&mut self, phase: u8, at: Instant) {
        self.phase = phase;
        self.due = at + Self::PAUSE;
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}
