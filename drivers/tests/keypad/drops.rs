//! Futures that are dropped at their await points.

use std::pin::pin;

use Contact::{Closed, Open};
use futures_util::StreamExt;
use tickwire_drivers::button::Buttons;
use tickwire_drivers::contact::Contact;
use tickwire_drivers::keypad::Report;
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::rig::{CONFIRMED, EAGER, Toggles, Told, keypad, told};

const TOGGLES: &[Toggles] =
    &[(0, 1, &[100, 103, 106, 500]), (2, 1, &[300, 305, 308, 700, 702, 704])];
const EXPECTED: [Told; 4] = [(0, 1, Closed), (2, 1, Closed), (0, 1, Open), (2, 1, Open)];

#[test]
fn impatient_callers_see_each_change() {
    for debounce in [EAGER, CONFIRMED] {
        let sim = Sim::new();
        let (_model, mut it) = keypad(&sim, debounce, TOGGLES);
        sim.run(async {
            for expected in EXPECTED {
                let change = impatiently(async || it.change().await).await.unwrap();
                assert_eq!(told(change), expected);
            }
        });
    }
}

#[test]
fn impatient_callers_see_each_report_once() {
    let sim = Sim::new();
    let toggles: &[Toggles] = &[(0, 0, &[100]), (0, 1, &[200]), (1, 0, &[300])];
    let (_model, mut it) = keypad(&sim, EAGER, toggles);
    sim.run(async {
        let mut keys = Vec::new();
        for _ in 0..4 {
            let report = impatiently(async || it.report().await).await.unwrap();
            keys.push(match report {
                Report::Change(change) => (change.key.row, change.key.column, true),
                Report::Ambiguous { key, .. } => (key.row, key.column, false),
            });
        }
        assert_eq!(keys, [(0, 0, true), (0, 1, true), (1, 0, false), (1, 1, false)]);
    });
}

#[test]
fn impatient_callers_of_buttons_see_the_same_gestures() {
    let gestures = |is_impatient: bool| {
        let sim = Sim::new();
        let (_model, it) = keypad(&sim, EAGER, TOGGLES);
        let mut buttons = Buttons::<_, 2>::of(it);
        sim.run(async {
            let mut seen = Vec::new();
            for _ in EXPECTED {
                let gesture = if is_impatient {
                    impatiently(async || buttons.gesture().await).await
                } else {
                    buttons.gesture().await
                };
                seen.push(gesture.unwrap());
            }
            seen
        })
    };
    assert_eq!(gestures(true), gestures(false));
}

#[test]
fn dropped_at_any_poll_it_goes_on() {
    for polls in 1..8 {
        let sim = Sim::new();
        let (_model, mut it) = keypad(&sim, EAGER, TOGGLES);
        let mut seen = Vec::new();
        while seen.len() < EXPECTED.len() {
            assert!(sim.clock().now() < Instant::from_millis(9_000), "{polls}: {seen:?}");
            let mut changes = pin!(it.changes());
            if let Some(change) = sim.run(drop_after(polls, changes.next())) {
                seen.push(told(change.unwrap().unwrap()));
            } else {
                // A caller that drops early has to let time pass itself.
                sim.run(sim.clock().sleep(Duration::from_millis(1)));
            }
        }
        assert_eq!(seen, EXPECTED, "dropped at poll {polls}");
    }
}
