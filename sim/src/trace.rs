//! The history of wires, of analog sources and of PWM channels.

mod log;
mod stream;

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::rc::Rc;

use embedded_hal::digital::PinState;
use tickwire_traits::{Clock, Instant};

use crate::{Pwm, Wire, analog};
use log::{Log, Value};
pub use stream::VcdStream;

/// A logic analyzer: records the wires, the analog sources and the PWM channels that it created.
///
/// The trace reads its wires itself, so a planned edge is recorded with its time even if
/// nothing else reads the wire, and if no pin is left on it. For that, the trace owns its
/// wires. Clones are the same trace.
///
/// Names are made unique: a name that is taken, or that would look like another in a VCD
/// file, gets a suffix, `_2`, `_3` and so on, and is known by the result.
///
/// ```
/// use embedded_hal::digital::{OutputPin, PinState};
/// use tickwire_sim::{Sim, Trace};
/// use tickwire_traits::{Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let trace = Trace::new();
/// let mut led = trace.wire("led", clock.clone(), PinState::Low).output();
/// sim.run(async {
///     led.set_high().unwrap();
///     clock.sleep(Duration::from_millis(10)).await;
///     led.set_low().unwrap();
/// });
/// assert_eq!(
///     trace.waveform("led"),
///     [
///         (Instant::EPOCH, PinState::Low), // The initial level.
///         (Instant::EPOCH, PinState::High),
///         (Instant::from_millis(10), PinState::Low),
///     ],
/// );
/// let mut vcd = Vec::new();
/// trace.write_vcd(&mut vcd).unwrap();
/// assert!(String::from_utf8(vcd).unwrap().contains("$var wire 1 ! led $end"));
/// ```
#[derive(Clone, Default)]
pub struct Trace {
    log: Rc<RefCell<Log>>,
    /// Not in the log, which the wires own.
    wires: Rc<RefCell<Vec<Rc<dyn Recorded>>>>,
}

/// A wire that has to be read to be recorded.
pub(crate) trait Recorded {
    /// Records edges until now. Returns whether there were any.
    fn catch_up(&self) -> bool;
}

/// One signal of a [`Trace`], for a model that draws its own waveform.
#[derive(Clone, Debug)]
pub struct Probe {
    log: Rc<RefCell<Log>>,
    signal: usize,
}

/// One number of a [`Trace`], for the results of a converter and for a duty cycle.
#[derive(Clone, Debug)]
pub(crate) struct NumberProbe {
    log: Rc<RefCell<Log>>,
    signal: usize,
}

