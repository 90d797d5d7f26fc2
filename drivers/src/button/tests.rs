extern crate std;

mod scripts;
mod shell;

use std::vec::Vec;

use embedded_hal::digital::PinState::High;
use futures_util::FutureExt;
use tickwire_sim::{Input, Sim, SimClock, Wire, impatiently};
use tickwire_traits::{Duration, Instant, Timer};

use super::*;
use Event::{Click, Clicks, Double, Long, Press, Release, Repeat};

const IMMEDIATE: Timing = Timing {
    double: Duration::from_millis(400),
    long: Duration::from_millis(1_000),
    repeat: None,
    most_clicks: 2,
    reporting: Reporting::Immediate,
};
const EXCLUSIVE: Timing = Timing { reporting: Reporting::Exclusive, ..IMMEDIATE };

// Stimuli for which the output of micropython-async's Pushbutton was recorded, in
// milliseconds.
const SHORT: &[u64] = &[120, 220];
const MEDIUM: &[u64] = &[120, 720];
const LONG: &[u64] = &[120, 2_120];
const DOUBLE: &[u64] = &[120, 220, 320, 420];
const SLOW_PAIR: &[u64] = &[120, 220, 720, 820];
const SHORT_THEN_LONG: &[u64] = &[120, 220, 320, 2_320];
const TRIPLE: &[u64] = &[120, 220, 320, 420, 520, 620];
const BOUNCE: &[u64] = &[120, 123, 126, 300, 303, 306];

fn button(sim: &Sim, toggles: &[u64], timing: Timing) -> Button<Switch<Input<SimClock>, SimClock>> {
    let wire = Wire::new(sim.clock(), High);
    wire.toggle_at(&toggles.iter().copied().map(Instant::from_millis).collect::<Vec<_>>());
    Button::new(wire.input(), sim.clock()).with_timing(timing)
}

/// Toggles in, gestures out, all in milliseconds. Patient, impatient and late callers
/// see the same.
#[track_caller]
fn check(timing: Timing, toggles: &[u64], expected: &[(u64, Event)]) {
    let millis = |gesture: Gesture| (gesture.at.as_micros() / 1_000, gesture.event);

    let sim = Sim::new();
    let mut it = button(&sim, toggles, timing);
    let awaited = sim.run(async {
        let mut seen = Vec::new();
        while let Ok(gesture) = sim.clock().timeout(Duration::from_secs(5), it.gesture()).await {
            seen.push(millis(gesture.unwrap()));
        }
        seen
    });
    assert_eq!(awaited, expected, "awaited");

    let sim = Sim::new();
    let mut it = button(&sim, toggles, timing);
    sim.run(async {
        for wanted in expected {
            let gesture = impatiently(async || it.gesture().await).await;
            assert_eq!(millis(gesture.unwrap()), *wanted, "impatient");
        }
    });

    // Repeats are not made up for, so a late caller sees fewer.
    if timing.repeat.is_none() {
        let sim = Sim::new();
        let mut it = button(&sim, toggles, timing);
        assert_eq!(it.gesture().now_or_never(), None); // Reads the pin and arms it.
        sim.run(sim.clock().sleep(Duration::from_secs(10)));
        let late: Vec<_> = core::iter::from_fn(|| it.gesture().now_or_never())
            .map(|it| millis(it.unwrap()))
            .collect();
        assert_eq!(late, expected, "late");
    }
}

/// micropython-async's Pushbutton reports this without `suppress`; here at the edges,
/// not at the next sample of a 50 ms grid.
#[test]
fn immediate_reads_as_the_original_does() {
    check(IMMEDIATE, SHORT, &[(120, Press), (220, Release)]);
    check(IMMEDIATE, MEDIUM, &[(120, Press), (720, Release)]);
    check(IMMEDIATE, LONG, &[(120, Press), (1_120, Long), (2_120, Release)]);
    let double = [(120, Press), (220, Release), (320, Press), (320, Double)];
    check(IMMEDIATE, DOUBLE, &[&double[..], &[(420, Release)]].concat());
    let slow_pair = [(120, Press), (220, Release), (720, Press), (820, Release)];
    check(IMMEDIATE, SLOW_PAIR, &slow_pair);
    check(IMMEDIATE, SHORT_THEN_LONG, &[&double[..], &[(2_320, Release)]].concat());
    let third = [(420, Release), (520, Press), (620, Release)];
    check(IMMEDIATE, TRIPLE, &[double, [third[0], third[1], third[2], third[2]]].concat()[..7]);
    check(IMMEDIATE, BOUNCE, &[(120, Press), (300, Release)]);
}

#[test]
fn exclusive_tells_one_click_from_two() {
    check(EXCLUSIVE, SHORT, &[(120, Press), (220, Release), (520, Click)]);
    check(EXCLUSIVE, LONG, &[(120, Press), (1_120, Long), (2_120, Release)]);
    let double = [(120, Press), (220, Release), (320, Press), (320, Double), (420, Release)];
    check(EXCLUSIVE, DOUBLE, &double);
    let slow_pair =
        [(120, Press), (220, Release), (520, Click), (720, Press), (820, Release), (1_120, Click)];
    check(EXCLUSIVE, SLOW_PAIR, &slow_pair);
}

