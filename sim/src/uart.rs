//! Asynchronous serial lines, as a logic analyser sees them.

use embedded_hal::digital::PinState;
use tickwire_traits::{Duration, Instant};

use crate::Probe;

/// Start bit, 8 data bits, no parity, stop bit.
const BITS: u64 = 10;

/// How fast a serial line is. Its format is 8N1.
///
/// ```
/// use tickwire_sim::uart::Baud;
/// use tickwire_traits::Duration;
///
/// let baud = Baud::new(9_600);
/// assert_eq!(baud.time_of(96), Duration::from_millis(100)); // 10 bits a byte.
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Baud(u64);

/// What [`decode`] found; see there for an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The bytes, also those with a framing error, each with the time of its
    /// start bit.
    pub bytes: Vec<(Instant, u8)>,
    /// How many bytes had no stop bit.
    pub framing_errors: u32,
}

impl Baud {
    /// Creates a speed in bits per second; 0 is taken as 1.
    pub fn new(bits_per_second: u32) -> Self {
        Self(u64::from(bits_per_second.max(1)))
    }

    /// Returns how long `bytes` take, rounded up to whole microseconds.
    pub fn time_of(self, bytes: u64) -> Duration {
        self.halves(bytes * BITS * 2)
    }

    /// How long so many half bits take.
    fn halves(self, halves: u64) -> Duration {
        Duration::from_micros((halves * 500_000).div_ceil(self.0))
    }
}

/// Finds the bytes on a line from its changes, as
/// [`Trace::waveform`](crate::Trace::waveform) gives them.
///
/// The line was idle before the first change. Each bit is sampled in its middle.
/// A byte whose stop bit is low is counted and kept: the receiver cannot know
/// that it is wrong. The next start bit may come from the middle of the stop bit
/// on, so a capture that begins inside a byte falls into step at the first pause.
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
/// assert_eq!(decoded.bytes, [(Instant::EPOCH, b'$')]);
/// assert_eq!(decoded.framing_errors, 0);
/// ```
pub fn decode(changes: &[(Instant, PinState)], baud: Baud) -> Decoded {
    let mut decoded = Decoded::default();
    let mut free_at = Instant::EPOCH;
    for (index, (start, level)) in changes.iter().enumerate() {
        if *level == PinState::High || *start < free_at {
            continue;
        }
        let mut later = changes[index..].iter().peekable();
        let mut level = PinState::High;
        let mut sample = |halves| {
            let at = *start + baud.halves(halves);
            while let Some((_, next)) = later.next_if(|(change, _)| *change <= at) {
                level = *next;
            }
            level == PinState::High
        };
        if sample(1) {
            continue; // A glitch: the start bit does not last.
        }
        let byte = (0..8).fold(0, |byte, bit| byte | u8::from(sample(3 + 2 * bit)) << bit);
        let stop = 2 * BITS - 1;
        decoded.framing_errors += u32::from(!sample(stop));
        decoded.bytes.push((*start, byte));
        free_at = *start + baud.halves(stop);
    }
    decoded
}

/// Draws a byte whose start bit begins at `start`, on a line that is idle.
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
