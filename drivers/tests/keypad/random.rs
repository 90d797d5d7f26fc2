//! Gestures at random, on contacts that bounce.

use Contact::{Closed, Open};
use proptest::prelude::*;
use tickwire_drivers::contact::Contact;
use tickwire_drivers::keypad::Key;
use tickwire_drivers::switch::Debounce;
use tickwire_traits::{Duration, Instant};

use crate::physics::{COLUMNS, Contacts, Pad, ROWS, Random, changed};

const BOUNCE: Duration = Duration::from_millis(10);
const SETTLE: Duration = Duration::from_millis(12);
const PAUSE: Duration = Duration::from_millis(5);
const ROW: Duration = Duration::from_micros(40);

/// A key that is pressed, from the first contact to the last one.
#[derive(Clone, Copy, Debug)]
struct Press {
    key: Key,
    down: Instant,
    up: Instant,
}

fn key(index: u64) -> Key {
    Key { row: (index / COLUMNS as u64) as u8, column: (index % COLUMNS as u64) as u8 }
}

/// Every press is reported once, and every release, in time, and nothing else.
#[track_caller]
fn check_each(debounce: Debounce, seed: u64, presses: u32) {
    let mut random = Random(seed);
    let mut pad = Pad::new(debounce);
    let mut now = Instant::EPOCH;
    for number in 0..presses {
        // A press, and another one that overlaps it.
        let (first, second) = (random.below(16), random.below(15));
        let keys = [key(first), key((first + 1 + second) % 16)];
        let start = now + Duration::from_micros(random.below(9_000));
        let mut contacts = Contacts::default();
        let mut expected = Vec::new();
        for (key, after) in keys.into_iter().zip([0, random.below(40_000)]) {
            let down = start + Duration::from_micros(after);
            let up = down + Duration::from_micros(35_000 + random.below(30_000));
            contacts.toggle(&mut random, key, down, BOUNCE);
            contacts.toggle(&mut random, key, up, BOUNCE);
            expected.push((key, Closed, down));
            expected.push((key, Open, up));
        }
        let end = start + Duration::from_millis(150);
        let mut seen = Vec::new();
        while now < end {
            now = contacts.scan(&mut pad, now + PAUSE, ROW);
            seen.extend(changed(&mut pad));
        }
        assert!(pad.is_at_rest(), "seed {seed}, {number}");
        for (key, contact, at) in expected {
            let of_key = seen.iter().position(|(k, c, _)| (*k, *c) == (key, contact));
            let found = of_key.map(|index| seen.remove(index).2);
            let late = found.expect("each gesture is reported").since(at);
            assert!(late < BOUNCE + SETTLE + PAUSE * 2, "seed {seed}, {number}: {late:?}");
        }
        assert_eq!(seen, [], "seed {seed}, {number}: invented");
    }
    assert_eq!(pad.ambiguous(), 0);
}

#[test]
fn ten_thousand_gestures_are_reported_once_each() {
    check_each(Debounce::eager(SETTLE), 1, 2_500);
    check_each(Debounce::confirmed(SETTLE), 2, 2_500);
}

#[test]
fn glitches_shorter_than_the_filter_are_not_confirmed() {
    let mut random = Random(3);
    let mut pad = Pad::new(Debounce::confirmed(SETTLE));
    let mut now = Instant::EPOCH;
    for _ in 0..2_000 {
        let (mut contacts, key) = (Contacts::default(), key(random.below(16)));
        let glitch = Duration::from_micros(random.below(SETTLE.as_micros()));
        let start = now + Duration::from_micros(random.below(6_000));
        contacts.toggle(&mut random, key, start, Duration::ZERO);
        contacts.toggle(&mut random, key, start + glitch, Duration::ZERO);
        let end = start + Duration::from_millis(40);
        while now < end {
            now = contacts.scan(&mut pad, now + PAUSE, ROW);
            assert_eq!(changed(&mut pad), []);
        }
    }
}

fn presses() -> impl Strategy<Value = Vec<(u64, u64, u64)>> {
    // A key, the time since the press before, and how long it is down.
    prop::collection::vec((0..16_u64, 0..60_000_u64, 30_000..200_000_u64), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    /// Any number of keys, ghosts included: no press is reported of a key that is not down, and
    /// in the end, all are up.
    #[test]
    fn no_ghost_is_pressed(presses in presses(), seed: u64, is_eager: bool) {
        let debounce =
            if is_eager { Debounce::eager(SETTLE) } else { Debounce::confirmed(SETTLE) };
        let mut random = Random(seed);
        let mut contacts = Contacts::default();
        let mut truth: Vec<Press> = Vec::new();
        let mut start = Instant::EPOCH;
        for (index, after, span) in presses {
            start += Duration::from_micros(after);
            let (key, up) = (key(index), start + Duration::from_micros(span));
            // A key is released before it is pressed again.
            let last = truth.iter().rev().find(|press| press.key == key);
            if last.is_some_and(|press| start <= press.up + BOUNCE) {
                continue;
            }
            contacts.toggle(&mut random, key, start, BOUNCE);
            contacts.toggle(&mut random, key, up, BOUNCE);
            truth.push(Press { key, down: start, up });
        }
        let end = truth.iter().map(|press| press.up).max().unwrap_or(start) + SETTLE * 6;
        let mut pad = Pad::new(debounce);
        let mut now = Instant::EPOCH;
        let mut down = [[false; COLUMNS]; ROWS];
        while now < end {
            let before = now;
            now = contacts.scan(&mut pad, now + PAUSE, ROW);
            for (key, contact, at) in changed(&mut pad) {
                let is_down = &mut down[usize::from(key.row)][usize::from(key.column)];
                prop_assert_eq!(*is_down, contact == Open, "changes alternate");
                *is_down = contact == Closed;
                let is_true = truth.iter().any(|press| {
                    press.key == key && press.down <= at && before <= press.up + BOUNCE
                });
                prop_assert!(contact == Open || is_true, "{:?} at {:?}", key, at);
            }
        }
        prop_assert!(pad.is_at_rest() && pad.down().next().is_none());
    }
}
