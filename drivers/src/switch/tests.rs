extern crate std;
use std::vec::Vec;

use core::pin::pin;
use embedded_hal::digital::PinState::{self, High, Low};
use futures_util::{FutureExt, StreamExt};
use tickwire_sim::{Input, Sim, SimClock, Wire, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, PolledEdges};

use super::*;

use Contact::{Closed, Open};

const SETTLE: Duration = Duration::from_millis(50);
const EAGER: Debounce = Debounce::eager(SETTLE);
const CONFIRMED: Debounce = Debounce::confirmed(SETTLE);

/// Returns a switch to ground with toggles at the given milliseconds.
fn switch(sim: &Sim, toggles: &[u64], debounce: Debounce) -> Switch<Input<SimClock>, SimClock> {
    let wire = Wire::new(sim.clock(), High);
    wire.toggle_at(&toggles.iter().copied().map(Instant::from_millis).collect::<Vec<_>>());
    Switch::new(wire.input(), sim.clock()).with_debounce(debounce)
}

/// Toggles in, changes out, all in milliseconds. Patient, impatient and late callers
/// see the same.
#[track_caller]
fn check(debounce: Debounce, toggles: &[u64], expected: &[(u64, Contact)]) {
    let millis = |change: Change| (change.at.as_micros() / 1_000, change.contact);

    let sim = Sim::new();
    let mut it = switch(&sim, toggles, debounce);
    sim.run(async {
        for wanted in expected {
            assert_eq!(millis(it.change().await.unwrap()), *wanted, "awaited");
        }
        let more = sim.clock().timeout(Duration::from_secs(10), it.change()).await;
        assert!(more.is_err(), "nothing more: {more:?}");
    });

    let sim = Sim::new();
    let mut it = switch(&sim, toggles, debounce);
    sim.run(async {
        for wanted in expected {
            let change = impatiently(async || it.change().await).await;
            assert_eq!(millis(change.unwrap()), *wanted, "impatient");
        }
    });

    let sim = Sim::new();
    let mut it = switch(&sim, toggles, debounce);
    sim.run(async {
        assert_eq!(it.change().now_or_never(), None); // Reads the pin and arms it.
        sim.clock().sleep(Duration::from_secs(10)).await;
        for wanted in expected {
            let change = it.change().now_or_never().expect("it is long past");
            assert_eq!(millis(change.unwrap()), *wanted, "late");
        }
        assert_eq!(it.change().now_or_never(), None, "nothing more, late");
    });
}

#[test]
fn an_eager_switch_reports_the_first_edge_and_ignores_bounce() {
    check(EAGER, &[100, 103, 106, 400, 404, 408], &[(100, Closed), (400, Open)]);
}

#[test]
fn an_eager_switch_settles_only_when_there_are_no_edges() {
    // Bounces every 30 ms: not stable for 50 ms until 250.
    check(EAGER, &[100, 130, 160, 190, 220], &[(100, Closed)]);
    check(EAGER, &[100, 130, 160, 190], &[(100, Closed), (240, Open)]);
}

#[test]
fn an_eager_switch_reports_a_change_during_settling_late() {
    check(EAGER, &[100, 120], &[(100, Closed), (170, Open)]);
}

#[test]
fn an_eager_switch_reports_a_change_at_the_very_end_of_settling() {
    check(EAGER, &[100, 150], &[(100, Closed), (150, Open)]);
    check(EAGER, &[100, 149], &[(100, Closed), (199, Open)]);
}

#[test]
fn an_eager_switch_takes_a_glitch_for_a_change() {
    check(EAGER, &[100, 102], &[(100, Closed), (152, Open)]);
}

#[test]
fn a_confirmed_switch_reports_what_was_stable() {
    check(CONFIRMED, &[100, 103, 106, 400, 404, 408], &[(156, Closed), (458, Open)]);
}

#[test]
fn a_confirmed_switch_does_not_see_what_was_not() {
    check(CONFIRMED, &[100, 149, 300, 302], &[]);
    check(CONFIRMED, &[100, 150, 300], &[(150, Closed), (200, Open), (350, Closed)]);
}

#[test]
fn closing_and_opening_may_settle_differently() {
    let slow_to_open = Debounce { open: Duration::from_millis(200), ..CONFIRMED };
    check(slow_to_open, &[100, 400], &[(150, Closed), (600, Open)]);
    let slow_to_open = Debounce { open: Duration::from_millis(200), ..EAGER };
    check(
        slow_to_open,
        &[100, 200, 380, 600],
        // The change at 580 is the end of a settle time: the edge at 600 is in the next one.
        &[(100, Closed), (200, Open), (580, Closed), (650, Open)],
    );
}

