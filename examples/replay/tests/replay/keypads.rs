//! Keypads: keys in, gestures out.

use crate::{file, replay, replayed};

/// Events as `t_us row column event`, and how many there are, with the ambiguous keys.
fn lines(events: &str, ambiguous: u32) -> String {
    let mut lines = String::new();
    for event in events.split(',').filter(|event| !event.trim().is_empty()) {
        let [at, row, column, name] = event.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("`{event}` is no event");
        };
        lines += &format!("{{\"t_us\":{at},\"key\":[{row},{column}],\"event\":\"{name}\"}}\n");
    }
    let count = lines.lines().count();
    lines + &format!("{{\"events\":{count},\"ambiguous\":{ambiguous}}}\n")
}

#[track_caller]
fn check(name: &str, capture: &str, options: &str, events: &str, ambiguous: u32) {
    let capture = file(name, capture);
    assert_eq!(replayed("keypad", &capture, options), lines(events, ambiguous), "{options}");
}

const TWO: &str = "# time_us key level\n\
    1000 0x3 1\n1500 0x3 0\n2000 0x3 1\n500000 7X7 1\n900000 0x3 0\n2000000 7X7 0\n";

#[test]
fn each_key_has_its_gestures() {
    // The first scan is at zero, and the next one after a pause.
    let events = "5000 0 3 press, 500000 7 7 press, 900000 0 3 release, \
        1500000 7 7 long, 2000000 7 7 release";
    check("keys.txt", TWO, "", events, 0);
    let confirmed = "30000 0 3 press, 525000 7 7 press, 1030000 0 3 long, 1525000 7 7 long";
    check(
        "keys-first.txt",
        &TWO[..TWO.find("900000").unwrap()],
        "--mode confirmed --close 20",
        confirmed,
        0,
    );
}

#[test]
fn three_corners_make_a_ghost_unless_there_are_diodes() {
    let corners = "0 0x0 1\n100000 0x5 1\n200000 6x0 1\n400000 0x0 0\n400000 0x5 0\n400000 6x0 0\n";
    let ghost = "0 0 0 press, 100000 0 5 press, 400000 0 0 release, 400000 0 5 release";
    check("ghost.txt", corners, "", ghost, 2);
    let diodes = "0 0 0 press, 100000 0 5 press, 200000 6 0 press, \
        400000 0 0 release, 400000 0 5 release, 400000 6 0 release";
    check("diodes.txt", corners, "--diodes", diodes, 0);
}

#[test]
fn a_key_that_is_held_for_a_century_is_not_scanned_all_the_time() {
    let held = "0 2x2 1\n3000000000000000 2x2 0\n";
    let events = "0 2 2 press, 1000000 2 2 long, 3000000000000000 2 2 release";
    check("held.txt", held, "", events, 0);
    // As often as asked for, at scans.
    let held = "0 2x2 1\n1600000 2x2 0\n";
    let events = "0 2 2 press, 1000000 2 2 long, 1250000 2 2 repeat, 1500000 2 2 repeat, \
        1600000 2 2 release";
    check("repeats.txt", held, "--repeat 250", events, 0);
}

const VCD: &str = "$timescale 1 us $end
$scope module pad $end
$var wire 1 # 1x2 $end
$var wire 1 ! 0x0 $end
$var wire 1 % clk $end
$upscope $end
$enddefinitions $end
#0 0! 0# 1%
#5000 1!
#6000 0%
#100000 1#
#300000 0! 0#
";

#[test]
fn a_vcd_file_has_a_variable_for_each_key() {
    let events = "5000 0 0 press, 100000 1 2 press, 300000 0 0 release, 300000 1 2 release";
    check("pad.vcd", VCD, "", events, 0);
}

