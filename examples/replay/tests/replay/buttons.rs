//! Buttons: the stimuli of REFERENCE 1.2, and every option.
//!
//! The original looks at its pin every 50 ms, so its golden traces have 150
//! where the edge is at 120; an edge that brings its time is reported at that.

use crate::{file, lines, replayed, toggling};

const SHORT: &[u64] = &[120, 220];
const MEDIUM: &[u64] = &[120, 720];
const LONG: &[u64] = &[120, 2_120];
const DOUBLE: &[u64] = &[120, 220, 320, 420];
const SLOW_PAIR: &[u64] = &[120, 220, 720, 820];
const SHORT_AND_LONG: &[u64] = &[120, 220, 320, 2_320];
const TRIPLE: &[u64] = &[120, 220, 320, 420, 520, 620];
const BOUNCE: &[u64] = &[120, 123, 126, 300, 303, 306];

/// What a button does that toggles at these times, in milliseconds.
#[track_caller]
fn check(name: &str, toggles: &[u64], options: &str, expected: &str) {
    let capture = file(&format!("button-{name}.txt"), toggling(toggles));
    assert_eq!(replayed("button", &capture, options), lines(expected), "{name} {options}");
}

#[test]
fn golden_traces_come_out_at_their_edges() {
    check("short", SHORT, "", "120000 press, 220000 release");
    check("medium", MEDIUM, "", "120000 press, 720000 release");
    check("long", LONG, "", "120000 press, 1120000 long, 2120000 release");
    check(
        "double",
        DOUBLE,
        "",
        "120000 press, 220000 release, 320000 press, 320000 double, 420000 release",
    );
    check("slow-pair", SLOW_PAIR, "", "120000 press, 220000 release, 720000 press, 820000 release");
    check(
        "short-and-long",
        SHORT_AND_LONG,
        "",
        "120000 press, 220000 release, 320000 press, 320000 double, 2320000 release",
    );
    check(
        "triple",
        TRIPLE,
        "",
        "120000 press, 220000 release, 320000 press, 320000 double, 420000 release,
         520000 press, 620000 release",
    );
    check("bounce", BOUNCE, "", "120000 press, 300000 release");
}

#[test]
fn exclusive_reports_one_gesture_when_it_is_certain() {
    let check = |name: &str, toggles, expected| {
        check(&format!("exclusive-{name}"), toggles, "--exclusive", expected);
    };
    check("short", SHORT, "120000 press, 220000 release, 520000 click");
    check("long", LONG, "120000 press, 1120000 long, 2120000 release");
    check(
        "double",
        DOUBLE,
        "120000 press, 220000 release, 320000 press, 320000 double, 420000 release",
    );
    check(
        "slow-pair",
        SLOW_PAIR,
        "120000 press, 220000 release, 520000 click, 720000 press, 820000 release, 1120000 click",
    );
    // No press of a sequence is counted twice: a third one begins anew.
    check(
        "triple",
        TRIPLE,
        "120000 press, 220000 release, 320000 press, 320000 double, 420000 release,
         520000 press, 620000 release, 920000 click",
    );
}

#[test]
fn three_clicks_are_told_apart_if_asked_for() {
    check(
        "clicks",
        TRIPLE,
        "--clicks 3",
        "120000 press, 220000 release, 320000 press, 320000 double, 420000 release,
         520000 press, 520000 clicks 3, 620000 release",
    );
    check(
        "exclusive-clicks",
        TRIPLE,
        "--clicks 3 --exclusive",
        "120000 press, 220000 release, 320000 press, 420000 release,
         520000 press, 520000 clicks 3, 620000 release",
    );
    check(
        "exclusive-double-of-three",
        DOUBLE,
        "--clicks 3 --exclusive",
        "120000 press, 220000 release, 320000 press, 420000 release, 720000 double",
    );
    check(
        "no-double",
        DOUBLE,
        "--clicks 1",
        "120000 press, 220000 release, 320000 press, 420000 release",
    );
}

#[test]
fn a_held_button_repeats_if_asked_to() {
    check(
        "repeat",
        LONG,
        "--repeat 400",
        "120000 press, 1120000 long, 1520000 repeat, 1920000 repeat, 2120000 release",
    );
    // The capture ends while it is held: what a long press needs is waited for.
    check("held", &[120], "", "120000 press, 1120000 long");
    check(
        "held-repeat",
        &[120],
        "--long 200 --double 100 --repeat 20.5",
        "120000 press, 320000 long, 340500 repeat, 361000 repeat",
    );
}

#[test]
fn every_time_can_be_set() {
    check("long-500", MEDIUM, "--long 500", "120000 press, 620000 long, 720000 release");
    check(
        "double-700",
        SLOW_PAIR,
        "--double 700",
        "120000 press, 220000 release, 720000 press, 720000 double, 820000 release",
    );
    // The longest time is still in time.
    check(
        "double-600",
        SLOW_PAIR,
        "--double 600",
        "120000 press, 220000 release, 720000 press, 720000 double, 820000 release",
    );
    check(
        "double-599.999",
        SLOW_PAIR,
        "--double 599.999",
        "120000 press, 220000 release, 720000 press, 820000 release",
    );
    check(
        "double-150",
        DOUBLE,
        "--double 150",
        "120000 press, 220000 release, 320000 press, 420000 release",
    );
    check(
        "close-2",
        BOUNCE,
        "--close 2 --open 2 --double 0",
        "120000 press, 123000 release, 126000 press, 300000 release, 303000 press, 306000 release",
    );
    // Until it has been quiet for so long, the release is not believed.
    check("close-200", SHORT, "--close 200", "120000 press, 420000 release");
}

#[test]
fn a_confirmed_button_is_late_and_ignores_pulses() {
    check("confirmed", BOUNCE, "--mode confirmed", "176000 press, 356000 release");
    check("glitch-eager", &[120, 140], "", "120000 press, 190000 release");
    check("glitch-confirmed", &[120, 140], "--mode confirmed", "");
}

#[test]
fn polarity_and_rest_can_be_set() {
    // High at first: a button to a supply is down.
    check(
        "active-high",
        &[120, 300],
        "--active high",
        "0 press, 120000 release, 300000 press, 300000 double",
    );
    check("active-learn", SHORT, "--active learn", "120000 press, 220000 release");
    check("rest-closed", SHORT, "--rest closed --active high", "120000 press, 220000 release");
    let low = file("button-learn-low.txt", "0 0\n120000 1\n220000 0\n");
    assert_eq!(replayed("button", &low, "--active learn"), lines("120000 press, 220000 release"),);
    let from_down = file("button-from-down.txt", "0 0\n120000 1\n");
    assert_eq!(replayed("button", &from_down, ""), lines("0 press, 120000 release"));
}
