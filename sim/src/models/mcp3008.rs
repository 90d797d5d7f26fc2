//! The MCP3008, an analog-to-digital converter, and its relatives.

mod dialogue;

use std::fmt;

use tickwire_traits::{Duration, Instant};

use crate::spi::Device;
use dialogue::{Dialogue, Step};

/// A model of the MCP3008, from its datasheet (Microchip, DS21295D), and of its relatives
/// MCP3004 and MCP3208 (DS21298).
///
/// Voltages are in microvolts. An input is a constant, or a function of the time. The chip
/// samples when the clock after D0 begins; with the bus of [`sim`](crate::spi), that is the
/// time of its byte.
///
/// The faults of the bus are in [`Faults`](crate::spi::Faults); the faults of the chip are
/// methods of the model.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use embedded_hal_async::spi::SpiBus;
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Sim, Wire, models::mcp3008::Mcp3008, spi::Bus};
/// use tickwire_traits::{Clock, Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let chip = Rc::new(RefCell::new(Mcp3008::new())); // Its supply and reference are 3.3 V.
/// // A capacitor that is charged from 0 s on, by 1.1 V a second.
/// chip.borrow_mut().set_waveform(5, |now| 11 * now.as_micros() as i64 / 10);
/// let cs = Wire::new(clock.clone(), PinState::High);
/// let mut bus = Bus::new(clock.clone()).with_speed(1_000_000);
/// bus.attach(&cs, chip.clone());
///
/// let mut frame = [0x01, 0xd0, 0x00]; // The start bit; single-ended, channel 5.
/// sim.run(async {
///     clock.sleep(Duration::from_secs(1)).await;
///     cs.set(PinState::Low);
///     bus.transfer_in_place(&mut frame).await.unwrap();
///     cs.set(PinState::High);
/// });
/// // Nothing drives the first 13 bits. Then 0, and 341: a third of 1024.
/// assert_eq!(frame, [0xff, 0b1111_1001, 0b0101_0101]);
/// assert_eq!(chip.borrow().counts().conversions, 1);
/// ```
pub struct Mcp3008 {
    kind: Kind,
    inputs: [Input; 8],
    reference: i64,
    supply: i64,
    plugged: bool,
    data_line: DataLine,
    /// What the controller reads where nothing drives the line.
    undriven: u8,
    dialogue: Dialogue,
    /// When the previous byte of this selection began.
    previous: Option<Instant>,
    counts: Counts,
}

/// The uses that a [`Mcp3008`] has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Results of which each bit was read.
    pub conversions: u64,
    /// Selections that ended after the start bit and before the end of a result.
    pub cut: u64,
    /// Bytes that were faster than the clock may be with this supply.
    pub too_fast: u64,
    /// Results that were read more slowly than the chip keeps its charge.
    pub too_slow: u64,
}

/// The state of the line from the chip to the controller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataLine {
    /// Connected to the chip.
    #[default]
    Connected,
    /// Shorted to ground.
    Low,
    /// Shorted to the supply.
    High,
}

#[derive(Clone, Copy, Debug)]
struct Kind {
    name: &'static str,
    bits: u32,
    channels: usize,
    /// In Hz, with 2.7 V and with 5 V (section 1.0).
    fastest: [u64; 2],
}

enum Input {
    Constant(i64),
    Waveform(Box<dyn FnMut(Instant) -> i64>),
}

impl Mcp3008 {
    /// Creates an MCP3008 with a supply and a reference of 3.3 V, and all inputs at 0 V.
    pub fn new() -> Self {
        Self::of(Kind { name: "MCP3008", bits: 10, channels: 8, fastest: [1_350_000, 3_600_000] })
    }

    /// Creates an MCP3004: the same, with four channels.
    pub fn mcp3004() -> Self {
        Self::of(Kind { name: "MCP3004", bits: 10, channels: 4, fastest: [1_350_000, 3_600_000] })
    }

