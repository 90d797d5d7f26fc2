//! Asynchronous serial lines, as bytes and as seen by a logic analyzer.
//!
//! [`line`](line()) creates a line, with a port at each end and fault injection. [`decode`]
//! and [`Decoder`] find the bytes on a wire, and [`draw`] draws a byte.
//!
//! Bits are timed in [`Nanos`], as in captures. A [`Trace`](crate::Trace) and its VCD file
//! have whole microseconds, which are enough for 230 400 baud if both ends agree within 2 %,
//! and for 460 800 baud if they agree exactly. Faster lines need a capture with finer times.

mod line;
mod way;

use embedded_hal::digital::PinState;
use tickwire_traits::{Duration, Instant};

use crate::Probe;
pub use line::{LineFault, Port, SpeedError, Way, line};

/// Start bit, 8 data bits, no parity, stop bit.
const BITS: u64 = 10;

/// The number of bits before the stop bit.
const STOP: u64 = BITS - 1;

/// The bits of a byte that are inverted if it is received at another speed.
const MISREAD: u8 = 0xa5;

/// The speed of a serial line. The format is 8N1.
///
/// ```
/// use tickwire_sim::uart::Baud;
/// use tickwire_traits::Duration;
///
/// let baud = Baud::new(9_600);
/// assert_eq!(baud.time_of(96), Duration::from_millis(100)); // 10 bits per byte.
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Baud(u64);

/// Nanoseconds since the start of a capture. A bit at 921 600 baud takes 1 085 of them; an
/// [`Instant`] cannot distinguish that from a bit at a million baud.
///
/// ```
/// use tickwire_sim::uart::Nanos;
/// use tickwire_traits::Instant;
///
/// assert_eq!(Nanos::from(Instant::from_micros(5)), Nanos(5_000));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(pub u64);

/// A byte found on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Byte {
    /// The time of its start bit.
    pub at: Nanos,
    /// The value of the byte, even without a stop bit.
    pub value: u8,
    /// Whether the stop bit is missing.
    pub framing_error: bool,
}

/// The result of [`decode`], which has an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The bytes, including those with a framing error, each with the time of its start
    /// bit.
    pub bytes: Vec<(Nanos, u8)>,
    /// The number of bytes without a stop bit.
    pub framing_errors: u32,
}

/// A decoder that finds the bytes on a line, change by change, in constant memory.
///
/// ```text
///         low                  low in the middle of the start bit
///   Idle ─────► Receiving 0 bits ─────────► … 8 bits ──► stop bit
///    ▲              │ high: a glitch                        │
///    └──────────────┴───────────────────────────────────────┘
/// ```
///
/// ```
/// use embedded_hal::digital::PinState::{High, Low};
/// use tickwire_sim::uart::{Baud, Byte, Decoder, Nanos};
///
/// let mut decoder = Decoder::new(Baud::new(1_000_000));
/// // 0xf8: a start bit and three zeros.
/// assert_eq!(decoder.change(Nanos(250), Low), None);
/// assert_eq!(decoder.change(Nanos(4_250), High), None);
/// let byte = Byte { at: Nanos(250), value: 0xf8, framing_error: false };
/// assert_eq!(decoder.finish(), Some(byte));
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    baud: Baud,
    /// The level since the last change.
    level: PinState,
    receiving: Option<Receiving>,
}

/// A byte with `bits` samples so far, including the start bit.
#[derive(Clone, Copy, Debug)]
struct Receiving {
    start: Nanos,
    bits: u64,
    value: u8,
}

impl Baud {
    /// Creates a speed in bits per second; 0 is taken as 1.
    pub fn new(bits_per_second: u32) -> Self {
        Self(u64::from(bits_per_second.max(1)))
    }

    /// Returns how long `bytes` take, rounded up to whole microseconds, and at most
    /// [`Duration::MAX`].
    pub fn time_of(self, bytes: u64) -> Duration {
        self.halves(u128::from(bytes) * u128::from(BITS * 2))
    }

    pub(crate) fn bits_per_second(self) -> u32 {
        self.0.try_into().unwrap_or(u32::MAX)
    }

    /// Returns what is received at this speed if `byte` is sent at `other`: another byte, unless
    /// both differ by less than half a bit in the ten of a byte.
    ///
    /// A real UART may also find another number of bytes.
    pub(crate) fn hears(self, other: Self, byte: u8) -> u8 {
        let is_near = self.0.abs_diff(other.0) * 20 < self.0.max(other.0);
        if is_near { byte } else { byte ^ MISREAD }
    }

