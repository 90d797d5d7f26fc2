//! A pad on a wave.

use tickwire_drivers::contact::{Change, Contact, ContactSource};
use tickwire_drivers::touch::{Settings, Touch};
use tickwire_sim::analog::Source;
use tickwire_sim::{Sim, SimClock, Trace};
use tickwire_traits::{Clock, Instant};

pub(crate) type Pad = Touch<Source<SimClock>, SimClock>;

pub(crate) const UNTOUCHED: u32 = 30_000;
pub(crate) const TOUCHED: u32 = 20_000;

pub(crate) struct Rig {
    pub(crate) sim: Sim,
    pub(crate) trace: Trace,
    pub(crate) source: Source<SimClock>,
    pub(crate) pad: Pad,
}

impl Rig {
    pub(crate) fn on(sim: Sim) -> Self {
        let trace = Trace::new();
        let source = trace.analog("pad", sim.clock(), 65_535);
        source.set(UNTOUCHED);
        let pad = Touch::new(source.clone(), sim.clock(), Settings::default()).unwrap();
        Self { sim, trace, source, pad }
    }

    /// Plans touches and releases in turn, at times in milliseconds.
    pub(crate) fn play(&self, times: &[u64]) {
        for (ms, level) in times.iter().zip([TOUCHED, UNTOUCHED].into_iter().cycle()) {
            self.source.set_at(Instant::from_millis(*ms), level);
        }
    }

    /// Returns the changes until a time in milliseconds.
    pub(crate) fn changes(&mut self, until: u64) -> Vec<(bool, u64)> {
        let until = Instant::from_millis(until);
        let mut changes = Vec::new();
        while self.sim.clock().now() < until {
            changes.extend(self.sim.run(self.pad.change_until(until)).unwrap().map(told));
        }
        changes
    }
}

/// Returns whether it is touched, and the time in milliseconds.
pub(crate) fn told(change: Change) -> (bool, u64) {
    (change.contact == Contact::Closed, change.at.as_micros() / 1_000)
}
