//! A knob on two wires.

use embedded_hal::digital::PinState::High;
use tickwire_drivers::encoder::{Encoder, Turn};
use tickwire_sim::{Bounce, InputPair, Sim, SimClock, Wire};
use tickwire_traits::{Duration, Instant, Timer, TwoLines};

pub(crate) type OnWires = Encoder<InputPair<SimClock>, SimClock>;

/// Two contacts to ground, a quarter of a cycle apart: the first closes first when it is
/// turned upward.
pub(crate) struct Knob {
    pub(crate) a: Wire<SimClock>,
    pub(crate) b: Wire<SimClock>,
    quarter: u32,
    pub(crate) bounce: Option<Bounce>,
}

impl Knob {
    pub(crate) fn new(sim: &Sim) -> Self {
        let wire = || Wire::new(sim.clock(), High);
        Self { a: wire(), b: wire(), quarter: 0, bounce: None }
    }

    pub(crate) fn with_bounce(self, bounce: Bounce) -> Self {
        Self { bounce: Some(bounce), ..self }
    }

    /// Plans a turn by a quarter at each of the times, in milliseconds: downward if negative.
    pub(crate) fn turn(&mut self, quarters: &[i64]) {
        for quarter in quarters {
            self.turn_at(Instant::from_millis(quarter.unsigned_abs()), *quarter > 0);
        }
    }

    pub(crate) fn turn_at(&mut self, at: Instant, is_up: bool) {
        let moves_a = self.quarter.is_multiple_of(2) == is_up;
        self.quarter =
            if is_up { self.quarter.wrapping_add(1) } else { self.quarter.wrapping_sub(1) };
        let wire = if moves_a { &self.a } else { &self.b };
        match &mut self.bounce {
            Some(bounce) => wire.toggle_at(&bounce.toggles(at)),
            None => wire.toggle_at(&[at]),
        }
    }

    pub(crate) fn lines(&self) -> InputPair<SimClock> {
        InputPair::new(&self.a, &self.b)
    }
}

/// Creates an encoder with its lines armed before any edge.
pub(crate) fn encoder(sim: &Sim, quarters: &[i64]) -> OnWires {
    let mut knob = Knob::new(sim);
    let mut encoder = Encoder::new(knob.lines(), sim.clock());
    encoder.arm().unwrap();
    knob.turn(quarters);
    encoder
}

/// Returns the turns within ten seconds.
pub(crate) fn turns<L: TwoLines>(sim: &Sim, encoder: &mut Encoder<L, SimClock>) -> Vec<Turn> {
    let clock = sim.clock();
    let end = Instant::EPOCH + Duration::from_secs(10);
    sim.run(async {
        let mut turns = Vec::new();
        while let Ok(turn) = clock.timeout_at(end, encoder.turn()).await {
            turns.push(turn.unwrap());
        }
        turns
    })
}

/// Returns position, delta and milliseconds.
pub(crate) fn told(turn: Turn) -> (i32, i32, u64) {
    (turn.position, turn.delta, turn.at.as_micros() / 1_000)
}
