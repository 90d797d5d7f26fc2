//! What is reported.

use std::pin::pin;

use embedded_hal::digital::PinState::{High, Low};
use futures_util::{FutureExt, StreamExt};
use tickwire_drivers::encoder::{Acceleration, Division, Encoder, Range};
use tickwire_sim::{Bounce, Sim};
use tickwire_sync::local::IrqEdges;
use tickwire_traits::{Duration, Instant, Side, Timer};

use crate::rig::{Knob, OnWires, encoder, told, turns};

/// Quarters of a turn at milliseconds; position, delta and milliseconds of each report.
#[track_caller]
fn check(settings: impl Fn(OnWires) -> OnWires, quarters: &[i64], expected: &[(i32, i32, u64)]) {
    let sim = Sim::new();
    let mut it = settings(encoder(&sim, quarters));
    let seen: Vec<_> = turns(&sim, &mut it).into_iter().map(told).collect();
    assert_eq!(seen, expected);
    assert_eq!((it.illegal(), it.missed_edges()), (0, 0));
    // Without a call of `arm`, the first poll is in time as well.
    let sim = Sim::new();
    let mut knob = Knob::new(&sim);
    let mut it = settings(Encoder::new(knob.lines(), sim.clock()));
    knob.turn(quarters);
    let seen: Vec<_> = turns(&sim, &mut it).into_iter().map(told).collect();
    assert_eq!(seen, expected, "armed by the first call");
}

#[test]
fn each_quarter_is_reported_with_its_time() {
    let all = [(1, 1, 5), (2, 1, 10), (1, -1, 20), (0, -1, 21), (-1, -1, 30)];
    check(|it| it, &[5, 10, -20, -21, -30], &all);
}

#[test]
fn a_detent_is_reported_once() {
    let up_and_down = [5, 10, 15, 20, -30, -35, -40, -45, -50, -55, -60, -65];
    let expected = [(1, 1, 15), (0, -1, 40), (-1, -1, 60)];
    check(|it| it.with_division(Division::X1), &up_and_down, &expected);
}

#[test]
fn a_clamped_knob_turns_back_at_once() {
    let quarters = [5, 10, 15, 20, -30, -35];
    let expected = [(1, 1, 5), (2, 1, 10), (1, -1, 30), (0, -1, 35)];
    check(|it| it.with_range(Range::clamped(0, 2).unwrap()), &quarters, &expected);
}

#[test]
fn a_knob_that_wraps_around_reports_ones() {
    let expected = [(9, -1, 5), (0, 1, 10), (1, 1, 15)];
    check(|it| it.with_range(Range::wrapping(0, 9).unwrap()), &[-5, 10, 15], &expected);
}

#[test]
fn a_fast_spin_goes_further_and_to_the_end() {
    // Quarters at 400 ms, after 100, 50, 20 and 20 ms, and back.
    let quarters = [400, 500, 550, 570, 590, -610, -630];
    let expected = [
        (1, 1, 400),
        (2, 1, 500),
        (4, 2, 550),
        (9, 5, 570),
        (10, 1, 590),
        (9, -1, 610),
        (4, -5, 630),
    ];
    let sim = Sim::new();
    let mut it = encoder(&sim, &quarters)
        .with_range(Range::clamped(0, 10).unwrap())
        .with_acceleration(Acceleration::new(Duration::from_millis(100), 8));
    let clock = sim.clock();
    let seen = sim.run(async {
        let mut seen = Vec::new();
        while let Ok(turn) = clock.timeout_at(Instant::from_millis(1_000), it.turn()).await {
            seen.push(told(turn.unwrap()));
        }
        seen
    });
    assert_eq!(seen, expected);
}

#[test]
fn a_fast_spin_gives_net_changes() {
    let paced = |it: OnWires| it.with_interval(Duration::from_millis(100));
    let quarters = [10, 20, 30, 40, -50, 108, 200, 220, -230, 500];
    let expected = [(1, 1, 10), (4, 3, 110), (6, 2, 210), (5, -1, 310), (6, 1, 500)];
    // 220 and 230 cancel out, so that nothing is due at 310.
    check(paced, &quarters, &[&expected[..2], &[(5, 1, 210), (6, 1, 500)]].concat());
    let once = [10, 20, 30, 40, -50, 108, 150, 160, 170, -180, 500];
    check(paced, &once, &[&expected[..2], &[(6, 2, 210), (7, 1, 500)]].concat());
}

#[test]
fn a_read_takes_in_what_is_there() {
    let sim = Sim::new();
    let mut it = encoder(&sim, &[5, 10, 15, -40]);
    assert_eq!(it.read(), Ok(0));
    sim.run(sim.clock().sleep(Duration::from_millis(12)));
    assert_eq!((it.position(), it.read(), it.position()), (0, Ok(2), 2));
    // Then one report tells all, also of the edge that came meanwhile.
    sim.run(sim.clock().sleep(Duration::from_millis(10)));
    assert_eq!(told(sim.run(it.turn()).unwrap()), (3, 3, 15));
    assert_eq!(told(sim.run(it.turn()).unwrap()), (2, -1, 40));
    it.set_position(100);
    assert_eq!((it.read(), it.turn().now_or_never()), (Ok(100), None));
}

