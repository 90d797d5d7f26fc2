//! Lines that fail.

use tickwire_drivers::encoder::Encoder;
use tickwire_sim::{InputPair, PinFault, Sim, SimClock, Wire};

use crate::rig::{Knob, turns};

const QUARTERS: &[i64] = &[5, 10, 15, -20, 25];

/// Fails one of the wires after each number of operations.
#[track_caller]
fn check(wire: impl Fn(&Knob) -> Wire<SimClock>) {
    for operations in 0.. {
        let sim = Sim::new();
        let mut knob = Knob::new(&sim);
        let mut it: Encoder<InputPair<_>, _> = Encoder::new(knob.lines(), sim.clock());
        knob.turn(QUARTERS);
        wire(&knob).fail_after(operations);
        let (mut errors, mut sum) = (0, 0);
        while sum != 3 || sim.run(async { it.position() }) != 3 {
            match sim.run(it.turn()) {
                Ok(turn) => sum += turn.delta,
                Err(PinFault) => errors += 1,
            }
        }
        assert_eq!((sum, it.illegal(), it.missed_edges()), (3, 0, 0), "after {operations}");
        if errors == 0 {
            assert!(operations > 5, "it was looked at more often than that");
            return;
        }
        assert_eq!(errors, 1, "each failure is reported once");
    }
}

#[test]
fn a_line_that_fails_at_any_look_is_an_error_and_the_next_call_works() {
    check(|knob| knob.a.clone());
    check(|knob| knob.b.clone());
}

#[test]
fn a_line_that_fails_while_it_is_armed_or_read_may_be_used_again() {
    for operations in 0..8 {
        let sim = Sim::new();
        let mut knob = Knob::new(&sim);
        let mut it = Encoder::new(knob.lines(), sim.clock());
        knob.b.fail_after(operations);
        let calls = [(); 4].map(|()| [it.arm().err(), it.read().err()]);
        let errors = calls.as_flattened().iter().flatten().count();
        assert_eq!((errors, it.read()), (1, Ok(0)), "after {operations}");
        knob.turn(QUARTERS);
        assert_eq!(turns(&sim, &mut it).last().map(|turn| turn.position), Some(3));
    }
}
