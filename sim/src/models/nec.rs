//! Infrared remote controls that use NEC's protocol, seen through a receiver module.

mod signal;

use std::collections::VecDeque;
use std::fmt;

use embedded_hal::digital::PinState;
use rand_core::Rng;
use rand_pcg::Pcg32;
use tickwire_traits::{Clock, Duration, Instant};

use crate::Wire;
pub use signal::{Key, Signal};

/// A remote control, and the output of a receiver module that sees it.
///
/// The model follows the descriptions of NEC's protocol and the datasheet of the TSOP38238
/// (Vishay, 82491): the output is low during a mark, and high at rest. It plans the edges of
/// the wire; no task has to run.
///
/// A signal occupies 108 ms. A key that is pressed earlier is sent at the end of that time, as a
/// remote control does that finishes what it sends.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Sim, Wire, models::nec::{Key, Remote}};
/// use tickwire_traits::{Clock, Duration, Edges, Instant};
///
/// let sim = Sim::new();
/// let output = Wire::new(sim.clock(), PinState::High);
/// let mut pin = output.input();
/// pin.arm().unwrap();
///
/// let mut remote = Remote::new(sim.clock(), &output);
/// let key = Key::standard(0x40, 0x12);
/// // A frame and two repeats, after 108 ms and 216 ms.
/// let end = remote.press(key, Duration::from_millis(300));
/// assert_eq!(end, Instant::from_micros(216_000 + 11_812));
///
/// let times = sim.run(async {
///     let mut times = vec![];
///     while times.len() < 68 + 4 + 4 {
///         times.push(pin.edge().await.unwrap().at.as_micros());
///     }
///     times
/// });
/// assert_eq!(times[..5], [0, 9_000, 13_500, 14_062, 14_625]);
/// assert_eq!(times[68..72], [108_000, 117_000, 119_250, 119_812]);
/// ```
pub struct Remote<T> {
    wire: Wire<T>,
    clock: T,
    period: Duration,
    /// Up to this many percent are added to or taken from each span.
    jitter: u64,
    random: Pcg32,
    repeats_frames: bool,
    /// Before this, the remote control is busy.
    free: Instant,
    /// The faults of the next signals, the next one's first.
    faults: VecDeque<Vec<Fault>>,
}

/// A disturbance of one signal. Times are from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The output has the other level for `length`. In a space, this is a flash of another
    /// source of light; in a mark, a gap. After the end of the signal, it is a pulse of its own.
    Glitch {
        /// When it begins.
        after: Duration,
        /// How long it lasts.
        length: Duration,
    },
    /// The light is blocked. The output rests from then on.
    Cut {
        /// When the signal ends.
        after: Duration,
    },
    /// Bits of a frame are inverted, such as those of a check byte.
    Flip {
        /// A one for each bit to invert. The lowest one is sent first.
        bits: u32,
    },
}

impl<T: Clock> Remote<T> {
    /// Creates a remote control whose times are exact, and lets the wire rest.
    pub fn new(clock: T, wire: &Wire<T>) -> Self {
        wire.set(PinState::High);
        Self {
            wire: wire.clone(),
            clock,
            period: Duration::from_millis(108),
            jitter: 0,
            random: Pcg32::new(0, STREAM),
            repeats_frames: false,
            free: Instant::EPOCH,
            faults: VecDeque::new(),
        }
    }

    /// Changes each mark and each space by up to `percent`, independently. Equal seeds give
    /// equal changes. The beginnings of signals stay exact.
    pub fn with_jitter(mut self, seed: u64, percent: u32) -> Self {
        self.jitter = percent.min(100).into();
        self.random = Pcg32::new(seed, STREAM);
        self
    }

    /// Sets the time from the beginning of a signal to that of the next, 108 ms at first.
    ///
    /// With a period that is shorter than a signal, the next one follows after 562 µs.
    pub fn with_period(mut self, period: Duration) -> Self {
        self.period = period;
        self
    }

