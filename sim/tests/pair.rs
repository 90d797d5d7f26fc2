//! Two wires as one source of edges.

use embedded_hal::digital::PinState::{self, High, Low};
use tickwire_sim::{InputPair, PinFault, Sim, SimClock, Wire, at_every_pace, drop_after};
use tickwire_traits::{Clock, Duration, Edge, Edges, Instant, Side, TimeSource, Timer, TwoLines};

use Side::{A, B};

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

fn wires(sim: &Sim) -> (Wire<SimClock>, Wire<SimClock>) {
    (Wire::new(sim.clock(), Low), Wire::new(sim.clock(), Low))
}

/// Returns the pending edges.
fn edges(sim: &Sim, pair: &mut InputPair<SimClock>) -> Vec<(u64, Side, PinState, u32)> {
    std::iter::from_fn(|| sim.run(drop_after(1, pair.edge())))
        .map(|edge| {
            let Edge { line, at, level, missed } = edge.unwrap();
            ((at - Instant::EPOCH).as_millis(), line, level, missed)
        })
        .collect()
}

/// Returns the toggles of both wires at the given times, all read at 100 ms by an input of
/// this capacity, after a call of `look`.
#[track_caller]
fn check(
    [a, b]: [&[u64]; 2],
    capacity: usize,
    look: fn(&Wire<SimClock>, &Wire<SimClock>),
    expected: &[(u64, Side, PinState, u32)],
) {
    let sim = Sim::new();
    let wires = wires(&sim);
    let mut pair = InputPair::new(&wires.0, &wires.1).with_edge_capacity(capacity);
    pair.arm().unwrap();
    for (wire, times) in [(&wires.0, a), (&wires.1, b)] {
        wire.toggle_at(&times.iter().copied().map(millis).collect::<Vec<_>>());
    }
    sim.run(sim.clock().sleep_until(millis(100)));
    look(&wires.0, &wires.1);
    assert_eq!(edges(&sim, &mut pair), expected);
}

#[test]
fn edges_come_in_the_order_of_their_times_whichever_wire_is_looked_at_first() {
    let expected = [(1, A, High, 0), (2, B, High, 0), (3, A, Low, 0), (4, B, Low, 0)];
    check([&[1, 3], &[2, 4]], 9, |_, _| (), &expected);
    check([&[1, 3], &[2, 4]], 9, |a, _| assert_eq!(a.level(), Low), &expected);
    check([&[1, 3], &[2, 4]], 9, |_, b| assert_eq!(b.level(), Low), &expected);
}

#[test]
fn edges_that_do_not_fit_are_the_last_ones_and_are_counted() {
    let expected = [(1, A, High, 0), (2, B, High, 0)];
    for look in [|_: &_, _: &_| (), |_: &_, b: &Wire<SimClock>| assert_eq!(b.level(), Low)] {
        check([&[1, 3], &[2, 4]], 2, look, &expected);
    }
    let sim = Sim::new();
    let (a, b) = wires(&sim);
    let mut pair = InputPair::new(&a, &b).with_edge_capacity(0); // Taken as 1.
    pair.arm().unwrap();
    for _ in 0..3 {
        a.set(!a.level());
        b.set(!b.level());
    }
    assert_eq!(edges(&sim, &mut pair), [(0, A, High, 0)]);
    b.set(Low);
    assert_eq!(edges(&sim, &mut pair), [(0, B, Low, 5)]);
}

#[test]
fn edges_at_one_instant_come_as_they_are_made() {
    let sim = Sim::new();
    let (a, b) = wires(&sim);
    let mut pair = InputPair::new(&a, &b);
    pair.arm().unwrap();
    b.set(High);
    a.set(High);
    b.set(Low);
    let expected = [(0, B, High, 0), (0, A, High, 0), (0, B, Low, 0)];
    assert_eq!(edges(&sim, &mut pair), expected);
}

#[test]
fn an_edge_that_is_planned_into_the_past_does_not_go_back() {
    let sim = Sim::new();
    let (a, b) = wires(&sim);
    let mut pair = InputPair::new(&a, &b);
    pair.arm().unwrap();
    sim.run(sim.clock().sleep_until(millis(50)));
    a.set(High);
    assert_eq!(edges(&sim, &mut pair), [(50, A, High, 0)]);
    b.toggle_at(&[millis(10)]);
    assert_eq!(edges(&sim, &mut pair), [(50, B, High, 0)]);
}

