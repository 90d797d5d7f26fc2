//! Rectangles of keys.

use Contact::{Closed, Open};
use tickwire_drivers::contact::Contact;
use tickwire_drivers::keypad::{Keypad, Report};
use tickwire_drivers::switch::Mode;
use tickwire_sim::Sim;
use tickwire_traits::{Instant, Timer};

use crate::rig::{CONFIRMED, EAGER, Model, Toggles, changes, keypad, play, told};

const END: Instant = Instant::from_millis(5_000);

/// Toggles in; reports out. `None` is a key that became ambiguous. In confirmed mode, releases
/// are late, so that the order may be another.
#[track_caller]
fn check(toggles: &[Toggles], expected: &[(u8, u8, Option<Contact>)]) {
    for debounce in [EAGER, CONFIRMED] {
        let sim = Sim::new();
        let (_model, mut it) = keypad(&sim, debounce, toggles);
        let mut seen = Vec::new();
        sim.run(async {
            while let Ok(report) = sim.clock().timeout_at(END, it.report()).await {
                seen.push(match report.unwrap() {
                    Report::Change(change) => {
                        let (row, column, contact) = told(change);
                        (row, column, Some(contact))
                    }
                    Report::Ambiguous { key, .. } => (key.row, key.column, None),
                });
            }
        });
        let mut expected = expected.to_vec();
        if debounce.mode == Mode::Confirmed {
            let by_key = |(row, column, _): &(u8, u8, _)| (*row, *column);
            seen.sort_by_key(by_key);
            expected.sort_by_key(by_key);
        }
        assert_eq!(seen, expected, "{debounce:?}");
        let ambiguous = expected.iter().filter(|(.., contact)| contact.is_none()).count();
        assert_eq!(usize::from(it.ambiguous()), ambiguous);
    }
}

const DOWN: Option<Contact> = Some(Closed);
const UP: Option<Contact> = Some(Open);

#[test]
fn the_third_corner_and_the_ghost_are_ambiguous_until_one_is_gone() {
    let toggles: &[Toggles] = &[(0, 1, &[100, 600]), (0, 3, &[200, 400]), (2, 1, &[300, 700])];
    let told = [
        (0, 1, DOWN),
        (0, 3, DOWN),
        (2, 1, None),
        (2, 3, None),
        (0, 3, UP),
        (2, 1, DOWN),
        (0, 1, UP),
        (2, 1, UP),
    ];
    check(toggles, &told);
}

#[test]
fn a_key_that_comes_up_while_it_is_ambiguous_was_never_down() {
    let toggles: &[Toggles] = &[(0, 1, &[100, 600]), (0, 3, &[200, 500]), (2, 1, &[300, 400])];
    let told = [(0, 1, DOWN), (0, 3, DOWN), (2, 1, None), (2, 3, None), (0, 3, UP), (0, 1, UP)];
    check(toggles, &told);
}

#[test]
fn a_corner_that_was_down_stays_down_until_the_rectangle_is_gone() {
    // All four are closed; one comes up, which nobody can see.
    let toggles: &[Toggles] =
        &[(0, 0, &[100, 500]), (0, 1, &[200, 700]), (1, 0, &[300, 600]), (1, 1, &[400, 800])];
    let told = [
        (0, 0, DOWN),
        (0, 1, DOWN),
        (1, 0, None),
        (1, 1, None),
        // Now (1, 0) is gone, and (0, 0) too, it turns out.
        (0, 0, UP),
        (1, 1, DOWN),
        (0, 1, UP),
        (1, 1, UP),
    ];
    check(toggles, &told);
}

#[test]
fn a_ghost_through_five_keys_is_ambiguous() {
    let toggles: &[Toggles] = &[
        (0, 0, &[100, 900]),
        (0, 1, &[150, 900]),
        (1, 1, &[200, 800]),
        (1, 2, &[250, 800]),
        (2, 2, &[300, 700]),
    ];
    // (2, 0) reads closed, and all others of these rows and columns do.
    let told = [
        (0, 0, DOWN),
        (0, 1, DOWN),
        (1, 0, None),
        (1, 1, None),
        (0, 2, None),
        (1, 2, None),
        (2, 0, None),
        (2, 1, None),
        (2, 2, None),
        (0, 0, UP),
        (0, 1, UP),
    ];
    check(toggles, &told);
}

#[test]
fn an_ambiguous_key_does_not_disturb_others() {
    let toggles: &[Toggles] =
        &[(0, 0, &[100, 800]), (0, 1, &[150, 800]), (1, 0, &[200, 700]), (2, 3, &[300, 500])];
    let told = [
        (0, 0, DOWN),
        (0, 1, DOWN),
        (1, 0, None),
        (1, 1, None),
        (2, 3, DOWN),
        (2, 3, UP),
        (0, 0, UP),
        (0, 1, UP),
    ];
    check(toggles, &told);
}

#[test]
fn with_diodes_all_keys_may_be_down() {
    let sim = Sim::new();
    let model = Model::new(sim.clock()).with_diodes();
    for row in 0..3 {
        for column in 0..4 {
            play(&model, &[(row, column, &[100, 500])]);
        }
    }
    let keypad = Keypad::new(model.rows(), model.columns(), sim.clock());
    let mut it = keypad.with_debounce(EAGER).with_diodes();
    let seen: Vec<_> = changes(&sim, &mut it, END).into_iter().map(told).collect();
    let each =
        |contact| (0..3).flat_map(move |row| (0..4).map(move |column| (row, column, contact)));
    assert_eq!(seen, each(Closed).chain(each(Open)).collect::<Vec<_>>());
    assert_eq!(it.ambiguous(), 0);
}
