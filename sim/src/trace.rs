//! What happened on each wire.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use embedded_hal::digital::PinState;
use tickwire_traits::{Clock, Instant};

use crate::Wire;

/// A logic analyser: records what happens on the wires that it made.
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
///     [(Instant::EPOCH, PinState::High), (Instant::from_millis(10), PinState::Low)],
/// );
/// let mut vcd = Vec::new();
/// trace.write_vcd(&mut vcd).unwrap();
/// assert!(String::from_utf8(vcd).unwrap().contains("$var wire 1 ! led $end"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Trace(Rc<RefCell<Log>>);

#[derive(Debug, Default)]
struct Log {
    /// Names and initial levels.
    signals: Vec<(String, PinState)>,
    /// By signal; those of one signal are in order.
    changes: Vec<(Instant, usize, PinState)>,
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

    /// Makes a wire that is recorded under `name`.
    pub fn wire<T: Clock>(&self, name: &str, clock: T, initial: PinState) -> Wire<T> {
        Wire::probed(name, clock, initial, self.probe(name, initial))
    }

    /// Adds a signal that the caller records itself.
    pub fn probe(&self, name: &str, initial: PinState) -> Probe {
        let mut log = self.0.borrow_mut();
        log.signals.push((name.into(), initial));
        Probe { log: self.0.clone(), signal: log.signals.len() - 1 }
    }

    /// Returns the changes of the signal `name`; none if there is no such signal.
    pub fn waveform(&self, name: &str) -> Vec<(Instant, PinState)> {
        let log = self.0.borrow();
        let Some(wanted) = log.signals.iter().position(|(known, _)| known == name) else {
            return Vec::new();
        };
        let of_wanted = log.changes.iter().filter(|(_, signal, _)| *signal == wanted);
        of_wanted.map(|(at, _, level)| (*at, *level)).collect()
    }

    /// Writes everything so far as a VCD file (IEEE 1364, clause 18) in
    /// microseconds, which GTKWave and PulseView open.
    ///
    /// White space in names becomes `_`.
    ///
    /// # Errors
    ///
    /// Whatever `out` reports. The trace is as it was.
    pub fn write_vcd(&self, out: impl io::Write) -> io::Result<()> {
        let log = self.0.borrow();
        let mut vcd = vcd::Writer::new(out);
        vcd.timescale(1, vcd::TimescaleUnit::US)?;
        vcd.add_module("tickwire")?;
        let add = |(name, _): &(String, PinState)| {
            vcd.add_wire(1, &name.split_whitespace().collect::<Vec<_>>().join("_"))
        };
        let ids = log.signals.iter().map(add).collect::<io::Result<Vec<_>>>()?;
        vcd.upscope()?;
        vcd.enddefinitions()?;
        vcd.begin(vcd::SimulationCommand::Dumpvars)?;
        for (id, (_, level)) in ids.iter().zip(&log.signals) {
            vcd.change_scalar(*id, *level == PinState::High)?;
        }
        vcd.end()?;
        let mut changes: Vec<_> = log.changes.iter().collect();
        changes.sort_by_key(|(at, ..)| *at); // Stable: order at one instant stays.
        let mut now = None;
        for (at, signal, level) in changes {
            if now.replace(*at) != Some(*at) {
                vcd.timestamp(at.as_micros())?;
            }
            vcd.change_scalar(ids[*signal], *level == PinState::High)?;
        }
        vcd.flush()
    }
}

impl Probe {
    /// Notes that the signal changes to `level` at `at`: now, or in the near
    /// future, but after what was noted before.
    pub fn record(&self, at: Instant, level: PinState) {
        self.log.borrow_mut().changes.push((at, self.signal, level));
    }
}