#[test]
fn a_knob_may_start_between_two_detents() {
    for (a, b) in [(High, High), (Low, High), (Low, Low), (High, Low)] {
        let sim = Sim::new();
        let knob = Knob::new(&sim);
        knob.a.set(a);
        knob.b.set(b);
        let mut it = Encoder::new(knob.lines(), sim.clock());
        assert_eq!(it.turn().now_or_never(), None);
        let (moved, other) = if a == b { (&knob.a, &knob.b) } else { (&knob.b, &knob.a) };
        moved.toggle_at(&[Instant::from_millis(5)]);
        other.toggle_at(&[Instant::from_millis(9)]);
        assert_eq!(told(sim.run(it.turn()).unwrap()), (1, 1, 5), "{a:?}, {b:?}");
        assert_eq!(told(sim.run(it.turn()).unwrap()), (2, 1, 9), "{a:?}, {b:?}");
    }
}

#[test]
fn a_stream_has_the_same_turns() {
    let sim = Sim::new();
    let mut it = encoder(&sim, &[5, 10, -20]);
    let seen =
        sim.run(pin!(it.turns()).take(3).map(|turn| told(turn.unwrap())).collect::<Vec<_>>());
    assert_eq!(seen, [(1, 1, 5), (2, 1, 10), (1, -1, 20)]);
}

#[test]
fn bounce_of_any_seed_makes_no_detents() {
    for seed in 0..200 {
        let sim = Sim::new();
        let bounce = Bounce::new(seed).with_span(Duration::from_millis(10)).with_bounces(20);
        let mut knob = Knob::new(&sim).with_bounce(bounce);
        let mut it = Encoder::new(knob.lines(), sim.clock()).with_division(Division::X1);
        let expected = [1, 2, 1, 0, -1, 0];
        let detents = [1, 1, -1, -1, -1, 1];
        for (at, detent) in (0..).zip(detents) {
            let quarters = [1, 2, 3, 4].map(|quarter| detent * (at * 100 + quarter * 20));
            knob.turn(&quarters);
        }
        let seen: Vec<_> = turns(&sim, &mut it).iter().map(|turn| turn.position).collect();
        assert_eq!((seen, it.illegal()), (expected.into(), 0), "seed {seed}");
    }
}

#[test]
fn edges_that_interrupts_stamped_are_decoded() {
    let sim = Sim::new();
    let knob = IrqEdges::<_, 16, Side>::new(High, sim.clock());
    let mut it = Encoder::new(knob.claim().unwrap(), sim.clock());
    it.arm().unwrap();
    for (line, level) in [(Side::A, Low), (Side::B, Low), (Side::A, High), (Side::A, Low)] {
        knob.record_line(line, level);
    }
    for position in [1, 2, 3, 2] {
        assert_eq!(sim.run(it.turn()).unwrap().position, position);
    }
}

#[test]
fn it_sleeps_while_the_knob_is_still() {
    let sim = Sim::new();
    let mut it = encoder(&sim, &[5, 3_600_000, 3_600_001, 3_600_200])
        .with_interval(Duration::from_millis(100));
    sim.run(it.turn()).unwrap();
    let before = sim.polls();
    sim.run(it.turn()).unwrap();
    assert_eq!(sim.polls() - before, 2, "asleep, turned");
    sim.run(it.turn()).unwrap();
    assert_eq!(sim.polls() - before, 5, "asleep, turned, due");
}

#[test]
fn a_late_report_includes_all_edges() {
    let sim = Sim::new();
    let mut it = encoder(&sim, &[5, 6, 7]).with_interval(Duration::from_millis(100));
    sim.run(sim.clock().sleep(Duration::from_millis(50)));
    assert_eq!(told(sim.run(it.turn()).unwrap()), (3, 3, 50));
}

#[test]
fn a_read_takes_in_256_edges() {
    let sim = Sim::new();
    let mut it = encoder(&sim, &Vec::from_iter(1..=300));
    sim.run(sim.clock().sleep(Duration::from_millis(400)));
    assert_eq!([it.read(), it.read()], [Ok(256), Ok(300)]);
}

#[test]
fn lines_that_are_armed_again_are_read_again() {
    let sim = Sim::new();
    let knob = Knob::new(&sim);
    let mut it = Encoder::new(knob.lines(), sim.clock());
    it.arm().unwrap();
    knob.a.set(Low);
    it.arm().unwrap();
    assert_eq!((it.position(), it.illegal()), (1, 0), "its edge is discarded, not its move");
    knob.b.set(Low);
    assert_eq!(it.read(), Ok(2), "from both low on");
}
