//! What is reported, and when.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;

use Contact::{Closed, Open};
use embedded_hal::digital::PinState::{High, Low};
use futures_util::StreamExt;
use tickwire_drivers::button::{Buttons, Event};
use tickwire_drivers::contact::{Contact, ContactSource};
use tickwire_drivers::keypad::{Key, Keypad, Polled};
use tickwire_drivers::switch::Debounce;
use tickwire_sim::{Bounce, Sim, Wire};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::rig::{CONFIRMED, EAGER, Model, Toggles, changes, keypad, play, told};

const END: Instant = Instant::from_millis(10_000);

/// Toggles in; changes out, with the millisecond of each: at that time, or up to a pause and
/// two scans later.
#[track_caller]
fn check(debounce: Debounce, toggles: &[Toggles], expected: &[(u64, u8, u8, Contact)]) {
    let sim = Sim::new();
    let (model, mut it) = keypad(&sim, debounce, toggles);
    let seen = changes(&sim, &mut it, END);
    let ms = |at: Instant| at.as_micros() / 1_000;
    let times = expected.iter().map(|(ms, ..)| *ms);
    let rounded: Vec<_> = seen
        .iter()
        .zip(times.chain(std::iter::repeat(0)))
        .map(|(change, wanted)| {
            let at = ms(change.at);
            let (row, column, contact) = told(*change);
            (if (wanted..=wanted + 6).contains(&at) { wanted } else { at }, row, column, contact)
        })
        .collect();
    assert_eq!(rounded, expected);
    // The same, with columns that cannot wait.
    let sim = Sim::new();
    let clock = sim.clock();
    let polled = Model::new(sim.clock());
    play(&polled, toggles);
    let columns = polled.columns().map(Polled);
    let mut it = Keypad::new(polled.rows(), columns, clock).with_debounce(debounce);
    let polled: Vec<_> = changes(&sim, &mut it, END).into_iter().map(told).collect();
    assert_eq!(polled, seen.into_iter().map(told).collect::<Vec<_>>(), "polled");
    drop(model);
}

#[test]
fn a_key_has_its_row_and_its_column() {
    for row in 0..3 {
        for column in 0..4 {
            let (r, c) = (row as u8, column as u8);
            let expected = [(100, r, c, Closed), (300, r, c, Open)];
            check(EAGER, &[(row, column, &[100, 300])], &expected);
        }
    }
}

#[test]
fn an_eager_keypad_reports_the_first_contact() {
    let toggles: &[Toggles] = &[(0, 1, &[100, 103, 106, 300, 304, 309])];
    check(EAGER, toggles, &[(100, 0, 1, Closed), (300, 0, 1, Open)]);
}

#[test]
fn a_confirmed_keypad_reports_what_was_stable() {
    let toggles: &[Toggles] = &[(0, 1, &[100, 103, 106, 300, 304, 309])];
    check(CONFIRMED, toggles, &[(126, 0, 1, Closed), (329, 0, 1, Open)]);
    check(CONFIRMED, &[(2, 3, &[100, 118, 200, 219])], &[]);
}

#[test]
fn a_glitch_of_an_eager_keypad_is_a_press() {
    check(EAGER, &[(2, 3, &[100, 108])], &[(100, 2, 3, Closed), (128, 2, 3, Open)]);
}

#[test]
fn keys_that_are_down_together_are_told_apart() {
    let toggles: &[Toggles] =
        &[(0, 0, &[100, 500]), (1, 1, &[200, 600]), (2, 2, &[300, 700]), (0, 3, &[400, 800])];
    // From the third key on, a press is confirmed first.
    let expected = [
        (100, 0, 0, Closed),
        (200, 1, 1, Closed),
        (320, 2, 2, Closed),
        (420, 0, 3, Closed),
        (500, 0, 0, Open),
        (600, 1, 1, Open),
        (700, 2, 2, Open),
        (800, 0, 3, Open),
    ];
    check(EAGER, toggles, &expected);
}

