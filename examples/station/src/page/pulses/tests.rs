extern crate std;

use std::vec::Vec;

use tickwire_drivers::gps::{Date, Time};
use tickwire_traits::Duration;

use super::*;
use crate::Page;
use crate::page::{COLUMNS, render};
use crate::state::Has;

/// How much longer the station's second is than that of the pulses, in microseconds.
const SLOW: u64 = 12;

/// A station that has seen so many pulses, the first at 10 s, each with its sentence 300 ms
/// later. Returns the time of the last pulse as well.
fn after(pulses: u8) -> (State, Instant) {
    let mut state = State { page: Page::Pulses, ..State::default() };
    let mut at = Instant::from_millis(9_000);
    let date = Date::new(2026, 6, 21).unwrap();
    let mut name = |second, seen| {
        state.keeper.sentence(date, Time::new(12, 0, second, 0).unwrap(), seen);
    };
    name(9, at + Duration::from_millis(300));
    for second in (10..).take(pulses.into()) {
        at += Duration::from_micros(1_000_000 - SLOW);
        state.keeper.pulse(at);
        let time = Time::new(12, 0, second, 0).unwrap();
        state.keeper.sentence(date, time, at + Duration::from_millis(300));
    }
    (state, at)
}

#[track_caller]
fn check(pulses: u8, later: Duration, expected: [&str; ROWS]) {
    let (state, at) = after(pulses);
    let page = render(&state, at + later, Has::PULSES);
    assert_eq!(page.iter().map(|line| line.as_str()).collect::<Vec<_>>(), expected);
    assert!(page.iter().all(|line| line.chars().count() <= COLUMNS));
}

const NOTHING: [&str; ROWS] =
    ["           searching", "no pulse yet", "no time yet", "no drift yet"];

#[test]
fn a_page_without_pulses_says_so() {
    check(0, Duration::from_millis(400), NOTHING);
    check(0, Duration::from_secs(100_000), NOTHING);
}

#[test]
fn the_time_has_its_pulses_its_error_and_the_drift() {
    let shortly = Duration::from_millis(400);
    check(
        1,
        shortly,
        ["12:00:10   tentative", " 1 pulses    0 s ago", "error       14000 µs", "no drift yet"],
    );
    check(
        9,
        shortly,
        [
            "12:00:18      locked",
            " 9 pulses    0 s ago",
            "error           2 µs",
            "drift    -12.000 ppm",
        ],
    );
    check(
        40,
        shortly,
        [
            "12:00:49      locked",
            "32 pulses    0 s ago",
            "error           2 µs",
            "drift    -12.000 ppm",
        ],
    );
}

#[test]
fn a_lock_ages() {
    let after = |seconds| Duration::from_secs(seconds) + Duration::from_millis(400);
    check(
        40,
        after(75),
        [
            "12:02:04    holdover",
            "32 pulses   75 s ago",
            "error          37 µs",
            "drift    -12.000 ppm",
        ],
    );
    // After a day, it is not known any more.
    check(
        40,
        after(90_000),
        ["           searching", "32 pulses90000 s ago", "no time yet", "drift    -12.000 ppm"],
    );
}