    /// Returns the duration of this many half bits.
    fn halves(self, halves: u128) -> Duration {
        let scaled = halves * 500_000;
        // Almost always: a division of 64 bits is much cheaper than one of 128.
        let micros = match u64::try_from(scaled) {
            Ok(scaled) => scaled.div_ceil(self.0),
            Err(_) => u64::try_from(scaled.div_ceil(self.0.into())).unwrap_or(u64::MAX),
        };
        Duration::from_micros(micros)
    }
}

impl From<Instant> for Nanos {
    /// Converts a time; one later than 584 years becomes 584 years.
    fn from(at: Instant) -> Self {
        Self(at.as_micros().saturating_mul(1_000))
    }
}

impl Decoder {
    /// Creates a decoder for a line that is idle.
    pub fn new(baud: Baud) -> Self {
        Self { baud, level: PinState::High, receiving: None }
    }

    /// Records that the line is at `level` from `at` on. Returns the byte that was complete
    /// before. Times must not go back.
    pub fn change(&mut self, at: Nanos, level: PinState) -> Option<Byte> {
        let byte = self.sample_until(Some(at));
        let falls = self.level == PinState::High && level == PinState::Low;
        if falls && self.receiving.is_none() {
            self.receiving = Some(Receiving { start: at, bits: 0, value: 0 });
        }
        self.level = level;
        byte
    }

    /// Returns the byte that is complete if the line stays at its level.
    pub fn finish(&mut self) -> Option<Byte> {
        self.sample_until(None)
    }

    /// Samples each bit whose middle is before `end`.
    fn sample_until(&mut self, end: Option<Nanos>) -> Option<Byte> {
        let is_high = self.level == PinState::High;
        while let Some(Receiving { start, bits, value }) = &mut self.receiving {
            let middle = start.0.saturating_add((2 * *bits + 1) * 500_000_000 / self.baud.0);
            if end.is_some_and(|end| end.0 <= middle) {
                return None;
            }
            match *bits {
                0 if is_high => self.receiving = None, // The start bit was too short.
                0 => *bits = 1,
                STOP => {
                    let byte = Byte { at: *start, value: *value, framing_error: !is_high };
                    self.receiving = None;
                    return Some(byte);
                }
                _ => {
                    *value = *value >> 1 | u8::from(is_high) << 7;
                    *bits += 1;
                }
            }
        }
        None
    }
}

/// Finds the bytes on a line from its changes, from
/// [`Trace::waveform`](crate::Trace::waveform) or from a capture in [`Nanos`].
///
/// The line is idle before the first change. Each bit is sampled in its middle. A byte with
/// a low stop bit is counted and kept: the receiver cannot know that it is wrong. The next
/// start bit may begin from the middle of the stop bit on, so a capture that begins inside a
/// byte synchronizes at the first pause.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Trace, uart};
/// use tickwire_traits::Instant;
///
/// let trace = Trace::new();
/// let probe = trace.probe("tx", PinState::High);
/// let baud = uart::Baud::new(9_600);
/// uart::draw(&probe, Instant::EPOCH, b'$', baud);
/// let decoded = uart::decode(&trace.waveform("tx"), baud);
/// assert_eq!(decoded.bytes, [(uart::Nanos(0), b'$')]);
/// assert_eq!(decoded.framing_errors, 0);
/// ```
pub fn decode<T: Copy + Into<Nanos>>(changes: &[(T, PinState)], baud: Baud) -> Decoded {
    let mut decoder = Decoder::new(baud);
    let mut decoded = Decoded::default();
    let mut keep = |byte: Option<Byte>| {
        if let Some(Byte { at, value, framing_error }) = byte {
            decoded.bytes.push((at, value));
            decoded.framing_errors += u32::from(framing_error);
        }
    };
    for (at, level) in changes {
        keep(decoder.change((*at).into(), *level));
    }
    keep(decoder.finish());
    decoded
}

/// Draws a byte, with its start bit at `start`, on a line that is idle.
pub fn draw(probe: &Probe, start: Instant, byte: u8, baud: Baud) {
    let mut level = PinState::High;
    let data = (0..8).map(|bit| PinState::from(byte >> bit & 1 == 1));
    let bits = [PinState::Low].into_iter().chain(data).chain([PinState::High]);
    for (index, bit) in (0..).zip(bits) {
        if bit != level {
            probe.record(start + baud.halves(2 * index), bit);
            level = bit;
        }
    }
}