impl Trace {
    /// Creates a trace with no signals.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a wire that is recorded under `name`.
    pub fn wire<T: Clock + 'static>(&self, name: &str, clock: T, initial: PinState) -> Wire<T> {
        let probe = self.probe(name, initial);
        let name = self.name(probe.signal);
        let wire = Wire::probed(name, clock, initial, probe);
        self.wires.borrow_mut().push(wire.recorded());
        wire
    }

    /// Adds a signal that the caller records itself.
    pub fn probe(&self, name: &str, initial: PinState) -> Probe {
        let signal = self.log.borrow_mut().add(name, Value::Level(initial));
        Probe { log: self.log.clone(), signal }
    }

    /// Creates an analog source whose conversions are recorded under `name`. In a VCD file, they
    /// are an integer, which GTKWave and PulseView can draw as a curve.
    ///
    /// ```
    /// use tickwire_sim::{Sim, Trace};
    /// use tickwire_traits::{AnalogInput, Instant};
    ///
    /// let sim = Sim::new();
    /// let trace = Trace::new();
    /// let mut knob = trace.analog("knob", sim.clock(), 1_023);
    /// knob.set(5);
    /// sim.run(knob.read()).unwrap();
    /// assert_eq!(trace.readings("knob"), [(Instant::EPOCH, 5)]);
    /// let mut vcd = Vec::new();
    /// trace.write_vcd(&mut vcd).unwrap();
    /// assert!(vcd.ends_with(b"#0\n$dumpvars\nbx !\n$end\nb101 !\n"));
    /// ```
    pub fn analog<T: Clock>(&self, name: &str, clock: T, full_scale: u32) -> analog::Source<T> {
        let probe = self.number(name, None);
        analog::Source::probed(self.name(probe.signal), clock, full_scale, probe)
    }

    /// Creates a PWM channel whose duty cycle is recorded under `name`, each time that it is
    /// set. In a VCD file, it is an integer, as conversions are.
    ///
    /// ```
    /// use embedded_hal::pwm::SetDutyCycle;
    /// use tickwire_sim::{Sim, Trace};
    /// use tickwire_traits::{Duration, Instant, Timer};
    ///
    /// let sim = Sim::new();
    /// let clock = sim.clock();
    /// let trace = Trace::new();
    /// let mut light = trace.pwm("light", clock.clone(), 255);
    /// sim.run(async {
    ///     clock.sleep(Duration::from_millis(10)).await;
    ///     light.set_duty_cycle(128).unwrap();
    /// });
    /// let duties = [(Instant::EPOCH, 0), (Instant::from_millis(10), 128)];
    /// assert_eq!(trace.readings("light"), duties);
    /// ```
    pub fn pwm<T: Clock>(&self, name: &str, clock: T, max: u16) -> Pwm<T> {
        let probe = self.number(name, Some(0));
        Pwm::probed(self.name(probe.signal), clock, max, probe)
    }

    /// Returns the levels of the signal `name`: the initial level, with the time of the epoch as
    /// in a VCD file, and each change. Returns nothing if there is no such signal.
    ///
    /// If a [stream](Self::stream_vcd) has taken changes, the level after them comes first, with
    /// the time of the last one.
    pub fn waveform(&self, name: &str) -> Vec<(Instant, PinState)> {
        self.catch_up();
        let log = self.log.borrow();
        let levels = log.values(name).filter_map(|(at, value)| match value {
            Value::Level(level) => Some((at, level)),
            Value::Number(_) => None,
        });
        levels.collect()
    }

    /// Returns the numbers of the signal `name`, or nothing if there is no such signal. Of an
    /// analog source, they are the conversions: when each began, and its result. Of a PWM
    /// channel, they are the duty cycles: 0 with the time of the epoch, and each that was set.
    /// Conversions and settings that failed are not recorded.
    ///
    /// If a [stream](Self::stream_vcd) has taken numbers, its last one comes first.
    pub fn readings(&self, name: &str) -> Vec<(Instant, u32)> {
        let log = self.log.borrow();
        let numbers = log.values(name).filter_map(|(at, value)| match value {
            Value::Number(number) => Some((at, number?)),
            Value::Level(_) => None,
        });
        numbers.collect()
    }

    /// Writes all changes and numbers so far as a VCD file (IEEE 1364, clause 18) in
    /// microseconds, which GTKWave and PulseView open. The file begins at `#0`, with the initial
    /// values.
    ///
    /// A microsecond is too coarse for fast serial lines: see [`uart`](crate::uart) for the
    /// limit.
    ///
    /// White space in names becomes `_`, as does an empty name.
    ///
    /// # Errors
    ///
    /// Errors of `out`. The trace is unchanged.
    pub fn write_vcd(&self, out: impl io::Write) -> io::Result<()> {
        self.catch_up();
        let log = self.log.borrow();
        let mut vcd = vcd::Writer::new(out);
        let ids = log.declare(&mut vcd)?;
        let mut now = Instant::EPOCH;
        let mut changes: Vec<_> = log.changes.iter().collect();
        changes.sort_by_key(|(at, ..)| *at); // Stable: order at one instant stays.
        for (at, signal, value) in changes {
            if now != *at {
                now = *at;
                vcd.timestamp(at.as_micros())?;
            }
            value.write(&mut vcd, ids[*signal])?;
        }
        vcd.flush()
    }

    /// Begins a VCD file that grows while the trace records, and writes its
    /// declarations.
    ///
    /// A trace has one such file: changes go to the first stream that requests them, and are
    /// then in no [`waveform`](Self::waveform) or other file.
    ///
    /// # Errors
    ///
    /// Errors of `out`. The trace is unchanged.
    pub fn stream_vcd(&self, out: impl io::Write) -> io::Result<VcdStream> {
        VcdStream::begin(self.clone(), out)
    }

    /// Reads all wires until nothing more changes: a change of one wire may cause one of
    /// another.
    fn catch_up(&self) {
        // Not borrowed during the reads: a listener may create another wire.
        let wires = self.wires.borrow().clone();
        while wires.iter().fold(false, |moved, wire| wire.catch_up() | moved) {}
    }

    fn number(&self, name: &str, initial: Option<u32>) -> NumberProbe {
        let signal = self.log.borrow_mut().add(name, Value::Number(initial));
        NumberProbe { log: self.log.clone(), signal }
    }

    fn name(&self, signal: usize) -> String {
        self.log.borrow().signals[signal].name.clone()
    }
}

impl Probe {
    /// Records that the signal changes to `level` at `at`: now or in the near future, but after
    /// the changes recorded before.
    pub fn record(&self, at: Instant, level: PinState) {
        self.log.borrow_mut().changes.push((at, self.signal, Value::Level(level)));
    }
}

impl NumberProbe {
    /// Records a number, after those recorded before.
    pub(crate) fn record(&self, at: Instant, number: u32) {
        self.log.borrow_mut().changes.push((at, self.signal, Value::Number(Some(number))));
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(log) = self.log.try_borrow() else { return f.write_str("a trace in use") };
        f.write_str("a trace of ")?;
        f.debug_list().entries(log.signals.iter().map(|signal| &signal.name)).finish()
    }
}
