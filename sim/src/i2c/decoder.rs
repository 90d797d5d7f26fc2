//! What a logic analyzer sees on the lines.

use std::fmt;

use embedded_hal::digital::PinState;
use tickwire_traits::Instant;

use super::Ack;

/// Bytes from a start to the next start or to the stop.
///
/// `Display` writes them like [`Traffic`](super::Traffic).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The time of the start, or of the repeated one.
    pub at: Instant,
    /// The bytes, the address with its direction bit first.
    pub bytes: Vec<(u8, Ack)>,
}

/// A decoder that finds the messages on the lines of a bus, change by change.
///
/// A capture that begins inside a message is decoded from the next start on. A byte that a start
/// or a stop cuts is dropped, and so is a message without a byte.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal_async::i2c::I2c;
/// use tickwire_sim::{Sim, Trace, i2c::{Bus, Decoder}, models::htu21d::Htu21d};
///
/// let (sim, trace) = (Sim::new(), Trace::new());
/// let mut bus = Bus::new(sim.clock()).traced(&trace);
/// bus.attach(Htu21d::ADDRESS, Rc::new(RefCell::new(Htu21d::new())));
/// sim.run(bus.write_read(Htu21d::ADDRESS, &[0xe7], &mut [0])).unwrap();
///
/// let (mut decoder, mut messages) = (Decoder::new(), Vec::new());
/// let lines = [("SCL", trace.waveform("SCL")), ("SDA", trace.waveform("SDA"))];
/// let mut changes: Vec<_> = lines
///     .into_iter()
///     .flat_map(|(name, waveform)| waveform.into_iter().map(move |(at, level)| (at, name, level)))
///     .collect();
/// changes.sort_by_key(|(at, ..)| *at);
/// for (at, name, level) in changes {
///     let (scl, sda) = decoder.levels();
///     let (scl, sda) = if name == "SCL" { (level, sda) } else { (scl, level) };
///     messages.extend(decoder.change(at, scl, sda).map(|message| message.to_string()));
/// }
/// assert_eq!(messages, ["80 e7", "81 02n"]);
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    scl: PinState,
    sda: PinState,
    /// No level was recorded yet.
    is_new: bool,
    message: Option<Message>,
    /// The bits of a byte, the first of them behind a one.
    bits: u16,
}

/// No bit yet.
const EMPTY: u16 = 1;

impl Decoder {
    /// Creates a decoder.
    pub fn new() -> Self {
        let high = PinState::High;
        Self { scl: high, sda: high, is_new: true, message: None, bits: EMPTY }
    }

    /// Returns the levels of SCL and SDA, which are high before the first change.
    pub fn levels(&self) -> (PinState, PinState) {
        (self.scl, self.sda)
    }

    /// Records that the lines have these levels from `at` on. Returns the message that this ends.
    /// The first levels are those at the beginning.
    ///
    /// If both lines change, SDA is taken to change while SCL is low, which is neither a start nor
    /// a stop. (UM10204, section 3.1.3.)
    pub fn change(&mut self, at: Instant, scl: PinState, sda: PinState) -> Option<Message> {
        if std::mem::take(&mut self.is_new) {
            (self.scl, self.sda) = (scl, sda);
            return None;
        }
        let rises = self.scl == PinState::Low && scl == PinState::High;
        if scl == PinState::Low {
            self.scl = scl;
        }
        let changes = self.sda != sda;
        self.sda = sda;
        if changes && self.scl == PinState::High {
            // A start if SDA falls, and a stop if it rises.
            let starts = sda == PinState::Low;
            let ended = self.finish();
            self.message = starts.then(|| Message { at, bytes: Vec::new() });
            return ended;
        }
        if rises {
            self.bit();
        }
        self.scl = scl;
        None
    }

    /// Returns the message that has begun, as if it were stopped now.
    pub fn finish(&mut self) -> Option<Message> {
        self.bits = EMPTY;
        self.message.take().filter(|message| !message.bytes.is_empty())
    }

    /// Takes SDA as the next bit. The ninth is the acknowledgment.
    fn bit(&mut self) {
        let Some(message) = &mut self.message else { return };
        let bit = u16::from(self.sda == PinState::High);
        if self.bits < 1 << 8 {
            self.bits = self.bits << 1 | bit;
            return;
        }
        let [_, byte] = self.bits.to_be_bytes();
        message.bytes.push((byte, if bit == 0 { Ack::Ack } else { Ack::Nack }));
        self.bits = EMPTY;
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (byte, ack)) in self.bytes.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            let nack = if *ack == Ack::Nack { "n" } else { "" };
            write!(f, "{space}{byte:02x}{nack}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes conditions and bits, and compares the messages. `S` is a start and `P` a stop; after
    /// `|`, SDA has its next level in the same sample in which SCL falls.
    #[track_caller]
    fn check(drawn: &str, expected: &[&str]) {
        let mut decoder = Decoder::new();
        let mut messages = Vec::new();
        let mut at = 0;
        let mut sample = |levels: [bool; 2]| {
            let [scl, sda] = levels.map(PinState::from);
            messages.extend(decoder.change(Instant::from_micros(at), scl, sda));
            at += 1;
        };
        let (mut sda, mut together) = (true, false);
        for symbol in drawn.chars() {
            let (before, after) = match symbol {
                'S' => (true, false),
                'P' => (false, true),
                '0' | '1' => (symbol == '1', symbol == '1'),
                '|' => {
                    together = true;
                    continue;
                }
                _ => continue,
            };
            if !std::mem::take(&mut together) {
                sample([false, sda]);
            }
            for levels in [[false, before], [true, before], [true, after]] {
                sample(levels);
            }
            sda = after;
        }
        messages.extend(decoder.finish());
        let messages: Vec<_> = messages.iter().map(ToString::to_string).collect();
        assert_eq!(messages, expected, "{drawn}");
    }

    #[test]
    fn a_byte_is_nine_bits_after_a_start() {
        check("S 10100101 0 P", &["a5"]);
        check("S 10100101 1 00000001 0 P", &["a5n 01"]);
        // Before a start there is no message, and none without a byte.
        check("10100101 0 P S P", &[]);
        check("S 10100101 0", &["a5"]);
    }

    #[test]
    fn a_start_or_a_stop_cuts_a_byte_and_ends_a_message() {
        check("S 1010010 P S 11111111 0 P", &["ff"]);
        check("S 10100101 0 S 11111111 0 1010 P", &["a5", "ff"]);
    }

    #[test]
    fn a_capture_may_begin_anywhere() {
        let levels = |level: bool| (PinState::High, PinState::from(level));
        for (first, second) in [(false, true), (true, true), (false, false)] {
            let mut decoder = Decoder::new();
            for (scl, sda) in [levels(first), levels(second)] {
                assert_eq!(decoder.change(Instant::EPOCH, scl, sda), None);
            }
            assert!(decoder.message.is_none(), "{first} {second}");
        }
    }

    #[test]
    fn lines_that_change_in_one_sample_are_no_condition() {
        check("S 1|0|1|0|0|1|0|1| 0 P", &["a5"]);
    }
}
