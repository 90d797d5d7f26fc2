//! The history of wires.

mod stream;

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::rc::Rc;

use embedded_hal::digital::PinState;
use tickwire_traits::{Clock, Instant};
use vcd::IdCode;

use crate::Wire;
pub use stream::VcdStream;

/// A logic analyzer: records the wires that it created.
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

#[derive(Debug, Default)]
struct Log {
    signals: Vec<Signal>,
    /// By signal; the changes of one signal are in order.
    changes: Vec<(Instant, usize, PinState)>,
}

#[derive(Debug)]
struct Signal {
    name: String,
    /// The time and level before all changes that are kept.
    since: Instant,
    initial: PinState,
}

/// One signal of a [`Trace`], for a model that draws its own waveform.
#[derive(Clone, Debug)]
pub struct Probe {
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
        let name = self.log.borrow().signals[probe.signal].name.clone();
        let wire = Wire::probed(name, clock, initial, probe);
        self.wires.borrow_mut().push(wire.recorded());
        wire
    }

    /// Adds a signal that the caller records itself.
    pub fn probe(&self, name: &str, initial: PinState) -> Probe {
        let mut log = self.log.borrow_mut();
        let name = log.unique(name);
        log.signals.push(Signal { name, since: Instant::EPOCH, initial });
        Probe { log: self.log.clone(), signal: log.signals.len() - 1 }
    }

    /// Returns the levels of the signal `name`: the initial level, with the time of the epoch as
    /// in a VCD file, and each change. Returns nothing if there is no such signal.
    ///
    /// If a [stream](Self::stream_vcd) has taken changes, the level after them comes first, with
    /// the time of the last one.
    pub fn waveform(&self, name: &str) -> Vec<(Instant, PinState)> {
        self.catch_up();
        let log = self.log.borrow();
        let Some(wanted) = log.signals.iter().position(|signal| signal.name == name) else {
            return Vec::new();
        };
        let Signal { since, initial, .. } = log.signals[wanted];
        let of_wanted = log.changes.iter().filter(|(_, signal, _)| *signal == wanted);
        let changes = of_wanted.map(|(at, _, level)| (*at, *level));
        [(since, initial)].into_iter().chain(changes).collect()
    }

    /// Writes all changes so far as a VCD file (IEEE 1364, clause 18) in microseconds, which
    /// GTKWave and PulseView open. The file begins at `#0`, with the initial levels.
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
        for (at, signal, level) in changes {
            if now != *at {
                now = *at;
                vcd.timestamp(at.as_micros())?;
            }
            vcd.change_scalar(ids[*signal], *level == PinState::High)?;
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
}

impl Log {
    fn unique(&self, wanted: &str) -> String {
        let taken =
            |name: &str| self.signals.iter().any(|known| in_vcd(&known.name) == in_vcd(name));
        let suffixed = (2..).map(|n| format!("{}_{n}", in_vcd(wanted)));
        let mut names = [wanted.to_owned()].into_iter().chain(suffixed);
        names.find(|name| !taken(name)).unwrap_or_default() // They do not run out.
    }

    /// Writes the names of the signals, and their initial levels at `#0`.
    fn declare(&self, vcd: &mut vcd::Writer<impl io::Write>) -> io::Result<Vec<IdCode>> {
        vcd.timescale(1, vcd::TimescaleUnit::US)?;
        vcd.add_module("tickwire")?;
        let add = |signal: &Signal| vcd.add_wire(1, &in_vcd(&signal.name));
        let ids = self.signals.iter().map(add).collect::<io::Result<Vec<_>>>()?;
        vcd.upscope()?;
        vcd.enddefinitions()?;
        vcd.timestamp(Instant::EPOCH.as_micros())?;
        vcd.begin(vcd::SimulationCommand::Dumpvars)?;
        for (id, signal) in ids.iter().zip(&self.signals) {
            vcd.change_scalar(*id, signal.initial == PinState::High)?;
        }
        vcd.end()?;
        Ok(ids)
    }

    /// Takes the changes of the first `signals` up to and including `until`.
    fn take_until(&mut self, until: Instant, signals: usize) -> Vec<(Instant, usize, PinState)> {
        let due = |(at, signal, _): &mut _| *at <= until && *signal < signals;
        let taken: Vec<_> = self.changes.extract_if(.., due).collect();
        for (at, signal, level) in &taken {
            let Signal { since, initial, .. } = &mut self.signals[*signal];
            (*since, *initial) = (*at, *level);
        }
        taken
    }
}

/// Returns the name of a signal in a VCD file.
fn in_vcd(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join("_");
    if name.is_empty() { "_".into() } else { name }
}

impl Probe {
    /// Records that the signal changes to `level` at `at`: now or in the near future, but after
    /// the changes recorded before.
    pub fn record(&self, at: Instant, level: PinState) {
        self.log.borrow_mut().changes.push((at, self.signal, level));
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(log) = self.log.try_borrow() else { return f.write_str("a trace in use") };
        f.write_str("a trace of ")?;
        f.debug_list().entries(log.signals.iter().map(|signal| &signal.name)).finish()
    }
}
