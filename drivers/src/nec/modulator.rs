//! When the carrier is on.

use tickwire_traits::{Duration, Instant};

use super::Frame;

/// The state of the carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pulse {
    /// The carrier is on.
    Mark,
    /// The carrier is off.
    Space,
}

/// The times at which a transmitter switches its carrier. Pure: takes signals and times, returns
/// marks and spaces.
///
/// Begin a signal with [`frame`](Self::frame) or [`repeat`](Self::repeat), then call
/// [`step`](Self::step) at each [`deadline`](Self::deadline) until there is none. A signal begins
/// 108 ms after the beginning of the previous one, or immediately if that is past. A bit takes
/// 1 125 µs or 2 250 µs, without rounding errors that add up.
///
/// # Lateness
///
/// Deadlines are counted from the first step of the signal, so lateness does not add up: a span is
/// wrong by the difference of two latenesses. A step that is late by more than 140 µs moves the
/// rest of its signal instead. So the span before it is longer, and none is shorter by more than
/// 140 µs. The next signal is planned 108 ms after the time for which this one was planned, but
/// at least 20 ms after its end: repeats do not drift.
///
/// ```
/// use tickwire_drivers::nec::{Frame, Modulator, Pulse};
/// use tickwire_traits::Instant;
///
/// let mut modulator = Modulator::new();
/// modulator.repeat(Instant::from_millis(500));
/// let mut pulses = vec![];
/// while let Some(due) = modulator.deadline() {
///     let pulse = modulator.step(due).unwrap();
///     pulses.push((due.as_micros(), pulse));
/// }
/// let (mark, space) = (Pulse::Mark, Pulse::Space);
/// assert_eq!(pulses, [(500_000, mark), (509_000, space), (511_250, mark), (511_812, space)]);
/// modulator.frame(Frame::new(0x40, 0x12), Instant::from_millis(520));
/// assert_eq!(modulator.deadline(), Some(Instant::from_millis(608)));
/// ```
#[derive(Clone, Debug)]
pub struct Modulator {
    /// The time of the next step.
    due: Instant,
    /// Until then, no signal begins.
    next: Instant,
    /// The bits that are still to be sent, the next one lowest.
    bits: u32,
    late: u32,
    /// The number of steps so far, of which [`END`] end a signal.
    step: u8,
    is_repeat: bool,
}

/// The steps of a frame.
const END: u8 = 68;
/// The steps of a repeat.
const REPEAT_END: u8 = 4;

const START_MARK: u16 = 9_000;
const FRAME_SPACE: u16 = 4_500;
const REPEAT_SPACE: u16 = 2_250;
// Of 562.5 µs each, so that a mark and a space take whole microseconds.
const MARK: u16 = 562;
const ZERO_SPACE: u16 = 563;
const ONE_SPACE: u16 = 1_688;

/// A quarter of a mark.
const SLACK: Duration = Duration::from_micros(140);
/// How much later than planned a signal may begin without delaying the next ones.
const GRACE: Duration = Duration::from_millis(10);
const PAUSE: Duration = Duration::from_millis(20);

impl Modulator {
    /// The time from the beginning of a signal to that of the next.
    pub const PERIOD: Duration = Duration::from_millis(108);

    /// Creates a modulator without a signal.
    pub const fn new() -> Self {
        let (due, next) = (Instant::EPOCH, Instant::EPOCH);
        Self { due, next, bits: 0, late: 0, step: END, is_repeat: false }
    }

    /// Begins a frame, in place of any signal that is not complete.
    pub fn frame(&mut self, frame: Frame, now: Instant) {
        self.bits = frame.to_bits();
        self.is_repeat = false;
        self.begin(now);
    }

    /// Begins a repeat, in place of any signal that is not complete.
    pub fn repeat(&mut self, now: Instant) {
        self.is_repeat = true;
        self.begin(now);
    }

    /// Returns when the next signal may begin.
    pub const fn next(&self) -> Instant {
        self.next
    }

    /// Returns when to call [`step`](Self::step). `None` if the signal is complete.
    pub const fn deadline(&self) -> Option<Instant> {
        if self.step < END { Some(self.due) } else { None }
    }

    /// Returns what begins now, if it is due.
    pub fn step(&mut self, now: Instant) -> Option<Pulse> {
        if self.step >= END || now < self.due {
            return None;
        }
        if self.step == 0 {
            self.next = self.due + Self::PERIOD;
            self.due = now;
        }
        let late = now - self.due;
        self.late = self.late.max(u32::try_from(late.as_micros()).unwrap_or(u32::MAX));
        if late > SLACK {
            self.due = now;
        }
        let pulse = if self.step.is_multiple_of(2) { Pulse::Mark } else { Pulse::Space };
        let span = self.span(pulse);
        self.due += Duration::from_micros(span.into());
        self.step += 1;
        if self.step == END || (self.is_repeat && self.step == REPEAT_END) {
            self.step = END;
            self.next = self.next.max(now + PAUSE);
        }
        Some(pulse)
    }

    /// Returns how late the latest step of this signal was, or of the last one. The first step
    /// is never late.
    pub const fn lateness(&self) -> Duration {
        Duration::from_micros(self.late as u64)
    }

    fn begin(&mut self, now: Instant) {
        let is_in_time = now <= self.next + GRACE;
        self.due = if is_in_time { self.next } else { now };
        self.step = 0;
        self.late = 0;
    }

    /// Returns the length of what this step begins, in microseconds.
    fn span(&mut self, pulse: Pulse) -> u16 {
        match (self.step, pulse) {
            (0, _) => START_MARK,
            (1, _) if self.is_repeat => REPEAT_SPACE,
            (1, _) => FRAME_SPACE,
            (_, Pulse::Mark) => MARK,
            (_, Pulse::Space) => {
                let is_one = self.bits & 1 == 1;
                self.bits >>= 1;
                if is_one { ONE_SPACE } else { ZERO_SPACE }
            }
        }
    }
}

impl Default for Modulator {
    fn default() -> Self {
        Self::new()
    }
}
