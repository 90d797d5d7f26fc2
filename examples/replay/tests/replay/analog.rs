//! Numbers: a knob, voltages, and what a simulation has recorded.

use std::path::Path;

use tickwire_sim::{Sim, Trace};
use tickwire_traits::{AnalogInput, Duration, Instant, Timer};

use crate::{file, replay, replayed};

/// Compares what is printed with changes written as `t_us value band`.
#[track_caller]
fn check(name: &str, capture: &str, options: &str, expected: &str) {
    let path = file(&format!("analog-{name}"), capture);
    assert_eq!(replayed("analog", &path, options), changes(expected), "{name} {options}");
}

fn changes(expected: &str) -> String {
    let line = |change: &str| match change.split_whitespace().collect::<Vec<_>>()[..] {
        [at, value, band] => format!("{{\"t_us\":{at},\"value\":{value},\"band\":\"{band}\"}}\n"),
        _ => panic!("`{change}` is no change"),
    };
    expected.split(',').map(line).collect()
}

#[track_caller]
fn refused(status: i32, name: &str, capture: &str, options: &str, out: &str, expected: &str) {
    let path = file(&format!("analog-refused-{name}"), capture);
    let args = ["analog", path.to_str().unwrap()];
    let ran = replay(args.into_iter().chain(options.split_whitespace()));
    assert_eq!((ran.status, ran.out.as_str()), (Some(status), out), "{name}");
    let message = expected.replace("FILE", &path.display().to_string());
    assert_eq!(ran.err, format!("replay: {message}\n"), "{name}");
}

#[test]
fn each_change_is_printed_and_the_first_number() {
    let numbers = "0 500\n10 600\n20 601\n30 600\n40 399\n50 400\n";
    let inclusive = "0 500 inside, 20 601 outside, 30 600 inside, 40 399 outside, 50 400 inside";
    check("band.txt", numbers, "--low 400 --high 600", inclusive);
    check("low.txt", numbers, "--low 400", "0 500 inside, 40 399 outside, 50 400 inside");
    check("high.txt", numbers, "--high 600", "0 500 inside, 20 601 outside, 30 600 inside");
    let around = "0 500 inside, 20 601 outside, 30 600 inside, 40 399 outside, 50 400 inside";
    check("around.txt", numbers, "--around 100", around);
    let late = "0 500 inside, 20 601 outside";
    check("hysteresis.txt", numbers, "--low 400 --high 600 --hysteresis 1", late);
    check("outside.txt", "5 1\n9 2\n", "--low 2", "5 1 outside, 9 2 inside");
}

#[test]
fn the_capture_of_a_knob_is_as_the_readme_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/knob.txt");
    let printed = replayed("analog", &path, "--low 300 --high 700 --hysteresis 20");
    let expected = "0 512 inside, 500000 703 outside, 900000 679 inside, 1200000 298 outside, \
                    1500000 320 inside";
    assert_eq!(printed, changes(expected));
}

#[test]
fn fractions_and_signs_are_compared_exactly() {
    let volts = "Time [s],Channel 0\n-0.000002,1.25\n0,1.2500000001\n0.000001,1.250001\n\
                 0.000002,-1.5\n0.000003,-1.499999\n0.000004,1.2\n0.000005,1e1\n";
    let expected = "-2 1.25 inside, 1 1.250001 outside, 2 -1.5 inside, 5 10 outside";
    check("volts.csv", volts, "--low -1.5 --high 1.25", expected);
    let expected = "-2 1.25 outside, 2 -1.5 inside, 3 -1.499999 outside";
    check("below.csv", volts, "--high -1.5", expected);
    check(
        "large.txt",
        "0 1073741823\n1 0\n",
        "--low 1000000000",
        "0 1073741823 inside, 1 0 outside",
    );
}

#[test]
fn numbers_are_as_they_are_written() {
    let digits = "0 123456789.123456789\n1 0.0000000005\n2 -0.123456789\n3 -.5\n";
    let expected = "0 123456789.123456789 inside, 2 -0.123456789 outside";
    check("digits.txt", digits, "--low 0", expected);
    let close = "0 12345678.5\n1 12345678.500000001\n";
    let expected = "0 12345678.5 inside, 1 12345678.500000001 outside";
    check("close.txt", close, "--low 0 --high 12345678.5", expected);
}

#[test]
fn what_is_unknown_is_as_it_was() {
    check(
        "unknown.txt",
        "0 X\n1 5\n2 z\n3 4\n4 5\n",
        "--low 5",
        "1 5 inside, 3 4 outside, 4 5 inside",
    );
    check("gap.csv", "0,5\n1,\n2,4\n", "--low 5", "0 5 inside, 2 4 outside");
}

