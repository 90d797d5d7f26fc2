//! Futures that are dropped at their await points.

use std::pin::pin;

use futures_util::StreamExt;
use tickwire_drivers::encoder::{Division, Encoder, InOrder};
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, PolledEdges, Timer};

use crate::rig::{Knob, encoder, told};

const QUARTERS: &[i64] = &[5, 10, 15, 20, -30, -35, -40, -45, -50];

#[test]
fn impatient_callers_see_each_turn() {
    let sim = Sim::new();
    let mut it = encoder(&sim, QUARTERS);
    sim.run(async {
        let (mut position, mut millis) = (0, Vec::new());
        for _ in QUARTERS {
            let turn = impatiently(async || it.turn().await).await.unwrap();
            position += turn.delta;
            assert_eq!(turn.position, position);
            millis.push(turn.delta as i64 * (turn.at.as_micros() / 1_000) as i64);
        }
        assert_eq!(millis, QUARTERS);
    });
    assert_eq!((it.illegal(), it.missed_edges()), (0, 0));
}

#[test]
fn impatient_callers_see_the_net_change_of_an_interval() {
    let sim = Sim::new();
    let mut it = encoder(&sim, QUARTERS).with_interval(Duration::from_millis(22));
    sim.run(async {
        let mut seen = Vec::new();
        while seen.len() < 3 {
            seen.push(told(impatiently(async || it.turn().await).await.unwrap()));
        }
        assert_eq!(seen, [(1, 1, 5), (4, 3, 27), (0, -4, 49)]);
    });
}

#[test]
fn dropped_at_any_poll_it_goes_on() {
    for polls in 1..6 {
        let sim = Sim::new();
        let mut it = encoder(&sim, QUARTERS).with_division(Division::X2);
        let mut seen = Vec::new();
        while seen.len() < 4 {
            assert!(sim.clock().now() < Instant::from_millis(9_000), "{polls}: {seen:?}");
            let mut turns = pin!(it.turns());
            if let Some(turn) = sim.run(drop_after(polls, turns.next())) {
                seen.push(told(turn.unwrap().unwrap()));
            } else {
                sim.run(sim.clock().sleep(Duration::from_millis(1)));
            }
        }
        assert_eq!(seen, [(1, 1, 10), (2, 1, 20), (1, -1, 35), (0, -1, 45)], "polls {polls}");
    }
}

#[test]
fn inputs_in_order_keep_what_they_hold() {
    let sim = Sim::new();
    let mut knob = Knob::new(&sim);
    let mut it = Encoder::new(InOrder::new(knob.a.input(), knob.b.input()), sim.clock());
    it.arm().unwrap();
    knob.turn(QUARTERS);
    sim.run(async {
        // The queues fill first, so that edges are held back.
        sim.clock().sleep_until(Instant::from_millis(41)).await;
        let mut millis = Vec::new();
        for _ in QUARTERS {
            let turn = impatiently(async || it.turn().await).await.unwrap();
            millis.push(turn.delta as i64 * (turn.at.as_micros() / 1_000) as i64);
        }
        assert_eq!(millis, QUARTERS);
    });
    assert_eq!(it.release().0.out_of_order(), 0);
}

#[test]
fn polled_pins_lose_no_turn_by_drops() {
    let sim = Sim::new();
    let mut knob = Knob::new(&sim);
    let polled = |wire: &tickwire_sim::Wire<_>| PolledEdges::new(wire.input(), sim.clock());
    let lines = InOrder::new(polled(&knob.a), polled(&knob.b));
    let mut it = Encoder::new(lines, sim.clock());
    it.arm().unwrap();
    knob.turn(QUARTERS);
    sim.run(async {
        for expected in [1, 2, 3, 4, 3, 2, 1, 0, -1] {
            let turn = impatiently(async || it.turn().await).await.unwrap();
            assert_eq!(turn.position, expected);
        }
    });
}
