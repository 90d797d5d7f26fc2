extern crate std;
use std::vec::Vec;

use core::pin::pin;
use embedded_hal::digital::PinState::High;
use futures_util::{FutureExt, StreamExt};
use tickwire_sim::{Bounce, Input, Sim, SimClock, Wire, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, Timer};

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

/// Every sequence of contacts and looks up to a bound, in every mode: presses
/// and releases alternate, time does not go back, and each sequence of clicks is
/// reported once.
#[test]
fn no_sequence_of_contacts_and_times_breaks_it() {
    const STEPS: u32 = 6;
    const SPANS: [u64; 4] = [1, 250, 400, 1_050];
    let repeat = Some(Duration::from_millis(150));
    let modes = [
        IMMEDIATE,
        EXCLUSIVE,
        Timing { most_clicks: 3, repeat, ..IMMEDIATE },
        Timing { most_clicks: 3, repeat, ..EXCLUSIVE },
        Timing { most_clicks: 0, ..EXCLUSIVE },
        Timing { long: Duration::from_millis(300), ..EXCLUSIVE },
        Timing { long: Duration::ZERO, double: Duration::ZERO, repeat, ..EXCLUSIVE },
    ];
    for timing in modes {
        for script in 0..1_u32 << (3 * STEPS) {
            run_script(timing, script, STEPS, SPANS);
        }
    }
}

/// Three bits per step: one of four spans, and a contact or a look.
fn run_script(timing: Timing, script: u32, steps: u32, spans: [u64; 4]) {
    let mut machine = Recognizer::new(timing);
    let mut truth = Truth::new(timing, script);
    let mut now = Instant::EPOCH;
    let mut pressed = false;
    for step in 0..steps {
        let bits = script >> (3 * step);
        now += Duration::from_millis(spans[(bits & 3) as usize]);
        let gesture = if bits & 4 == 0 {
            pressed = !pressed;
            machine.contact(pressed, now)
        } else {
            machine.elapse(now)
        };
        truth.note(gesture, now);
        while let Some(owed) = machine.owed() {
            truth.note(Some(owed), now);
        }
    }
    if pressed {
        truth.note(machine.contact(false, now), now);
    }
    while let Some(due) = machine.deadline() {
        now = now.max(due);
        truth.note(machine.elapse(now), now);
    }
    assert!(!truth.down, "{script:#o}: a press without its release");
    if timing.reporting == Reporting::Exclusive {
        assert_eq!(truth.unreported, 0, "{script:#o}: an unreported click");
    }
}

/// A listener's knowledge, which no gesture may contradict.
struct Truth {
    timing: Timing,
    script: u32,
    down: bool,
    long: bool,
    /// Presses since the last click, double, n-fold or long.
    unreported: u32,
    /// The number of the present press within its sequence.
    sequence: u8,
    pressed: Instant,
    last: Instant,
}

impl Truth {
    fn new(timing: Timing, script: u32) -> Self {
        Self {
            timing,
            script,
            down: false,
            long: false,
            unreported: 0,
            sequence: 0,
            pressed: Instant::EPOCH,
            last: Instant::EPOCH,
        }
    }

    fn note(&mut self, gesture: Option<Gesture>, now: Instant) {
        let Some(Gesture { event, at, .. }) = gesture else { return };
        let script = self.script;
        assert!(self.last <= at && at <= now, "{script:#o}: {event:?} at {at:?}");
        self.last = at;
        match event {
            Press => {
                assert!(!self.down, "{script:#o}: two presses in a row");
                (self.down, self.long) = (true, false);
                self.unreported += 1;
                let in_time = at - self.pressed <= self.timing.double;
                let goes_on = 0 < self.sequence && self.sequence < self.timing.most_clicks;
                self.sequence = if in_time && goes_on { self.sequence + 1 } else { 1 };
                self.pressed = at;
            }
            Release => {
                assert!(self.down, "{script:#o}: a release without its press");
                self.down = false;
            }
            Long => {
                assert!(self.down && !self.long, "{script:#o}: a long press of nothing");
                assert_eq!(self.sequence, 1, "{script:#o}: a long press behind a click");
                (self.long, self.unreported, self.sequence) = (true, 0, 0);
            }
            Repeat => assert!(self.down && self.long, "{script:#o}: a repeat of nothing"),
            Click => self.clicked(1),
            Double => self.clicked(2),
            Clicks(count) => self.clicked(count),
        }
    }

    fn clicked(&mut self, count: u8) {
        let script = self.script;
        assert_eq!(count, self.sequence, "{script:#o}: clicks are counted wrong");
        assert!(self.unreported > 0, "{script:#o}: clicks are reported twice");
        self.unreported = 0;
    }
}
