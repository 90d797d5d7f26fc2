//! Encoders: two signals in, positions out.

use crate::{file, recorded, replay, replayed};

/// The levels of a turn upward, after 11.
const UP: [&str; 4] = ["0 1", "0 0", "1 0", "1 1"];

/// A capture of so many quarters upward, and so many back, each in a millisecond.
fn turned(up: usize, back: usize) -> String {
    let quarters = (0..up).chain((0..back).map(|back| up - back - 1).map(|at| at + 3));
    let mut capture = "# time_us a b\n0 1 1\n".to_owned();
    for (index, quarter) in quarters.enumerate() {
        // Backward, the levels are those of the quarter before.
        capture.push_str(&format!("{} {}\n", (index + 1) * 1_000, UP[quarter % 4]));
    }
    capture
}

/// Changes as `t_us position delta`, and position, turns and illegal transitions at the end.
fn lines(turns: &str, end: [i64; 3]) -> String {
    let mut lines = String::new();
    for turn in turns.split(',').filter(|turn| !turn.trim().is_empty()) {
        let [at, position, delta] = turn.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("`{turn}` is no turn");
        };
        lines += &format!("{{\"t_us\":{at},\"position\":{position},\"delta\":{delta}}}\n");
    }
    let [position, turns, illegal] = end;
    lines + &format!("{{\"position\":{position},\"turns\":{turns},\"illegal\":{illegal}}}\n")
}

#[track_caller]
fn check(name: &str, capture: &str, options: &str, turns: &str, end: [i64; 3]) {
    let capture = file(name, capture);
    assert_eq!(replayed("encoder", &capture, options), lines(turns, end), "{options}");
}

#[test]
fn each_quarter_is_a_position() {
    let turns = "1000 1 1, 2000 2 1, 3000 3 1, 4000 2 -1, 5000 1 -1";
    check("quarters.txt", &turned(3, 2), "", turns, [1, 5, 0]);
}

#[test]
fn detents_ends_and_wraps_are_those_of_the_driver() {
    let capture = turned(12, 8);
    let all = "3000 1 1, 7000 2 1, 11000 3 1, 15000 2 -1, 19000 1 -1";
    check("detents.txt", &capture, "--divide 4", all, [1, 5, 0]);
    let clamped = "3000 1 1, 15000 0 -1";
    check("clamped.txt", &capture, "--divide 4 --min 0 --max 1", clamped, [0, 2, 0]);
    let wrapped = "3000 1 1, 7000 0 1, 11000 1 1, 15000 0 -1, 19000 1 -1";
    check("wrap.txt", &capture, "--divide 4 --wrap 2", wrapped, [1, 5, 0]);
    check("wrap-max.txt", &capture, "--divide 4 --max 1 --wrap", wrapped, [1, 5, 0]);
    let below = "3000 -5 1, 7000 -4 1, 11000 -3 1, 15000 -4 -1, 19000 -5 -1";
    // Zero is above its range, so it starts at -3.
    check("wrap-min.txt", &capture, "--divide 4 --min -5 --wrap 3", below, [-5, 5, 0]);
    let net = "1000 1 1, 11000 11 10, 21000 4 -7";
    check("interval.txt", &capture, "--interval 10", net, [4, 3, 0]);
    let further = "3000 1 1, 7000 3 2, 11000 4 1, 15000 3 -1, 19000 1 -2";
    let options = "--divide 4 --max 4 --accelerate 5 --slow 8";
    check("accelerate.txt", &capture, options, further, [1, 5, 0]);
}

#[test]
fn changes_of_both_lines_in_one_line_are_illegal() {
    let capture = "0 1 1\n10 0 0\n20 1 0\n30 0 1\n40 1 1\n";
    check("illegal.txt", capture, "", "20 1 1, 40 0 -1", [0, 2, 2]);
    // Lines of one time are in order.
    let capture = "0 1 1\n10 0 1\n10 0 0\n10 1 0\n";
    check("one-time.txt", capture, "", "10 1 1, 10 2 1, 10 3 1", [3, 3, 0]);
    // The last line counts, too.
    check("last.txt", "0 1 1\n10 0 0\n", "", "", [0, 0, 1]);
}

const VCD: &str = "$timescale 1 us $end
$scope module knob $end
$var wire 1 # key $end
$var wire 1 ! dt $end
$var wire 1 % clk $end
$upscope $end
$enddefinitions $end
#0 1! 1% 1#
#50 0%
#60 0! 0#
#70 1%
#80 0%
#90 1! 1%
";

#[test]
fn a_vcd_file_has_its_lines_by_name() {
    let turns = "50 1 1, 60 2 1, 70 3 1, 80 2 -1";
    check("knob.vcd", VCD, "--a clk --b knob.dt", turns, [2, 4, 1]);
    let down = "50 -1 -1, 60 -2 -1, 70 -3 -1, 80 -2 1";
    check("knob-reversed.vcd", VCD, "--a 2 --b 3", down, [-2, 4, 1]);
}

#[test]
fn what_makes_no_encoder_is_refused() {
    let capture = file("refused.txt", turned(1, 0));
    let capture = capture.to_str().unwrap();
    for (options, message) in [
        (&["--divide", "0"][..], "not a number from 1 to 255"),
        (&["--min", "3", "--max", "2"], "--min is above --max"),
        (&["--wrap"], "--wrap needs --max"),
        (&["--wrap", "0"], "not a number of positions"),
        (&["--wrap", "3", "--max", "2"], "give one"),
        (&["--min", "2147483647", "--wrap", "2"], "too many"),
        (&["--accelerate", "0"], "not a number from 1 to 255"),
        (&["--b", "3"], "there is no signal"),
        (&["--signal", "a"], "it belongs to switch, button, analog, nec and nmea"),
    ] {
        let ran = replay(["encoder", capture].iter().chain(options));
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{options:?}: {}", ran.err);
        assert!(ran.err.contains(message), "{options:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    }
    let ran = replay(["switch", capture, "--wrap"]);
    assert!(ran.err.contains("it belongs to encoder"), "{}", ran.err);
    let broken = file("broken.txt", "0 1 1\n10 0 1\n5 0 0\n");
    let ran = replay(["encoder", broken.to_str().unwrap()]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.out.starts_with("{\"t_us\":10,") && ran.err.contains("time goes back"));
}

#[test]
fn the_capture_of_the_readme_has_two_detents_and_one_back() {
    let capture = concat!(env!("CARGO_MANIFEST_DIR"), "/captures/encoder.txt");
    let turns = "118000 1 1, 354000 2 1, 790000 1 -1";
    assert_eq!(replayed("encoder", capture.as_ref(), "--divide 4"), lines(turns, [1, 3, 0]));
}

/// 12 732 changes of synthetic quadrature in one direction, faster and faster.
#[test]
fn a_recorded_ramp_is_counted_whole() {
    let Some(ramp) = recorded("a_recorded_ramp_is_counted_whole", "logic/rotary-ramp.txt") else {
        return;
    };
    let last = |options| replayed("encoder", &ramp, options).lines().last().unwrap().to_owned();
    assert_eq!(last(""), r#"{"position":12732,"turns":12732,"illegal":0}"#);
    assert_eq!(last("--divide 4"), r#"{"position":3183,"turns":3183,"illegal":0}"#);
    assert_eq!(
        last("--a 2 --b 1 --divide 2 --wrap 10"),
        r#"{"position":4,"turns":6366,"illegal":0}"#
    );
}
