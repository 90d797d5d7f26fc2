//! Switches: both modes, every option, and a recorded burst.

use crate::{file, lines, recorded, replayed, toggling};

/// What a switch does that toggles at these times, in milliseconds.
#[track_caller]
fn check(name: &str, toggles: &[u64], options: &str, expected: &str) {
    let capture = file(&format!("switch-{name}.txt"), toggling(toggles));
    assert_eq!(replayed("switch", &capture, options), lines(expected), "{name} {options}");
}

const BOUNCE: &[u64] = &[120, 123, 126, 300, 303, 306];

#[test]
fn an_eager_switch_reports_first_edges() {
    check("eager", BOUNCE, "", "120000 close, 300000 open");
    check("glitch", &[120, 140], "", "120000 close, 190000 open");
    check("still", &[], "", "");
}

#[test]
fn a_confirmed_switch_reports_when_it_is_quiet() {
    check("confirmed", BOUNCE, "--mode confirmed", "176000 close, 356000 open");
    check("confirmed-glitch", &[120, 140], "--mode confirmed", "");
    check(
        "confirmed-close",
        BOUNCE,
        "--mode confirmed --close 10 --open 100.250",
        "136000 close, 406250 open",
    );
}

#[test]
fn each_direction_has_its_own_time() {
    check("close-2", BOUNCE, "--close 2", "120000 close, 123000 open, 176000 close, 300000 open");
    check("open-1", BOUNCE, "--open 1", "120000 close, 300000 open, 303000 close, 356000 open");
    // Released within the time of closing, with the bounce of opening after it.
    let released = &[10, 11, 14, 15, 17, 18, 25, 26];
    check("released-early", released, "--close 2 --open 20", "10000 close, 13000 open");
}

#[test]
fn polarity_and_rest_can_be_set() {
    check("high", &[120, 300], "--active high", "0 close, 120000 open, 300000 close");
    check("closed", &[120, 300], "--rest closed --active high", "120000 open, 300000 close");
    check("learn", &[120, 300], "--active learn", "120000 close, 300000 open");
    check("learn-closed", &[120, 300], "--active learn --rest closed", "120000 open, 300000 close");
    // At rest by its wiring, but not when the capture begins.
    check("not-at-rest", &[120], "--rest closed", "0 open, 120000 close");
}

#[test]
fn lines_may_be_written_in_many_ways() {
    let check = |name: &str, capture: &str, options, expected| {
        let capture = file(&format!("switch-ways-{name}.txt"), capture);
        assert_eq!(replayed("switch", &capture, options), lines(expected), "{name}");
    };
    check("crlf", "0 1\r\n# say\r\n\r\n5 0\r\n", "", "5 close");
    check("tabs", "\t0\t1\n  5   0  \n", "", "5 close");
    check("fraction", "0 1\n5.999 0\n", "--unit us", "5 close");
    check("cut", "0 1\n5 0", "", "5 close");
    check("same-time", "0 1\n5 0\n5 1\n", "", "5 close, 50005 open");
    check("same-level", "0 1\n5 1\n9 0\n9 0\n", "", "9 close");
    check("columns", "0 1 1\n5 1 0\n9 0 0\n", "--column 2", "5 close");
    check("more-columns", "0 1 -3.5 1e3\n5 0 7 7\n", "", "5 close");
    check("comments", "# nothing\n; else\n0 1\n# more\n5 0", "", "5 close");
}

/// 14 changes within 638 µs, low at the beginning and at the end: the record is a
/// cut of a burst.
#[test]
fn a_recorded_burst_is_one_change() {
    let Some(burst) = recorded("a_recorded_burst_is_one_change", "logic/switch-bounce-a.txt")
    else {
        return;
    };
    assert_eq!(replayed("switch", &burst, ""), lines("3961 close"));
    assert_eq!(replayed("switch", &burst, "--mode confirmed"), lines("54599 close"));
    let two_us = replayed("switch", &burst, "--close 0.001 --open 0.001");
    assert_eq!(two_us.lines().count(), 15, "the first line, and 14 changes: {two_us}");
}