/// micropython-async's EButton loses a press of 0.4 to 1 s.
#[test]
fn a_slow_click_is_certain_when_it_is_released() {
    check(EXCLUSIVE, MEDIUM, &[(120, Press), (720, Release), (720, Click)]);
}

#[test]
fn a_second_press_is_never_long() {
    let expected = [(120, Press), (220, Release), (320, Press), (320, Double), (2_320, Release)];
    check(EXCLUSIVE, SHORT_THEN_LONG, &expected);
}

#[test]
fn a_second_press_after_the_longest_time_is_another_click() {
    for timing in [EXCLUSIVE, IMMEDIATE] {
        let in_time = [(120, Press), (220, Release), (520, Press), (520, Double), (620, Release)];
        check(timing, &[120, 220, 520, 620], &in_time);
    }
    let in_time = [(100, Press), (200, Release), (500, Press), (600, Release), (900, Press)];
    let three = Timing { most_clicks: 3, ..EXCLUSIVE };
    check(three, &[100, 200, 500, 600, 900], &[&in_time[..], &[(900, Clicks(3))]].concat());
    let late =
        [(120, Press), (220, Release), (520, Click), (521, Press), (621, Release), (921, Click)];
    check(EXCLUSIVE, &[120, 220, 521, 621], &late);
}

/// To the microsecond, whatever the caller polls at the last instant.
#[test]
fn the_longest_time_is_exact() {
    let event = |gesture: Option<Gesture>| gesture.map(|gesture| gesture.event);
    let (first, last) = (Instant::from_millis(10), Instant::from_millis(410));
    for (timing, certain) in [(IMMEDIATE, None), (EXCLUSIVE, Some(Click))] {
        let mut in_time = Recognizer::new(timing);
        in_time.contact(true, first);
        in_time.contact(false, Instant::from_millis(60));
        let mut late = in_time.clone();
        assert_eq!(in_time.elapse(last), None);
        assert_eq!(event(in_time.contact(true, last)), Some(Press));
        assert_eq!(event(in_time.elapse(last)), Some(Double));
        let too_late = last + Duration::from_micros(1);
        assert_eq!(
            late.elapse(too_late),
            certain.map(|event| Gesture { key: (), event, at: last })
        );
        assert_eq!(event(late.contact(true, too_late)), Some(Press));
        assert_eq!(event(late.elapse(too_late)), None);
    }
}

#[test]
fn more_clicks_are_counted_as_they_come() {
    let three = Timing { most_clicks: 3, ..IMMEDIATE };
    let expected = [
        (120, Press),
        (220, Release),
        (320, Press),
        (320, Double),
        (420, Release),
        (520, Press),
        (520, Clicks(3)),
        (620, Release),
    ];
    check(three, TRIPLE, &expected);
}

#[test]
fn more_clicks_are_counted_when_there_are_no_more() {
    let many = Timing { most_clicks: u8::MAX, ..EXCLUSIVE };
    let twice = [(120, Press), (220, Release), (320, Press), (420, Release), (720, Double)];
    check(many, DOUBLE, &twice);
    let thrice = [
        (120, Press),
        (220, Release),
        (320, Press),
        (420, Release),
        (520, Press),
        (620, Release),
        (920, Clicks(3)),
    ];
    check(many, TRIPLE, &thrice);
    let held = [(120, Press), (220, Release), (320, Press), (720, Double), (2_320, Release)];
    check(many, SHORT_THEN_LONG, &held);
}

#[test]
fn a_button_of_single_clicks_clicks_at_once() {
    let single = Timing { most_clicks: 1, ..EXCLUSIVE };
    let twice =
        [(120, Press), (220, Release), (220, Click), (320, Press), (420, Release), (420, Click)];
    check(single, DOUBLE, &twice);
    let plain = Timing { most_clicks: 1, ..IMMEDIATE };
    check(plain, DOUBLE, &[(120, Press), (220, Release), (320, Press), (420, Release)]);
}

#[test]
fn a_held_button_repeats() {
    let repeating = Timing { repeat: Some(Duration::from_millis(300)), ..IMMEDIATE };
    let expected = [
        (120, Press),
        (1_120, Long),
        (1_420, Repeat),
        (1_720, Repeat),
        (2_020, Repeat),
        (2_120, Release),
    ];
    check(repeating, LONG, &expected);
}

#[test]
fn repeats_that_nobody_saw_are_not_made_up_for() {
    let repeating = Timing { repeat: Some(Duration::from_millis(300)), ..IMMEDIATE };
    let mut machine = Recognizer::new(repeating);
    let event = |gesture: Option<Gesture>| gesture.map(|gesture| gesture.event);
    machine.contact(true, Instant::EPOCH);
    assert_eq!(event(machine.elapse(Instant::from_millis(1_000))), Some(Long));
    assert_eq!(event(machine.elapse(Instant::from_millis(9_000))), Some(Repeat));
    assert_eq!(machine.deadline(), Some(Instant::from_millis(9_300)));
}
