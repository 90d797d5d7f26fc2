//! A light on a recorded wire.

use std::future::pending;

use embedded_hal::digital::PinState::{self, Low};
use tickwire_drivers::led::{Led, OnOff, Program, Step};
use tickwire_sim::{Output, Sim, SimClock, Trace, Wire};
use tickwire_traits::{Duration, Instant};

pub(crate) type OnWire = Led<OnOff<Output<SimClock>>, SimClock>;

/// Two flashes within 50 ms, and a pause.
pub(crate) const TWICE: Program = Program::repeat(STEPS).unwrap();
pub(crate) const STEPS: &[Step] = &[
    Step::on(Duration::from_millis(10)),
    Step::off(Duration::from_millis(10)),
    Step::on(Duration::from_millis(10)),
    Step::off(Duration::from_millis(20)),
];

/// Returns no program.
pub(crate) async fn none() -> Program {
    pending().await
}

/// A light that is on at a high level.
pub(crate) struct Lamp {
    trace: Trace,
    pub(crate) wire: Wire<SimClock>,
}

impl Lamp {
    /// Creates a light with a level before anything is written.
    pub(crate) fn new(sim: &Sim, level: PinState) -> Self {
        let trace = Trace::new();
        let wire = trace.wire("lamp", sim.clock(), level);
        Self { trace, wire }
    }

    pub(crate) fn led(&self, sim: &Sim) -> OnWire {
        Led::new(self.wire.output(), sim.clock())
    }

    /// Returns the time of each change in milliseconds, negative if the light goes out.
    pub(crate) fn changes(&self) -> Vec<i64> {
        let changes = self.trace.waveform("lamp");
        let millis = |at: Instant| i64::try_from((at - Instant::EPOCH).as_millis()).unwrap();
        let signed = |(at, level)| if level == Low { -millis(at) } else { millis(at) };
        changes.into_iter().skip(1).map(signed).collect()
    }
}
