//! Late executors, and queues that overflow.

use tickwire_drivers::encoder::{Division, Encoder, InOrder};
use tickwire_sim::{Bounce, Pace, Sim, at_every_pace};
use tickwire_traits::{Duration, Instant, PolledEdges};

use crate::rig::{Knob, told, turns};

/// Plans a thousand quarters in random directions, with bounce, a millisecond to a few
/// apart. Returns where the knob ends.
fn spin(knob: &mut Knob, seed: u32) -> i32 {
    let mut random = seed;
    let mut next = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        random >> 16
    };
    let (mut at, mut end) = (Instant::EPOCH, 0);
    for _ in 0..1_000 {
        at += Duration::from_micros(1_000 + u64::from(next() % 4_000));
        let is_up = next() % 3 > 0;
        end += if is_up { 1 } else { -1 };
        knob.turn_at(at, is_up);
    }
    end
}

fn bouncing(sim: &Sim) -> Knob {
    let bounce = Bounce::new(3).with_span(Duration::from_micros(400)).with_bounces(3);
    Knob::new(sim).with_bounce(bounce)
}

#[test]
fn a_late_task_sees_the_same_turns() {
    for division in [Division::X4, Division::X2, Division::X1] {
        let seen = at_every_pace(|sim| {
            let mut knob = bouncing(sim);
            let mut it = Encoder::new(knob.lines(), sim.clock()).with_division(division);
            it.arm().unwrap();
            let end = spin(&mut knob, 1);
            let seen = turns(sim, &mut it);
            let counts = i32::from(division.quarter_steps());
            assert!((it.position() * counts - end).abs() <= counts / 2);
            assert_eq!((it.illegal(), it.missed_edges()), (0, 0));
            seen
        });
        assert!(seen.len() > 100);
    }
}

#[test]
fn inputs_in_order_are_the_same_for_a_late_task() {
    at_every_pace(|sim| {
        let mut knob = bouncing(sim);
        let mut it = Encoder::new(InOrder::new(knob.a.input(), knob.b.input()), sim.clock());
        it.arm().unwrap();
        let end = spin(&mut knob, 2);
        let seen = turns(sim, &mut it);
        assert_eq!((it.position(), it.illegal(), it.missed_edges()), (end, 0, 0));
        assert_eq!(it.release().0.out_of_order(), 0);
        seen
    });
}

#[test]
fn net_changes_have_their_interval_and_their_sum() {
    const INTERVAL: Duration = Duration::from_millis(30);
    for pace in Pace::ALL {
        let sim = pace.sim();
        let mut knob = bouncing(&sim);
        let mut it = Encoder::new(knob.lines(), sim.clock()).with_interval(INTERVAL);
        it.arm().unwrap();
        let end = spin(&mut knob, 3);
        let seen = turns(&sim, &mut it);
        assert_eq!(seen.iter().map(|turn| turn.delta).sum::<i32>(), end, "{pace:?}");
        assert_eq!((it.position(), seen.last().unwrap().position), (end, end), "{pace:?}");
        let too_close = seen.windows(2).find(|pair| pair[1].at - pair[0].at < INTERVAL);
        assert_eq!(too_close, None, "{pace:?}");
    }
}

#[test]
fn lost_edges_are_counted_and_cost_two_more_per_gap() {
    for (capacity, sleep) in [(1, 7), (4, 40), (16, 100), (16, 1_000)] {
        let sim = Sim::new().waking_every(Duration::from_millis(sleep));
        let mut knob = bouncing(&sim);
        let lines = knob.lines().with_edge_capacity(capacity);
        let mut it = Encoder::new(lines, sim.clock());
        it.arm().unwrap();
        // The last edges may be lost, too: the next one tells.
        let end = spin(&mut knob, 4) + 2;
        knob.turn(&[6_000, 8_000]);
        turns(&sim, &mut it);
        // A gap at most for each time that the task was woken.
        let gaps = 5_000 / sleep as i32;
        let missed = i32::from(it.missed_edges());
        let off = it.position() - end;
        assert!(missed > 100, "{capacity}: only {missed}");
        assert!(off.abs() <= missed + 2 * gaps, "{capacity}: off by {off}, {missed} are missed");
        let hidden = off + 2 * i32::from(it.illegal());
        assert_eq!(hidden.rem_euclid(4), 0, "{capacity}: off by {off}, and not counted");
        let before = it.position();
        knob.bounce = None;
        knob.turn(&[12_000, 14_000, -16_000]);
        sim.run(async {
            for expected in [1, 2, 1] {
                let turn = it.turn().await.unwrap();
                assert_eq!(turn.position, before + expected, "{capacity}: {:?}", told(turn));
            }
        });
    }
}

#[test]
fn pins_without_stamps_end_as_the_knob_does() {
    for pace in Pace::ALL {
        let sim = pace.sim();
        let mut knob = Knob::new(&sim);
        let polled = |wire: &tickwire_sim::Wire<_>| PolledEdges::new(wire.input(), sim.clock());
        let lines = InOrder::new(polled(&knob.a), polled(&knob.b));
        let mut it = Encoder::new(lines, sim.clock());
        it.arm().unwrap();
        knob.turn(&[100, 200, 300, 400, 500, 600, 700]);
        turns(&sim, &mut it);
        // The levels are those of seven quarters, whatever was seen on the way.
        let hidden = it.position() - 7 + 2 * i32::from(it.illegal());
        assert_eq!(hidden.rem_euclid(4), 0, "{pace:?}: {} and {}", it.position(), it.illegal());
        if pace.lateness() < Duration::from_millis(100) {
            assert_eq!((it.position(), it.illegal()), (7, 0), "{pace:?}");
        }
    }
}
