//! A source, and a watch over it.

use tickwire_drivers::analog_watch::{AnalogWatch, Band, Place, Sample, Settings};
use tickwire_sim::analog::Source;
use tickwire_sim::{Sim, SimClock, Trace};
use tickwire_traits::{Instant, Timer};

pub(crate) type Watch = AnalogWatch<Source<SimClock>, SimClock>;

/// Between 400 and 600 of 1000, with a hysteresis of 50; each 10 ms.
pub(crate) const SETTINGS: Settings = Settings::new(Band::between(400, 600).with_hysteresis(50));

pub(crate) struct Rig {
    pub(crate) sim: Sim,
    pub(crate) trace: Trace,
    pub(crate) source: Source<SimClock>,
    pub(crate) watch: Watch,
}

impl Rig {
    /// A source at 500.
    pub(crate) fn new(settings: Settings) -> Self {
        Self::on(Sim::new(), settings)
    }

    pub(crate) fn on(sim: Sim, settings: Settings) -> Self {
        let trace = Trace::new();
        let source = trace.analog("source", sim.clock(), 1_000);
        source.set(500);
        let watch = AnalogWatch::new(source.clone(), sim.clock(), settings).unwrap();
        Self { sim, trace, source, watch }
    }

    /// Plans lines to values, by milliseconds.
    pub(crate) fn play(&self, points: &[(u64, u32)]) {
        for (ms, value) in points {
            self.source.ramp_to(Instant::from_millis(*ms), *value);
        }
    }

    /// Returns the changes until a time in milliseconds.
    pub(crate) fn changes(&mut self, until: u64) -> Vec<Sample> {
        let Self { sim, watch, .. } = self;
        let clock = sim.clock();
        sim.run(async {
            let mut changes = Vec::new();
            let end = Instant::from_millis(until);
            while let Ok(change) = clock.timeout_at(end, watch.change()).await {
                changes.push(change.unwrap());
            }
            changes
        })
    }

    /// Returns when there were readings, in milliseconds.
    pub(crate) fn readings(&self) -> Vec<u64> {
        self.trace.readings("source").iter().map(|(at, _)| at.as_micros() / 1_000).collect()
    }
}

/// Returns a sample as its place, its value and its time in milliseconds.
pub(crate) fn told(sample: Sample) -> (Place, u32, u64) {
    (sample.place, sample.value, sample.at.as_micros() / 1_000)
}