    /// Creates an MCP3208: the same as the MCP3008, with 12 bits and a slower clock.
    pub fn mcp3208() -> Self {
        Self::of(Kind { name: "MCP3208", bits: 12, channels: 8, fastest: [1_000_000, 2_000_000] })
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind,
            inputs: std::array::from_fn(|_| Input::Constant(0)),
            reference: 3_300_000,
            supply: 3_300_000,
            plugged: true,
            data_line: DataLine::Connected,
            undriven: 0xff,
            dialogue: Dialogue::Deaf,
            previous: None,
            counts: Counts::default(),
        }
    }

    /// Sets the voltage of a channel.
    ///
    /// # Panics
    ///
    /// If there is no such channel.
    pub fn set_voltage(&mut self, channel: usize, microvolts: i32) {
        *self.input(channel) = Input::Constant(microvolts.into());
    }

    /// Sets the voltage of a channel as a function of the time of the sample.
    ///
    /// # Panics
    ///
    /// If there is no such channel.
    pub fn set_waveform(
        &mut self,
        channel: usize,
        microvolts: impl FnMut(Instant) -> i64 + 'static,
    ) {
        *self.input(channel) = Input::Waveform(Box::new(microvolts));
    }

    /// Sets the voltage of a channel to the middle of the step of this result.
    ///
    /// # Panics
    ///
    /// If there is no such channel.
    pub fn set_code(&mut self, channel: usize, code: u16) {
        let halves = (2 * i64::from(code) + 1) * self.reference;
        *self.input(channel) = Input::Constant(halves >> (self.kind.bits + 1));
    }

    /// Sets the reference voltage.
    pub fn set_reference(&mut self, microvolts: u32) {
        self.reference = microvolts.into();
    }

    /// Sets the supply, by which the fastest clock is judged. The datasheet gives it for
    /// 2.7 V and 5 V; the model takes that for 2.7 V below 5 V.
    pub fn set_supply(&mut self, microvolts: u32) {
        self.supply = microvolts.into();
    }

    /// Sets the state of the line from the chip to the controller.
    pub fn set_data_line(&mut self, state: DataLine) {
        self.data_line = state;
    }

    /// Sets the bits of each byte that the controller reads where the chip does not drive the
    /// line. They are all set at first, as with a pull-up.
    pub fn set_undriven(&mut self, byte: u8) {
        self.undriven = byte;
    }

    /// Takes the power from the chip.
    pub fn unplug(&mut self) {
        self.plugged = false;
    }

    /// Gives the chip its power back. If it is selected, it answers from the next selection on
    /// (section 5.0).
    pub fn plug(&mut self) {
        self.plugged = true;
        self.dialogue = Dialogue::Deaf;
    }

    /// Returns whether the chip has power.
    pub fn is_plugged(&self) -> bool {
        self.plugged
    }

    /// Returns the uses so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    #[track_caller]
    fn input(&mut self, channel: usize) -> &mut Input {
        let Kind { name, channels, .. } = self.kind;
        assert!(channel < channels, "the {name} has no channel {channel}");
        &mut self.inputs[channel]
    }

    /// Measures what was asked for (tables 5-1 and 5-2; section 4.2).
    fn convert(&mut self, now: Instant, asked: usize) -> u16 {
        let channel = asked % self.kind.channels;
        let plus = self.volts(now, channel);
        let minus = if asked & 0b1000 != 0 { 0 } else { self.volts(now, channel ^ 1) };
        let steps = 1_i64 << self.kind.bits;
        let step = plus.saturating_sub(minus).saturating_mul(steps) / self.reference.max(1);
        step.clamp(0, steps - 1) as u16
    }

    fn volts(&mut self, now: Instant, channel: usize) -> i64 {
        match &mut self.inputs[channel] {
            Input::Constant(microvolts) => *microvolts,
            Input::Waveform(microvolts) => microvolts(now),
        }
    }

    /// Judges the clock by the time since the previous byte.
    fn look_at_clock(&mut self, now: Instant) {
        let Some(previous) = self.previous.replace(now) else { return };
        let (took, fastest) = ((now - previous).as_micros(), self.kind.fastest);
        let fastest = fastest[usize::from(self.supply >= 5_000_000)];
        // A bus without a speed is not too fast.
        self.counts.too_fast += u64::from(took > 0 && took * fastest < 8_000_000);
        let sampled = self.dialogue.has_sampled();
        self.counts.too_slow += u64::from(sampled && now - previous > SLOWEST);
    }
}

impl Default for Mcp3008 {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Mcp3008 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an {}, {:?}, {:?}", self.kind.name, self.dialogue, self.counts)
    }
}

impl Device for Mcp3008 {
    fn select(&mut self, _: Instant) {
        self.dialogue = Dialogue::Idle;
        self.previous = None;
    }

    fn exchange(&mut self, now: Instant, byte: u8) -> u8 {
        let mut answer = self.undriven;
        if self.plugged {
            self.look_at_clock(now);
            for bit in (0..8).rev() {
                match self.dialogue.clock(byte >> bit & 1 == 1, self.kind.bits) {
                    Step::Undriven => {}
                    Step::Sample(asked) => {
                        let result = self.convert(now, asked);
                        self.dialogue.set_result(result);
                    }
                    Step::Driven { level, last } => {
                        answer = answer & !(1 << bit) | u8::from(level) << bit;
                        self.counts.conversions += u64::from(last);
                    }
                }
            }
        }
        match self.data_line {
            DataLine::Connected => answer,
            DataLine::Low => 0x00,
            DataLine::High => 0xff,
        }
    }

    fn deselect(&mut self, _: Instant, whole: bool) {
        let cut = self.dialogue.is_begun() && !(whole && self.dialogue.is_read(self.kind.bits));
        self.counts.cut += u64::from(cut);
        self.dialogue = Dialogue::Deaf;
    }
}

/// The longest byte with which the 11 clocks from the sample to the end of the result take
/// 1.2 ms (section 6.2).
const SLOWEST: Duration = Duration::from_micros(1_200 * 8 / 11);