    /// Sends the whole frame again while a key is held, as some remote controls do.
    pub fn with_repeated_frames(mut self) -> Self {
        self.repeats_frames = true;
        self
    }

    /// Presses a key now, as [`press_at`](Self::press_at) does. Returns the time of the last edge.
    pub fn press(&mut self, key: Key, held: Duration) -> Instant {
        self.press_at(self.clock.now(), key, held)
    }

    /// Presses a key at `at`, or when the remote control has finished, and holds it. It is sent
    /// once, and repeated at each period that begins while it is held.
    ///
    /// Returns the time of the last edge.
    pub fn press_at(&mut self, at: Instant, key: Key, held: Duration) -> Instant {
        let frame = Signal::Frame(key.bits());
        let repeat = if self.repeats_frames { frame } else { Signal::Repeat };
        let began = at.max(self.free);
        let mut end = self.send_at(began, frame);
        while self.free - began < held {
            end = self.send_at(self.free, repeat);
        }
        end
    }

    /// Sends one signal at `at`, or when the remote control has finished: any 32 bits, or a
    /// repeat without a frame before it.
    ///
    /// Returns the time of the last edge.
    pub fn send_at(&mut self, at: Instant, signal: Signal) -> Instant {
        let began = at.max(self.free);
        let faults = self.faults.pop_front().unwrap_or_default();
        let mut toggles = self.toggles(faults.iter().fold(signal, Fault::on_bits));
        faults.iter().for_each(|fault| fault.on_toggles(&mut toggles));
        let toggles: Vec<_> =
            toggles.into_iter().map(|micros| began + Duration::from_micros(micros)).collect();
        self.wire.toggle_at(&toggles);
        let end = toggles.last().copied().unwrap_or(began);
        self.free = (began + self.period).max(end + GAP);
        end
    }

    /// Makes one signal faulty, after `signals` other ones. A signal may have several faults,
    /// which happen in the order of the calls.
    pub fn fail_after(&mut self, signals: usize, fault: Fault) {
        if self.faults.len() <= signals {
            self.faults.resize(signals + 1, Vec::new());
        }
        self.faults[signals].push(fault);
    }

    /// Returns when the output changes, in microseconds from the beginning.
    fn toggles(&mut self, signal: Signal) -> Vec<u64> {
        let mut nanos = 0;
        let mut toggles = vec![0];
        for span in signal.spans() {
            nanos += self.jittered(span);
            toggles.push(nanos / 1_000);
        }
        toggles
    }

    fn jittered(&mut self, nanos: u64) -> u64 {
        // In hundredths of a percent.
        let most = 100 * self.jitter;
        let change = if most == 0 { 0 } else { self.random.next_u64() % (2 * most + 1) };
        nanos * (10_000 + change - most) / 10_000
    }
}

impl Fault {
    fn on_bits(signal: Signal, fault: &Self) -> Signal {
        match (signal, fault) {
            (Signal::Frame(sent), Self::Flip { bits }) => Signal::Frame(sent ^ bits),
            _ => signal,
        }
    }

    /// Changes the toggles, whose number stays even: the output ends at rest.
    fn on_toggles(&self, toggles: &mut Vec<u64>) {
        match self {
            Self::Glitch { after, length } => {
                toggles.extend([after.as_micros(), (*after + *length).as_micros()]);
                toggles.sort_unstable();
            }
            Self::Cut { after } => {
                toggles.retain(|at| *at < after.as_micros());
                if toggles.len() % 2 == 1 {
                    toggles.push(after.as_micros());
                }
            }
            Self::Flip { .. } => {}
        }
    }
}

impl<T> fmt::Debug for Remote<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a remote control, busy until {:?}", self.free)
    }
}

/// The shortest pause between two signals.
const GAP: Duration = Duration::from_micros(562);
const STREAM: u64 = 0x4e45_435f_3338_6b48;