#[test]
fn a_key_that_is_down_at_first_is_reported() {
    check(EAGER, &[(1, 2, &[0, 400])], &[(0, 1, 2, Closed), (400, 1, 2, Open)]);
}

#[test]
fn without_debouncing_each_scan_counts() {
    let toggles: &[Toggles] = &[(1, 2, &[100, 110, 120])];
    let expected = [(100, 1, 2, Closed), (110, 1, 2, Open), (120, 1, 2, Closed)];
    for debounce in [Debounce::eager(Duration::ZERO), Debounce::confirmed(Duration::ZERO)] {
        check(debounce, toggles, &expected);
    }
}

#[test]
fn closing_and_opening_may_settle_differently() {
    let slow_to_open = Debounce { open: Duration::from_millis(100), ..CONFIRMED };
    check(slow_to_open, &[(0, 0, &[100, 300])], &[(120, 0, 0, Closed), (400, 0, 0, Open)]);
}

#[test]
fn columns_are_read_after_their_rise() {
    let sim = Sim::new();
    let model = Model::new(sim.clock()).with_rise(Duration::from_micros(99));
    play(&model, &[(0, 1, &[100, 300])]);
    let it = Keypad::new(model.rows(), model.columns(), sim.clock()).with_debounce(EAGER);
    // With the default of 20 µs, the key would be in each row.
    let mut it = it.with_row_delay(Duration::from_micros(100));
    let seen: Vec<_> = changes(&sim, &mut it, END).into_iter().map(told).collect();
    assert_eq!(seen, [(0, 1, Closed), (0, 1, Open)]);
}

#[test]
fn the_keys_that_are_down_can_be_listed() {
    let sim = Sim::new();
    let (_model, mut it) = keypad(&sim, EAGER, &[(0, 3, &[100]), (2, 1, &[150, 300])]);
    for expected in [vec![(0, 3)], vec![(0, 3), (2, 1)], vec![(0, 3)]] {
        sim.run(it.change()).unwrap();
        let down: Vec<_> = it.down().map(|key| (key.row, key.column)).collect();
        assert_eq!(down, expected);
        assert!(it.is_down(Key { row: 0, column: 3 }));
    }
    assert!(!it.is_down(Key { row: 3, column: 0 }), "there is no such key");
}

#[test]
fn buttons_read_gestures_of_each_key() {
    let sim = Sim::new();
    let (_model, it) = keypad(&sim, EAGER, &[]);
    let mut bounce = Bounce::new(5).with_span(Duration::from_millis(10));
    for (row, column, toggles) in [(0, 0, [100, 200, 300, 400]), (2, 1, [350, 1_900, 2_500, 2_600])]
    {
        for at in toggles {
            let toggles = bounce.toggles(Instant::from_millis(at));
            _model.key(row, column).toggle_at(&toggles);
        }
    }
    let mut buttons = Buttons::<_, 3>::of(it);
    let expected = [
        (0, Event::Press),
        (0, Event::Release),
        (0, Event::Press),
        (0, Event::Double),
        (2, Event::Press),
        (0, Event::Release),
        (2, Event::Long),
        (2, Event::Release),
        (2, Event::Press),
        (2, Event::Release),
    ];
    for (row, event) in expected {
        let gesture = sim.run(buttons.gesture()).unwrap();
        assert_eq!((gesture.key.row, gesture.event), (row, event), "{gesture:?}");
    }
}

#[test]
fn a_stream_has_the_same_changes() {
    let sim = Sim::new();
    let (_model, mut it) = keypad(&sim, EAGER, &[(1, 1, &[100, 200, 300])]);
    let seen = sim.run(pin!(it.changes()).take(3).map(|it| told(it.unwrap())).collect::<Vec<_>>());
    assert_eq!(seen, [(1, 1, Closed), (1, 1, Open), (1, 1, Closed)]);
}