#[test]
fn a_change_that_settling_reports_settles_as_its_own_state_does() {
    let (close, open) = (Duration::from_millis(2), Duration::from_millis(20));
    let slow_to_open = Debounce { close, open, mode: Mode::Eager };
    let released = [100, 101, 104, 105, 107, 108, 115, 116];
    check(slow_to_open, &released, &[(100, Closed), (103, Open)]);
    check(EAGER, &[100, 120, 200], &[(100, Closed), (170, Open), (250, Closed)]);
}

/// Checks the changes that a switch of this wiring reports for a line that starts at
/// `first` and toggles after 1 s.
#[track_caller]
fn check_wiring(wiring: Wiring, first: PinState, expected: &[(u64, Contact)]) {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), first);
    wire.toggle_at(&[Instant::from_millis(1_000)]);
    let mut it = Switch::new(wire.input(), sim.clock()).with_wiring(wiring).with_debounce(EAGER);
    assert_eq!(it.contact(), wiring.rest);
    let mut seen = Vec::new();
    while let Ok(change) = sim.run(sim.clock().timeout(Duration::from_secs(2), it.change())) {
        let change = change.unwrap();
        seen.push((change.at.as_micros() / 1_000, change.contact));
        assert_eq!(it.contact(), change.contact);
    }
    assert_eq!(seen, expected);
}

#[test]
fn a_contact_that_is_not_at_rest_is_the_first_change() {
    check_wiring(Wiring::normally_open(Low), Low, &[(0, Closed), (1_000, Open)]);
    check_wiring(Wiring::normally_closed(Low), High, &[(0, Open), (1_000, Closed)]);
}

#[test]
fn either_polarity_and_either_rest() {
    check_wiring(Wiring::normally_open(Low), High, &[(1_000, Closed)]);
    check_wiring(Wiring::normally_open(High), Low, &[(1_000, Closed)]);
    check_wiring(Wiring::normally_closed(Low), Low, &[(1_000, Open)]);
    check_wiring(Wiring::normally_closed(High), High, &[(1_000, Open)]);
}

#[test]
fn polarity_is_learned_from_the_resting_level() {
    for first in [Low, High] {
        check_wiring(Wiring::learned(Open), first, &[(1_000, Closed)]);
        check_wiring(Wiring::learned(Closed), first, &[(1_000, Open)]);
    }
}

#[test]
fn a_pin_that_can_only_wait_will_do() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), High);
    wire.toggle_at(&[100, 103, 106, 400].map(Instant::from_millis));
    let pin = PolledEdges::new(wire.input(), sim.clock());
    let mut it = Switch::new(pin, sim.clock()).with_debounce(EAGER);
    let mut change = || sim.run(impatiently(async || it.change().await)).unwrap();
    assert_eq!(change(), Change { key: (), contact: Closed, at: Instant::from_millis(100) });
    assert_eq!(change(), Change { key: (), contact: Open, at: Instant::from_millis(400) });
}

#[test]
fn an_edge_that_the_pin_lost_is_found_by_looking() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), High);
    wire.toggle_at(&[100, 101, 102].map(Instant::from_millis));
    // Capacity for two edges: of 100, 101 and 102, the last is lost.
    let pin = wire.input().with_edge_capacity(2);
    let mut it = Switch::new(pin, sim.clock()).with_debounce(CONFIRMED);
    assert_eq!(it.change().now_or_never(), None);
    sim.run(sim.clock().sleep(Duration::from_millis(120)));
    // No poll from 0 to 120, which finds the line low.
    let change = sim.run(it.change()).unwrap();
    assert_eq!(change.contact, Closed);
    assert_eq!(it.missed_edges(), 0, "not known before the next edge");
    wire.toggle_at(&[Instant::from_millis(500)]);
    assert_eq!(sim.run(it.change()).unwrap().contact, Open);
    assert_eq!(it.missed_edges(), 1);
}