#[test]
fn columns_are_chosen_as_for_levels() {
    let two = "time_us,button,knob\n0,1,9\n5,0,1\n";
    check("named.csv", two, "--low 5 --signal knob", "0 9 inside, 5 1 outside");
    check("numbered.csv", two, "--low 5 --column 2", "0 9 inside, 5 1 outside");
}

#[test]
fn vectors_and_reals_of_a_vcd_file_are_numbers() {
    let head = "$timescale 1 us $end $var wire 1 ! key $end $var wire 10 % adc $end \
                $var real 64 & volts $end $enddefinitions $end";
    let body = "#0 1! bx % r1.5 &\n#5 b101 %\n#7 0! r-0.25 &\n#9 b1111111111 % r1e3 &\n";
    let vcd = format!("{head}\n{body}");
    check("adc.vcd", &vcd, "--high 5 --signal adc", "5 5 inside, 9 1023 outside");
    let volts = "0 1.5 inside, 7 -0.25 outside, 9 1000 inside";
    check("volts.vcd", &vcd, "--low 0 --signal volts", volts);
    check("number.vcd", &vcd, "--low 0 --signal 2", volts);
}

#[test]
fn a_trace_of_the_simulator_comes_back() {
    let sim = Sim::new();
    let trace = Trace::new();
    let mut knob = trace.analog("knob", sim.clock(), 1_023);
    knob.ramp_to(Instant::from_millis(100), 1_000);
    sim.run(async {
        for _ in 0..10 {
            knob.read().await.unwrap();
            sim.clock().sleep(Duration::from_millis(10)).await;
        }
    });
    let mut vcd = Vec::new();
    trace.write_vcd(&mut vcd).unwrap();
    let vcd = String::from_utf8(vcd).unwrap();
    let expected = "0 0 outside, 30000 300 inside, 80000 800 outside";
    check("trace.vcd", &vcd, "--low 300 --high 700", expected);
}

#[test]
fn what_came_before_a_bad_line_is_printed() {
    let first = changes("0 7 inside");
    let bad = [
        ("word", "0 7\n5 7V\n", "line 2: the value \"7V\" is no number"),
        ("infinite", "0 7\n5 inf\n", "line 2: the value \"inf\" is no number"),
        ("huge", "0 7\n5 1e20\n", "line 2: the value \"1e20\" is too large"),
        (
            "beyond",
            "0 7\n5 8000000000\n",
            "line 2: the value 8000000000 is not within -1073741823 to 1073741823",
        ),
        ("back", "3 7\n2 8\n", "line 2: time goes back: \"2 8\""),
        ("column", "0 7\n5\n", "line 2: there is no column 1 in \"5\""),
    ];
    for (name, capture, message) in bad {
        let first = if name == "back" { changes("3 7 inside") } else { first.clone() };
        refused(1, name, capture, "--low 5", &first, &format!("FILE: {message}"));
    }
    let head = "$timescale 1 us $end $var wire 70 ! adc $end $enddefinitions $end\n#0 b111 !\n#5 b";
    let vcd = format!("{head}{} !\n", "1".repeat(64));
    refused(1, "wide.vcd", &vcd, "--low 5", &first, "FILE: line 3: a vector of more than 63 bits");
    refused(
        1,
        "empty",
        "# nothing\n",
        "--low 5",
        "",
        "FILE: an empty capture: there is no value in it",
    );
    refused(
        1,
        "unknown",
        "0 X\n",
        "--low 5",
        "",
        "FILE: an empty capture: there is no value in it",
    );
}

#[test]
fn options_that_contradict_one_another_are_refused() {
    let help = "; try --help";
    for (options, message) in [
        ("", "no band: give --low, --high or --around"),
        ("--low 5 --high 4", "--low is above --high"),
        ("--low 5 --around 4", "--around is not for a band with --low or --high"),
        ("--around -1", "--around: negative, or too large"),
        ("--low 5 --hysteresis -1", "--hysteresis: negative, or too large"),
        ("--low 5 --high 7 --hysteresis 2", "the hysteresis is too wide for the band"),
        ("--around 1 --hysteresis 1.5", "the hysteresis is too wide for the band"),
        ("--low 5000000000", "--low and --high are within -1073741823 to 1073741823"),
        ("--low 5 --close 3", "invalid option '--close': it belongs to switch, button and keypad"),
    ] {
        refused(2, "options", "0 7\n", options, "", &format!("{message}{help}"));
    }
    let one = "$timescale 1 us $end $var wire 1 ! key $end $enddefinitions $end\n#0 1!\n";
    let message = "FILE: signal \"key\" has one bit";
    refused(2, "bit.vcd", one, "--low 5 --signal key", "", message);
}
