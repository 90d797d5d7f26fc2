extern crate std;

use std::vec::Vec;

use tickwire_drivers::htu21d::{CentiPercent, Measurement};

use crate::menu::Key;
use crate::page::{COLUMNS, render};
use crate::state::Has;
use crate::{Page, Units};

use super::*;

/// The knob has been used so far.
const NOW: Instant = Instant::from_millis(10_000);

/// A station in this climate, with the page of limits on.
fn within(centi_celsius: i16, centi_percent: i16) -> State {
    let (temperature, humidity) = (CentiCelsius(centi_celsius), CentiPercent(centi_percent));
    let mut state = State { page: Page::Limits, ..State::default() };
    state.measured(Some(Measurement { temperature, humidity }));
    state.alarms = state.compared();
    state
}

#[track_caller]
fn check(state: &State, now: Instant, expected: [&str; ROWS]) {
    let page = render(state, now, Has::LIMITS);
    assert_eq!(page.iter().map(|line| line.as_str()).collect::<Vec<_>>(), expected);
    assert!(page.iter().all(|line| line.chars().count() <= COLUMNS));
}

#[test]
fn the_page_of_limits_has_a_row_for_each() {
    let rows = [
        " cold below  10.0°C ",
        " hot above   30.0°C ",
        " dry below     30 % ",
        " damp above    70 % ",
    ];
    check(&within(2_000, 5_000), NOW, rows);
    let imperial = State { units: Units::Imperial, ..within(2_000, 5_000) };
    check(&imperial, NOW, [" cold below  50.0°F ", " hot above   86.0°F ", rows[2], rows[3]]);
    // An alarm is marked.
    check(
        &within(999, 7_001),
        NOW,
        [" cold below  10.0°C!", rows[1], rows[2], " damp above    70 %!"],
    );
    // Without a sensor, too.
    check(&State { page: Page::Limits, ..State::default() }, NOW, rows);
}

#[test]
fn what_a_turn_changes_is_marked() {
    let mut state = within(2_000, 5_000);
    let mut row = |keys: &[Key], at: usize, expected| {
        keys.iter().for_each(|key| state.press(*key, NOW, Has::LIMITS));
        assert_eq!(render(&state, NOW, Has::LIMITS)[at].as_str(), expected, "{keys:?}");
    };
    row(&[Key::Enter], 0, ">cold below  10.0°C ");
    row(&[Key::Plus, Key::Plus], 0, " cold below  10.0°C ");
    row(&[], 2, ">dry below     30 % ");
    row(&[Key::Enter], 2, "*dry below     30 % ");
    row(&[Key::Minus], 2, "*dry below     29 % ");
    row(&[Key::Enter], 2, ">dry below     29 % ");
    let later = NOW + tickwire_traits::Duration::from_secs(30);
    assert_eq!(render(&state, later, Has::LIMITS)[2].as_str(), " dry below     29 % ");
}

#[test]
fn the_largest_values_fit_in_a_row() {
    let mut state = within(2_000, 5_000);
    for limit in Limit::ALL.into_iter().rev() {
        state.limits.turn(limit, if limit == Limit::Cold { i32::MIN } else { i32::MAX });
    }
    state.units = Units::Imperial;
    let rows = [
        " cold below -40.0°F ",
        " hot above  257.0°F ",
        " dry below     99 % ",
        " damp above   100 % ",
    ];
    check(&state, NOW, rows);
}

#[test]
fn an_alarm_takes_the_last_row_every_other_second() {
    let rows = |centi_celsius, centi_percent| {
        let state = State { page: Page::Counters, ..within(centi_celsius, centi_percent) };
        let row = |second: u64| {
            let page = render(&state, Instant::from_millis(second * 1_000 + 500), Has::LIMITS);
            page[ROWS - 1].as_str().trim().to_owned()
        };
        (0..5).map(row).collect::<Vec<_>>()
    };
    use std::borrow::ToOwned;
    let (last, hot) = ("no climate         0", "hot above   30.0°C!");
    let damp = "damp above    70 %!";
    assert_eq!(rows(2_000, 5_000), [last; 5]);
    assert_eq!(rows(3_001, 5_000), [last, hot, last, hot, last]);
    assert_eq!(rows(3_001, 7_500), [last, hot, last, damp, last]);
}

#[test]
fn a_station_that_cannot_change_limits_has_none() {
    let state = State { page: Page::Limits, ..within(5_000, 9_000) };
    for second in 0..4 {
        let page = render(&state, Instant::from_millis(second * 1_000), Has::NOTHING);
        assert_eq!(page[3].as_str(), "no climate         0");
    }
}