#[test]
fn times_may_be_negative_and_have_a_unit() {
    check("early.txt", "-2000 1x1 1\n0 1x1 0\n", "", "-2000 1 1 press, 58000 1 1 release", 0);
    let press = |at: u64| format!("{at} 1 1 press, {} 1 1 long", at + 1_000_000);
    check("unit.txt", "10.5 1x1 1\n", "--unit ms", &press(10_500), 0);
    check("comment.txt", "# time_ns\n7000000 1x1 1\n", "", &press(7_000), 0);
    check("unknown.txt", "0 1x1 1\n5 1x1 Z\n", "", &press(0), 0);
}

/// A capture is refused with this line, after the events before it.
#[track_caller]
fn refused(name: &str, capture: &str, out: &str, message: &str) {
    let path = file(name, capture);
    let ran = replay(["keypad", path.to_str().unwrap()]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), out), "{}", ran.err);
    assert_eq!(ran.err, format!("replay: {}: {message}\n", path.display()));
}

#[test]
fn a_malformed_line_is_quoted_with_its_number() {
    let press = "{\"t_us\":0,\"key\":[1,1],\"event\":\"press\"}\n";
    let after = |line: &str| format!("0 1x1 1\n{line}\n");
    for (line, message) in [
        ("x 1x1 0", r#"line 2: "x" is not a time in us"#),
        ("5 1x1", r#"line 2: no time, key and level: "5 1x1""#),
        ("5 1x1 0 0", r#"line 2: no time, key and level: "5 1x1 0 0""#),
        ("5 8x1 0", r#"line 2: "8x1" is not ROWxCOL, each from 0 to 7"#),
        ("5 +1x1 0", r#"line 2: "+1x1" is not ROWxCOL, each from 0 to 7"#),
        ("5 11 0", r#"line 2: "11" is not ROWxCOL, each from 0 to 7"#),
        ("5 1x1 2", r#"line 2: the level "2" is neither 0 nor 1"#),
        ("-5 1x1 0", r#"line 2: time goes back: "-5 1x1 0""#),
    ] {
        refused("bad-key.txt", &after(line), press, message);
    }
    refused("no-keys.txt", "# nothing\n", "", "an empty capture: there is no key in it");
    let back = VCD.replace("#6000 0%", "#4000 0%");
    refused(
        "back.vcd",
        &back,
        "{\"t_us\":5000,\"key\":[0,0],\"event\":\"press\"}\n",
        r##"line 10: time goes back: "#4000""##,
    );
}

#[test]
fn a_mark_of_the_byte_order_is_no_time() {
    let events = "0 0 0 press, 200000 0 0 release";
    check("keys-bom.txt", "\u{feff}0 0x0 1\n200000 0x0 0\n", "", events, 0);
    check("keys-bom.csv", "\u{feff}time_ms,key,level\n0,0x0,1\n200,0x0,0\n", "", events, 0);
}

#[test]
fn what_makes_no_keypad_is_refused() {
    let none = file("none.vcd", VCD.replace("0x0", "a").replace("1x2", "b"));
    let ran = replay(["keypad", none.to_str().unwrap()]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(ran.err.contains("there is no signal \"0x0\""), "{}", ran.err);
    let ran = replay(["keypad", none.to_str().unwrap(), "--column", "1"]);
    assert!(ran.err.contains("it belongs to switch, button, analog, nec and nmea"), "{}", ran.err);
    let ran = replay(["button", none.to_str().unwrap(), "--diodes"]);
    assert!(ran.err.contains("it belongs to keypad"), "{}", ran.err);
}

#[test]
fn the_capture_of_the_readme_has_a_double_click_and_a_ghost() {
    let capture = concat!(env!("CARGO_MANIFEST_DIR"), "/captures/keypad.txt");
    let events = "100000 1 1 press, 190000 1 1 release, 300000 1 1 press, 300000 1 1 double, \
        420000 1 1 release, 700000 2 1 press, 1700000 2 1 long, 1900000 2 1 release, \
        3000000 0 0 press, 3100000 0 2 press, 3400000 0 2 release, 3450000 2 0 press, \
        3600000 0 0 release, 3700000 2 0 release";
    assert_eq!(replayed("keypad", capture.as_ref(), ""), lines(events, 2));
}
