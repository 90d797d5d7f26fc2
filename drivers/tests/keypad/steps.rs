//! The pure machine: every short sequence of scans and times.

use Contact::{Closed, Open};
use tickwire_drivers::contact::Contact;
use tickwire_drivers::keypad::{Key, Matrix, Report};
use tickwire_drivers::switch::{Debounce, Mode};
use tickwire_traits::{Duration, Instant};

const GRAIN: u64 = 10;
/// More than two grains, less than three.
const SETTLE: u64 = 25;

/// Returns the changes that a script of readings, each with its time, has by definition.
fn by_definition(mode: Mode, script: &[(u64, bool)]) -> Vec<(u64, bool)> {
    let mut changes: Vec<(u64, bool)> = Vec::new();
    for (index, (now, reading)) in script.iter().enumerate() {
        let (reported_at, reported) = changes.last().copied().unwrap_or((0, false));
        let before = index.checked_sub(1).is_some_and(|last| script[last].1);
        // When the reading changed last, without the present one.
        let flips = (0..index)
            .rev()
            .filter(|at| script[*at].1 != at.checked_sub(1).is_some_and(|last| script[last].1));
        let flipped = flips.map(|at| script[at].0).next();
        let is_settled = |since: Option<u64>| since.is_none_or(|since| now - since >= SETTLE);
        let is_new = *reading != before;
        let is_change = *reading != reported
            && if is_new {
                let report = (!changes.is_empty()).then_some(reported_at);
                mode == Mode::Eager && is_settled(flipped.max(report))
            } else {
                is_settled(flipped)
            };
        if is_change {
            changes.push((*now, *reading));
        }
    }
    changes
}

#[test]
fn one_key_is_debounced_by_definition() {
    const STEPS: u32 = 7;
    let settle = Duration::from_micros(SETTLE);
    for debounce in [Debounce::eager(settle), Debounce::confirmed(settle)] {
        // Two bits per scan: one grain later or three; closed or open.
        for bits in 0..1_u32 << (2 * STEPS) {
            let mut now = 1_000;
            let script: Vec<_> = (0..STEPS)
                .map(|step| {
                    now += if bits >> (2 * step) & 1 == 0 { GRAIN } else { 3 * GRAIN };
                    (now, bits >> (2 * step + 1) & 1 == 1)
                })
                .collect();
            let mut matrix = Matrix::<1, 1>::new(debounce);
            let mut seen = Vec::new();
            for (at, is_closed) in &script {
                matrix.read(0, 0, if *is_closed { Closed } else { Open });
                matrix.end_scan(Instant::from_micros(*at));
                while let Some(report) = matrix.report() {
                    let Report::Change(change) = report else { panic!("{report:?}") };
                    assert_eq!(change.at, Instant::from_micros(*at));
                    seen.push((*at, change.contact == Closed));
                }
            }
            assert_eq!(seen, by_definition(debounce.mode, &script), "{debounce:?}, {bits:#b}");
        }
    }
}

/// Every sequence of three readings of four keys, each for two scans.
#[test]
fn no_corner_of_a_rectangle_is_pressed() {
    const ALL: u32 = 0b1111;
    for debounce in [Mode::Eager, Mode::Confirmed] {
        let settle = Duration::from_micros(SETTLE);
        let debounce = Debounce { mode: debounce, close: settle, open: settle };
        for script in 0..1_u32 << 12 {
            let mut matrix = Matrix::<2, 2>::new(debounce);
            let mut now = Instant::from_millis(1);
            let (mut ambiguous, mut before) = (0, 0);
            for scan in 0..6 {
                let readings = script >> (scan / 2 * 4) & ALL;
                now += Duration::from_micros(3 * GRAIN);
                for key in 0..4 {
                    let contact = if readings >> key & 1 == 1 { Closed } else { Open };
                    matrix.read(key / 2, key % 2, contact);
                }
                let down = matrix.down().count();
                matrix.end_scan(now);
                let mut presses = 0;
                while let Some(report) = matrix.report() {
                    match report {
                        Report::Change(change) => presses += u32::from(change.contact == Closed),
                        Report::Ambiguous { .. } => ambiguous += 1,
                    }
                }
                assert!(presses == 0 || readings != ALL, "{debounce:?}, {script:#x}, {scan}");
                if readings == ALL && before != ALL {
                    assert!(ambiguous >= 4 - down, "{debounce:?}, {script:#x}, {scan}");
                }
                before = readings;
            }
            assert_eq!(usize::from(matrix.ambiguous()), ambiguous);
            // Whatever was seen, it ends as it is, unless that is a rectangle.
            let down =
                matrix.down().fold(0, |down, Key { row, column }| down | 1 << (row * 2 + column));
            assert!(before == ALL || down == before, "{debounce:?}, {script:#x}");
        }
    }
}

#[test]
fn a_reading_of_a_key_that_does_not_exist_is_ignored() {
    let mut matrix = Matrix::<2, 3>::new(Debounce::default());
    for (row, column) in [(2, 0), (0, 3), (usize::MAX, usize::MAX)] {
        matrix.read(row, column, Closed);
    }
    matrix.end_scan(Instant::EPOCH);
    assert!(matrix.report().is_none() && matrix.is_at_rest());
}

#[test]
fn counters_stop_at_their_largest_number() {
    let mut matrix = Matrix::<2, 2>::new(Debounce::confirmed(Duration::from_millis(1)));
    for scan in 0..40_000 {
        for key in 0..4 {
            matrix.read(key / 2, key % 2, if scan % 2 == 0 { Closed } else { Open });
        }
        // Time stands still.
        matrix.end_scan(Instant::EPOCH);
        while matrix.report().is_some() {}
    }
    assert_eq!(matrix.ambiguous(), u16::MAX);
}