#[test]
fn while_no_key_is_down_nothing_is_polled() {
    let sim = Sim::new();
    let hour = 3_600_000;
    let (_model, mut it) = keypad(&sim, EAGER, &[(1, 1, &[100, 200, 3_600_000])]);
    assert_eq!(
        sim.run(it.change_until(Instant::from_millis(150))).unwrap().map(told),
        Some((1, 1, Closed))
    );
    assert_eq!(sim.run(it.change()).map(told), Ok((1, 1, Open)));
    // The release settles, and a pause begins.
    assert_eq!(sim.run(it.change_until(Instant::from_millis(250))), Ok(None));
    let before = sim.polls();
    assert_eq!(sim.run(it.change()).map(told), Ok((1, 1, Closed)));
    assert_eq!(sim.clock().now().as_micros(), (hour * 1_000) + 60, "three rows, 20 µs each");
    assert_eq!(sim.polls() - before, 1 + 4, "asleep; awake, and once for each row");
}

#[test]
fn columns_that_cannot_wait_are_read_once_in_a_pause() {
    let sim = Sim::new();
    let model = Model::new(sim.clock());
    let columns = model.columns().map(Polled);
    let mut it =
        Keypad::new(model.rows(), columns, sim.clock()).with_pause(Duration::from_millis(25));
    let second = Instant::from_millis(1_000);
    assert_eq!(sim.run(it.change_until(second)), Ok(None));
    assert!((40..=44).contains(&sim.polls()), "{}", sim.polls());
}

#[test]
fn a_limit_in_the_past_keeps_nobody() {
    let sim = Sim::new();
    let (_model, mut it) = keypad(&sim, EAGER, &[(1, 1, &[100])]);
    sim.run(async {
        let clock = sim.clock();
        let mut seen = None;
        while seen.is_none() {
            let before = clock.now();
            seen = it.change_until(Instant::EPOCH).await.unwrap();
            assert_eq!(clock.now(), before, "it does not wait");
            clock.sleep(Duration::from_millis(1)).await;
        }
        assert!(clock.now() < Instant::from_millis(112), "a row in each call");
    });
}

#[test]
fn a_keypad_may_have_255_rows() {
    let sim = Sim::new();
    let wire = || Wire::new(sim.clock(), High);
    let rows = [(); 255].map(|()| wire().output());
    let mut it = Keypad::new(rows, [wire().input()], sim.clock());
    assert_eq!(sim.run(it.change_until(Instant::from_millis(20))), Ok(None));
}

#[test]
fn a_row_is_released_before_the_next_one_is_driven() {
    let sim = Sim::new();
    let (model, mut it) = keypad(&sim, EAGER, &[(0, 0, &[1])]);
    let rows = [0, 1, 2].map(|row| model.row(row).clone());
    let driven = Rc::new(RefCell::new(Vec::new()));
    for row in &rows {
        let (rows, driven) = (rows.clone(), driven.clone());
        row.on_edge(move |_| {
            driven.borrow_mut().push(rows.iter().filter(|row| row.level() == Low).count());
        });
    }
    sim.run(it.change()).unwrap();
    // A scan of three rows, the pause in which all are driven, and a scan.
    assert_eq!(*driven.borrow(), [1, 0, 1, 0, 1, 2, 3, 2, 1, 0, 1, 0, 1]);
}

#[test]
fn a_contact_that_bounces_settles_in_the_time_of_its_reported_state() {
    let (close, open) = (Duration::from_millis(20), Duration::from_millis(100));
    let debounce = Debounce { close, open, ..EAGER };
    // It bounces 8 ms after it has closed.
    check(debounce, &[(0, 0, &[100, 108, 113, 300])], &[(100, 0, 0, Closed), (300, 0, 0, Open)]);
    // After a bounce to open, it stays open: 20 ms of the closed state, not 100 ms.
    check(debounce, &[(0, 0, &[100, 110])], &[(100, 0, 0, Closed), (132, 0, 0, Open)]);
}
