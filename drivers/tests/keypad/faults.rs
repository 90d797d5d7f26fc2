//! Pins that fail.

use Contact::{Closed, Open};
use tickwire_drivers::contact::{Contact, ContactSource};
use tickwire_sim::{PinFault, Sim, SimClock, Wire};
use tickwire_traits::{Duration, Instant};

use crate::rig::{EAGER, Model, Toggles, Told, keypad, told};

const TOGGLES: &[Toggles] = &[(0, 1, &[100, 200]), (2, 3, &[150, 250])];
const EXPECTED: [Told; 4] = [(0, 1, Closed), (2, 3, Closed), (0, 1, Open), (2, 3, Open)];
const END: Instant = Instant::from_millis(300);

/// Fails a pin after each number of operations.
#[track_caller]
fn check(wire: impl Fn(&Model) -> &Wire<SimClock>) {
    for operations in 0.. {
        let sim = Sim::new();
        let (model, it) = keypad(&sim, EAGER, TOGGLES);
        let mut it = it.with_pause(Duration::from_millis(9));
        wire(&model).fail_after(operations);
        let (mut errors, mut seen) = (0, Vec::new());
        sim.run(async {
            loop {
                match it.change_until(END).await {
                    Ok(Some(change)) => seen.push(told(change)),
                    Ok(None) => break,
                    Err(PinFault) => errors += 1,
                }
            }
        });
        assert_eq!((&seen[..], it.ambiguous()), (&EXPECTED[..], 0), "after {operations}");
        if errors == 0 {
            assert!(operations > 20, "it was used more often than that");
            return;
        }
        assert_eq!(errors, 1, "each failure is reported once");
    }
}

#[test]
fn a_row_that_fails_at_any_use_is_an_error_and_the_next_call_works() {
    for row in 0..3 {
        check(|model| model.row(row));
    }
}

#[test]
fn a_column_that_fails_at_any_use_is_an_error_and_the_next_call_works() {
    for column in 0..4 {
        check(|model| model.column(column));
    }
}
