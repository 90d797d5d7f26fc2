//! A ladder on a wave.

use tickwire_drivers::contact::{Change, Contact, ContactSource};
use tickwire_drivers::ladder::{Ladder, Settings, Share};
use tickwire_sim::analog::Source;
use tickwire_sim::{Sim, SimClock, Trace};
use tickwire_traits::{Clock, Instant};

pub(crate) type Keys = Ladder<Source<SimClock>, SimClock, 3>;

/// 0, 1 and 3.3 kΩ to ground, 10 kΩ to the supply.
pub(crate) const LEVELS: [u32; 3] = [0, 372, 1_016];
pub(crate) const REST: u32 = 4_095;
pub(crate) const SETTINGS: Settings<3> = Settings::new([
    Share::divider(0, 10_000),
    Share::divider(1_000, 10_000),
    Share::divider(3_300, 10_000),
]);

pub(crate) struct Rig {
    pub(crate) sim: Sim,
    pub(crate) trace: Trace,
    pub(crate) source: Source<SimClock>,
    pub(crate) keys: Keys,
}

impl Rig {
    pub(crate) fn on(sim: Sim) -> Self {
        let trace = Trace::new();
        let source = trace.analog("ladder", sim.clock(), REST);
        source.set(REST);
        let keys = Ladder::new(source.clone(), sim.clock(), SETTINGS).unwrap();
        Self { sim, trace, source, keys }
    }

    /// Plans levels at times in milliseconds.
    pub(crate) fn play(&self, levels: &[(u64, u32)]) {
        for (ms, level) in levels {
            self.source.set_at(Instant::from_millis(*ms), *level);
        }
    }

    /// Returns the changes until a time in milliseconds.
    pub(crate) fn changes(&mut self, until: u64) -> Vec<Change<u8>> {
        let until = Instant::from_millis(until);
        let mut changes = Vec::new();
        while self.sim.clock().now() < until {
            changes.extend(self.sim.run(self.keys.change_until(until)).unwrap());
        }
        changes
    }
}

/// Returns a key, whether it is down, and the time in milliseconds.
pub(crate) fn told(change: Change<u8>) -> (u8, bool, u64) {
    (change.key, change.contact == Contact::Closed, change.at.as_micros() / 1_000)
}
