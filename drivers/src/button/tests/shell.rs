//! The button on its pin: one that fails, calls that are dropped, and sleep.

use core::pin::pin;

use futures_util::StreamExt;
use tickwire_sim::{Bounce, drop_after};
use tickwire_traits::Clock;

use super::*;

#[test]
fn a_button_that_is_down_at_the_start_is_pressed() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), embedded_hal::digital::PinState::Low);
    let mut it = Button::new(wire.input(), sim.clock()).with_timing(IMMEDIATE);
    assert!(!it.is_pressed());
    assert_eq!(sim.run(it.gesture()).unwrap().event, Press);
    assert!(it.is_pressed());
}

#[test]
fn a_pin_that_fails_at_any_look_is_an_error_and_the_next_call_works() {
    for operations in 0.. {
        let sim = Sim::new();
        let wire = Wire::new(sim.clock(), High);
        wire.toggle_at(&[120, 123, 126, 320].map(Instant::from_millis));
        let mut it = Button::new(wire.input(), sim.clock()).with_timing(EXCLUSIVE);
        wire.fail_after(operations);
        let (mut errors, mut seen) = (0, Vec::new());
        while seen.len() < 3 {
            match sim.run(it.gesture()) {
                Ok(gesture) => seen.push(gesture.event),
                Err(_) => errors += 1,
            }
        }
        assert_eq!(seen, [Press, Release, Click], "failing after {operations}");
        if errors == 0 {
            assert!(operations > 5, "it was looked at more often than that");
            return;
        }
    }
}

#[test]
fn dropped_at_any_poll_it_goes_on() {
    for polls in 1.. {
        let sim = Sim::new();
        let mut it = button(&sim, LONG, IMMEDIATE);
        sim.run(it.gesture()).unwrap();
        let dropped = sim.run(drop_after(polls, it.gesture()));
        let gesture = dropped.unwrap_or_else(|| sim.run(it.gesture())).unwrap();
        assert_eq!(gesture, Gesture { key: (), event: Long, at: Instant::from_millis(1_120) });
        if dropped.is_some() {
            assert!(polls > 1);
            return;
        }
    }
}

#[test]
fn a_stream_that_is_dropped_at_any_poll_loses_no_gesture() {
    for polls in 1..6 {
        let sim = Sim::new();
        let mut it = button(&sim, DOUBLE, EXCLUSIVE);
        let mut seen = Vec::new();
        while seen.len() < 5 {
            let now = sim.clock().now();
            assert!(now < Instant::from_millis(9_000), "dropped at poll {polls}: {seen:?}");
            let mut gestures = pin!(it.gestures());
            if let Some(gesture) = sim.run(drop_after(polls, gestures.next())) {
                seen.push(gesture.unwrap().unwrap().event);
            } else {
                // A caller that drops early has to let time pass itself.
                sim.run(sim.clock().sleep(Duration::from_millis(1)));
            }
        }
        assert_eq!(seen, [Press, Release, Press, Double, Release], "dropped at poll {polls}");
    }
}

#[test]
fn it_sleeps_while_nothing_happens() {
    let sim = Sim::new();
    let mut it = button(&sim, &[120, 220, 3_600_000], IMMEDIATE);
    for _ in 0..2 {
        sim.run(it.gesture()).unwrap();
    }
    let before = sim.polls();
    sim.run(it.gesture()).unwrap();
    assert_eq!(sim.polls() - before, 3, "asleep, settled, pressed: no wake for the window's end");
}

#[test]
fn bounce_of_any_seed_makes_no_gestures() {
    for seed in 0..200 {
        let sim = Sim::new();
        let wire = Wire::new(sim.clock(), High);
        let mut bounce = Bounce::new(seed).with_span(Duration::from_millis(40)).with_bounces(20);
        for at in [1_000, 1_100, 1_200, 1_300] {
            wire.toggle_at(&bounce.toggles(Instant::from_millis(at)));
        }
        let mut it = Button::new(wire.input(), sim.clock()).with_timing(IMMEDIATE);
        for expected in [Press, Release, Press, Double, Release] {
            assert_eq!(sim.run(it.gesture()).unwrap().event, expected, "seed {seed}");
        }
    }
}
