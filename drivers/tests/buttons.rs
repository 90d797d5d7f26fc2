//! Several buttons on one source of contacts, a test double.

mod keys;

use core::pin::pin;

use futures_util::StreamExt;
use keys::{Fault, Keys};
use tickwire_drivers::button::{Buttons, Event, Reporting, Timing};
use tickwire_sim::{Sim, at_every_pace, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use Event::{Click, Double, Long, Press, Release, Repeat};

const EXCLUSIVE: Timing = Timing {
    double: Duration::from_millis(400),
    long: Duration::from_millis(1_000),
    repeat: None,
    most_clicks: 2,
    reporting: Reporting::Exclusive,
};
const IMMEDIATE: Timing = Timing { reporting: Reporting::Immediate, ..EXCLUSIVE };

/// Three keys that are used alternately and together.
const TOGGLES: &[(u64, char)] = &[
    (100, 'a'),
    (150, 'b'),
    (200, 'a'),
    (300, 'a'),
    (300, 'b'),
    (350, 'a'),
    (1_000, 'c'),
    (1_100, 'a'),
    (1_150, 'a'),
    (2_200, 'c'),
];

fn millis(at: Instant) -> u64 {
    (at - Instant::EPOCH).as_millis()
}

/// Toggles in, gestures out, in milliseconds. Impatient and late tasks see the same.
#[track_caller]
fn check<const N: usize>(
    timing: Timing,
    toggles: &[(u64, char)],
    expected: &[(u64, char, Event)],
    missed: u16,
) {
    let seen = at_every_pace(|sim| {
        let source = Keys::new(sim.clock(), toggles);
        let mut buttons = Buttons::<_, N>::of(source).with_timing(timing);
        let mut seen = Vec::new();
        sim.run(async {
            let end = Instant::from_millis(20_000);
            while let Ok(gesture) = sim.clock().timeout_at(end, buttons.gesture()).await {
                let gesture = gesture.unwrap();
                seen.push((millis(gesture.at), gesture.key, gesture.event));
                let is_down = seen.iter().filter(|(_, key, event)| {
                    *key == gesture.key && matches!(event, Press | Release)
                });
                assert_eq!(buttons.is_pressed(gesture.key), is_down.count() % 2 == 1);
            }
        });
        (seen, buttons.missed_presses())
    });
    assert_eq!(seen, (expected.to_vec(), missed));

    let sim = Sim::new();
    let mut buttons = Buttons::<_, N>::of(Keys::new(sim.clock(), toggles)).with_timing(timing);
    for wanted in expected {
        let gesture = sim.run(impatiently(async || buttons.gesture().await)).unwrap();
        assert_eq!((millis(gesture.at), gesture.key, gesture.event), *wanted, "impatient");
    }
}

#[test]
fn each_key_has_its_own_gestures_in_one_order() {
    let expected = [
        (100, 'a', Press),
        (150, 'b', Press),
        (200, 'a', Release),
        (300, 'a', Press),
        // Certain immediately, and before the event of the other key at that time.
        (300, 'a', Double),
        (300, 'b', Release),
        (350, 'a', Release),
        (550, 'b', Click),
        (1_000, 'c', Press),
        (1_100, 'a', Press),
        (1_150, 'a', Release),
        (1_500, 'a', Click),
        (2_000, 'c', Long),
        (2_200, 'c', Release),
    ];
    check::<3>(EXCLUSIVE, TOGGLES, &expected, 0);
    // Never more than two are in use.
    check::<2>(EXCLUSIVE, TOGGLES, &expected, 0);
    let is_immediate = |(_, _, event): &&(u64, char, Event)| *event != Click;
    let immediate: Vec<_> = expected.iter().filter(is_immediate).copied().collect();
    check::<2>(IMMEDIATE, TOGGLES, &immediate, 0);
}

#[test]
fn what_is_due_before_a_change_of_another_key_comes_before_it() {
    // Both long presses are due before the release, in the order of their times.
    let toggles = [(100, 'b'), (200, 'a'), (5_000, 'a'), (5_000, 'b')];
    let expected = [
        (100, 'b', Press),
        (200, 'a', Press),
        (1_100, 'b', Long),
        (1_200, 'a', Long),
        (5_000, 'a', Release),
        (5_000, 'b', Release),
    ];
    check::<2>(IMMEDIATE, &toggles, &expected, 0);
}

#[test]
fn a_press_that_finds_no_room_is_counted_and_its_release_is_not_seen() {
    let toggles = [(100, 'a'), (110, 'b'), (200, 'a'), (210, 'b'), (700, 'b'), (800, 'b')];
    let a = [(100, 'a', Press), (200, 'a', Release)];
    let b = [(700, 'b', Press), (800, 'b', Release)];
    check::<1>(IMMEDIATE, &toggles, &[a, b].concat(), 1);
    // While another click of `a` would count, its slot is in use.
    let soon = [(100, 'a'), (200, 'a'), (500, 'b'), (550, 'b'), (601, 'b'), (650, 'b')];
    let b = [(601, 'b', Press), (650, 'b', Release)];
    check::<1>(IMMEDIATE, &soon, &[a, b].concat(), 1);
}

#[test]
fn a_key_repeats_while_others_are_used() {
    let timing = Timing { repeat: Some(Duration::from_millis(300)), ..IMMEDIATE };
    let sim = Sim::new();
    let source = Keys::new(sim.clock(), &[(0, 'a'), (1_350, 'b'), (1_400, 'b'), (1_700, 'a')]);
    let mut buttons = Buttons::<_, 2>::of(source).with_timing(timing);
    let seen: Vec<_> = (0..7)
        .map(|_| sim.run(buttons.gesture()).unwrap())
        .map(|gesture| (millis(gesture.at), gesture.key, gesture.event))
        .collect();
    let expected = [
        (0, 'a', Press),
        (1_000, 'a', Long),
        (1_300, 'a', Repeat),
        (1_350, 'b', Press),
        (1_400, 'b', Release),
        (1_600, 'a', Repeat),
        (1_700, 'a', Release),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_source_that_fails_at_any_wait_is_an_error_and_the_next_call_works() {
    let clean =
        gestures(&mut Buttons::<_, 2>::of(Keys::new(Sim::new().clock(), &[])), &Sim::new(), 0);
    assert_eq!(clean, ([].into(), 0));
    let sim = Sim::new();
    let (expected, _) =
        gestures(&mut Buttons::<_, 2>::of(Keys::new(sim.clock(), TOGGLES)), &sim, 12);
    for waits in 0.. {
        let sim = Sim::new();
        let source = Keys::new(sim.clock(), TOGGLES).fail_after(waits);
        let (seen, errors) = gestures(&mut Buttons::<_, 2>::of(source), &sim, 12);
        assert_eq!(seen, expected, "failing after {waits}");
        if errors == 0 {
            assert!(waits > 10, "it was waited for more often than that");
            return;
        }
        assert_eq!(errors, 1);
    }
}

/// Returns the first gestures, and the number of errors.
fn gestures(
    buttons: &mut Buttons<Keys, 2>,
    sim: &Sim,
    count: usize,
) -> (Vec<(u64, char, Event)>, u32) {
    let (mut seen, mut errors) = (Vec::new(), 0);
    while seen.len() < count {
        match sim.run(buttons.gesture()) {
            Ok(gesture) => seen.push((millis(gesture.at), gesture.key, gesture.event)),
            Err(Fault) => errors += 1,
        }
    }
    (seen, errors)
}

#[test]
fn dropped_at_any_poll_they_go_on() {
    for polls in 1..5 {
        let sim = Sim::new();
        let mut buttons = Buttons::<_, 2>::of(Keys::new(sim.clock(), TOGGLES));
        let mut seen = Vec::new();
        while seen.len() < 12 {
            assert!(sim.clock().now() < Instant::from_millis(9_000), "polls {polls}: {seen:?}");
            let mut gestures = pin!(buttons.gestures());
            match sim.run(drop_after(polls, gestures.next())) {
                Some(gesture) => seen.push(gesture.unwrap().unwrap().key),
                // A caller that drops early has to let time pass itself.
                None => sim.run(sim.clock().sleep(Duration::from_millis(1))),
            }
        }
        assert_eq!(String::from_iter(seen), "abaaabacaacc", "dropped at poll {polls}");
    }
}

#[test]
fn the_source_comes_back() {
    let sim = Sim::new();
    let mut buttons = Buttons::<_, 1>::of(Keys::new(sim.clock(), &[(1, 'a'), (2, 'a')]));
    sim.run(buttons.gesture()).unwrap();
    let mut buttons = Buttons::<_, 1>::of(buttons.release());
    assert!(!buttons.is_pressed('a'));
    // The release of a press before these buttons existed.
    let end = Instant::from_millis(100);
    assert!(sim.run(sim.clock().timeout_at(end, buttons.gesture())).is_err());
    assert_eq!(buttons.missed_presses(), 0);
}