#[test]
fn both_levels_are_those_of_one_moment() {
    let sim = Sim::new();
    let (a, b) = wires(&sim);
    a.toggle_at(&[1, 3].map(millis));
    b.toggle_at(&[2, 4].map(millis));
    let mut pair = InputPair::new(&a, &b);
    let mut seen = Vec::new();
    for ms in 0..5 {
        sim.run(sim.clock().sleep_until(millis(ms)));
        seen.push(pair.levels().unwrap());
    }
    assert_eq!(seen, [(Low, Low), (High, Low), (High, High), (Low, High), (Low, Low)]);
    assert_eq!(pair.time_source(), TimeSource::Hardware);
}

#[test]
fn arming_forgets_the_edges_of_both() {
    let sim = Sim::new();
    let (a, b) = wires(&sim);
    a.toggle_at(&[1, 9].map(millis));
    b.toggle_at(&[5, 10].map(millis));
    let mut pair = InputPair::new(&a, &b);
    for _ in 0..2 {
        pair.arm().unwrap();
        sim.run(sim.clock().sleep(Duration::from_millis(4)));
    }
    pair.arm().unwrap();
    let expected = Edge { line: A, at: millis(9), level: Low, missed: 0 };
    assert_eq!(sim.run(pair.edge()).unwrap(), expected);
    assert_eq!(sim.run(pair.edge()).unwrap().line, B);
}

#[test]
fn a_fault_of_either_wire_is_an_error_and_the_next_call_works() {
    for side in [A, B] {
        for operations in 0..4 {
            let sim = Sim::new();
            let (a, b) = wires(&sim);
            a.toggle_at(&[millis(1)]);
            let mut pair = InputPair::new(&a, &b);
            (if side == A { &a } else { &b }).fail_after(operations);
            let mut edge = sim.run(pair.edge());
            if operations < 3 {
                assert_eq!(edge, Err(PinFault), "{side:?} after {operations}");
                edge = sim.run(pair.edge());
            }
            assert_eq!(edge.unwrap().line, A);
        }
    }
}

#[test]
fn a_wait_that_is_dropped_at_any_poll_takes_no_edge() {
    for polls in 1.. {
        let sim = Sim::new();
        let (a, b) = wires(&sim);
        b.toggle_at(&[millis(1)]);
        a.toggle_at(&[millis(1)]);
        let mut pair = InputPair::new(&a, &b);
        let mut lines = Vec::new();
        let dropped = sim.run(drop_after(polls, pair.edge()));
        let done = dropped.is_some();
        lines.extend(dropped.map(|edge| edge.unwrap().line));
        while lines.len() < 2 {
            lines.push(sim.run(pair.edge()).unwrap().line);
        }
        assert_eq!(lines, [A, B]);
        if done {
            assert!(polls > 1);
            return;
        }
    }
}

#[test]
fn a_late_task_gets_the_same_edges() {
    let edges = at_every_pace(|sim| {
        let (a, b) = wires(sim);
        let mut pair = InputPair::new(&a, &b);
        pair.arm().unwrap();
        a.toggle_at(&[10, 30, 50].map(millis));
        b.toggle_at(&[10, 20, 40, 60].map(millis));
        sim.run(async {
            let mut edges = Vec::new();
            while edges.len() < 7 {
                edges.push(pair.edge().await.unwrap());
            }
            assert!(sim.clock().now() >= millis(60));
            edges
        })
    });
    let lines: Vec<_> = edges.iter().map(|edge| edge.line).collect();
    assert_eq!(lines, [A, B, B, A, B, A, B]);
}

#[test]
fn missed_edges_are_told_by_the_first_one_after_them_whichever_wire_it_is_on() {
    for look in [|_: &_, _: &_| (), |a: &Wire<SimClock>, _: &_| assert_eq!(a.level(), High)] {
        let sim = Sim::new();
        let (a, b) = wires(&sim);
        let mut pair = InputPair::new(&a, &b).with_edge_capacity(1);
        pair.arm().unwrap();
        a.toggle_at(&[1, 2, 8].map(millis));
        b.toggle_at(&[millis(7)]);
        sim.run(sim.clock().sleep_until(millis(5)));
        assert_eq!(edges(&sim, &mut pair), [(1, A, High, 0)]);
        sim.run(sim.clock().sleep_until(millis(100)));
        look(&a, &b);
        assert_eq!(edges(&sim, &mut pair), [(7, B, High, 1)]);
    }
}