#[test]
fn a_pin_that_fails_at_any_look_is_an_error_and_the_next_call_works() {
    for operations in 0.. {
        let sim = Sim::new();
        let wire = Wire::new(sim.clock(), High);
        wire.toggle_at(&[100, 103, 106, 400, 404, 408].map(Instant::from_millis));
        let mut it = Switch::new(wire.input(), sim.clock()).with_debounce(EAGER);
        wire.fail_after(operations);
        let mut errors = 0;
        let mut seen = Vec::new();
        while seen.len() < 2 {
            match sim.run(it.change()) {
                Ok(change) => seen.push(change.contact),
                Err(_) => errors += 1,
            }
        }
        assert_eq!(seen, [Closed, Open], "failing after {operations}");
        if errors == 0 {
            assert!(operations > 5, "it was looked at more often than that");
            return;
        }
        assert_eq!(errors, 1);
    }
}

#[test]
fn dropped_at_any_poll_it_goes_on() {
    for polls in 1.. {
        let sim = Sim::new();
        let mut it = switch(&sim, &[100, 103, 106], CONFIRMED);
        let dropped = sim.run(drop_after(polls, it.change()));
        let change = dropped.unwrap_or_else(|| sim.run(it.change())).unwrap();
        assert_eq!(change, Change { key: (), contact: Closed, at: Instant::from_millis(156) });
        if dropped.is_some() {
            assert!(polls > 3, "it was polled more often than that");
            return;
        }
    }
}

#[test]
fn a_stream_that_is_dropped_at_any_poll_loses_no_change() {
    for polls in 1..6 {
        let sim = Sim::new();
        let mut it = switch(&sim, &[100, 103, 106, 400], CONFIRMED);
        let mut seen = Vec::new();
        while seen.len() < 2 {
            let now = sim.clock().now();
            assert!(now < Instant::from_millis(9_000), "dropped at poll {polls}: {seen:?}");
            let mut changes = pin!(it.changes());
            if let Some(change) = sim.run(drop_after(polls, changes.next())) {
                seen.push(change.unwrap().unwrap().contact);
            } else {
                // A caller that drops early has to let time pass itself.
                sim.run(sim.clock().sleep(Duration::from_millis(1)));
            }
        }
        assert_eq!(seen, [Closed, Open], "dropped at poll {polls}");
    }
}

#[test]
fn it_sleeps_while_nothing_happens() {
    let sim = Sim::new();
    let mut it = switch(&sim, &[3_600_000], EAGER);
    sim.run(it.change()).unwrap();
    assert_eq!(sim.polls(), 2, "one to fall asleep, one for the edge");
    assert_eq!(sim.clock().now(), Instant::from_millis(3_600_000));
}

/// Runs every sequence of up to nine edges and looks, a grain or two apart, in every mode.
/// Changes alternate, never go back in time, and end in the true state. In eager mode, no
/// change comes before the end of the previous state's settle time.
#[test]
fn no_sequence_of_edges_and_times_breaks_it() {
    const GRAIN: Duration = Duration::from_millis(20);
    const STEPS: u32 = 9;
    let slow_to_close = Debounce { open: Duration::from_millis(30), ..EAGER };
    let slow_to_open = Debounce { close: Duration::from_millis(10), ..EAGER };
    for debounce in [EAGER, CONFIRMED, slow_to_close, slow_to_open] {
        // Two bits per step: one grain later or three; an edge or a look.
        for script in 0..1_u32 << (2 * STEPS) {
            let mut machine = Debouncer::new(Wiring::default(), debounce);
            let mut now = Instant::EPOCH;
            let mut level = High;
            let mut last = (Open, Instant::EPOCH);
            let mut settled = Instant::EPOCH;
            let mut check = |change: Option<Change>, now| {
                let Some(change) = change else { return };
                assert!(change.contact != last.0, "{script:#x}: two {last:?} in a row");
                assert!(last.1 <= change.at && change.at <= now, "{script:#x}: {change:?}");
                last = (change.contact, change.at);
                if debounce.mode == Mode::Eager {
                    assert!(settled <= change.at, "{script:#x}: {change:?} before {settled:?}");
                    let settle =
                        if change.contact == Open { debounce.open } else { debounce.close };
                    settled = change.at + settle;
                }
            };
            for step in 0..STEPS {
                let bits = script >> (2 * step);
                now += GRAIN * if bits & 1 == 0 { 1 } else { 3 };
                if bits & 2 == 0 {
                    level = !level;
                    check(machine.edge(level, now), now);
                } else {
                    check(machine.look(level, now), now);
                }
            }
            while let Some(due) = machine.deadline() {
                now = now.max(due);
                check(machine.look(level, now), now);
            }
            let truth = if level == Low { Closed } else { Open };
            assert_eq!(machine.contact(), truth, "{script:#x}");
        }
    }
}
