//! Sensors on a bus.

use std::cell::RefCell;
use std::rc::Rc;

use tickwire_drivers::htu21d::{ADDRESS, Htu21d};
use tickwire_sim::i2c::Bus;
use tickwire_sim::models::htu21d;
use tickwire_sim::{Sim, Trace};
use tickwire_traits::{Delay, Duration, Timer};

use crate::{file, recorded, replay, replayed};

/// Replays a log of these lines. It prints the expected lines, and counters that are not zero.
#[track_caller]
fn check(log: &str, expected: &str, counters: &[(&str, u64)]) {
    let place = std::panic::Location::caller().line();
    let path = file(&format!("i2c-{place}.txt"), log);
    compare(&replayed("i2c", &path, ""), expected, counters);
}

#[track_caller]
fn compare(printed: &str, expected: &str, counters: &[(&str, u64)]) {
    let (events, last) = printed.trim_end().rsplit_once('\n').unwrap_or(("", printed));
    let expected: Vec<_> = expected.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    assert_eq!(events.lines().collect::<Vec<_>>(), expected);
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    let counted = last.as_object().unwrap().iter();
    let counted = counted.map(|(name, count)| (name.as_str(), count.as_u64().unwrap()));
    let counted: Vec<_> = counted.filter(|(_, count)| *count > 0).collect();
    assert_eq!(counted, counters);
}

/// What the recorded sensor measured, and was asked for.
const MEASURED: &str = r#"{"t_us":18358,"reading":{"centi_celsius":2381}}
    {"t_us":87046,"reading":{"centi_percent":5072}}"#;
const COUNTED: [(&str, u64); 4] =
    [("messages", 12), ("readings", 2), ("registers", 2), ("serial_numbers", 2)];

#[test]
fn a_recorded_sensor_measured_23_81_degrees_and_50_72_percent() {
    let test = "a_recorded_sensor_measured_23_81_degrees_and_50_72_percent";
    let Some(bytes) = recorded(test, "logic/sht21-serial-hold.txt") else { return };
    compare(&replayed("i2c", &bytes, ""), MEASURED, &COUNTED);
    // From the levels of the lines; a time is rounded down.
    let Some(edges) = recorded(test, "logic/sht21-serial-hold-edges.txt") else { return };
    compare(&replayed("i2c", &edges, ""), &MEASURED.replace("18358", "18357"), &COUNTED);
}

#[test]
fn the_capture_of_the_readme_has_both_quantities() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/captures/climate.txt");
    let expected = MEASURED.replace("18358", "48200").replace("87046", "50200");
    let counters = [("messages", 7), ("readings", 2), ("not_ready", 1), ("registers", 1)];
    compare(&replayed("i2c", path.as_ref(), ""), &expected, &counters);
}

#[test]
fn results_are_read_after_each_command() {
    check(
        "# start_us bytes\n0 80 f3\n50000 81 66 f0 8dn\n60000 80 f5 / 81 74 2e 21n\n\
         70000 80 e3 / 81 66 f0 8dn / 80 e5 / 81 74 2e 21n\n",
        r#"{"t_us":50000,"reading":{"centi_celsius":2381}}
        {"t_us":60000,"reading":{"centi_percent":5072}}
        {"t_us":70000,"reading":{"centi_celsius":2381}}
        {"t_us":70000,"reading":{"centi_percent":5072}}"#,
        &[("messages", 8), ("readings", 4)],
    );
    // Columns of a spreadsheet, and another unit.
    check(
        "start_ms,bytes\n0,80,f3\n1.5,81,66,F0,8Dn\n",
        r#"{"t_us":1500,"reading":{"centi_celsius":2381}}"#,
        &[("messages", 2), ("readings", 1)],
    );
}

#[test]
fn a_nack_while_measuring_means_not_ready() {
    check(
        "0 80 f3\n10 81n\n20 80n\n30 81n\n40 81 66 f0 8dn\n50 80 fe\n60 80n\n",
        r#"{"t_us":40,"reading":{"centi_celsius":2381}}"#,
        &[("messages", 7), ("readings", 1), ("not_ready", 4), ("resets", 1)],
    );
    // Nothing is measured, or the command was refused.
    check(
        "0 81n\n10 80n\n20 80 f3n\n30 81n\n",
        r#"{"t_us":0,"error":"nack"}
        {"t_us":10,"error":"nack"}
        {"t_us":20,"error":"nack"}
        {"t_us":30,"error":"nack"}"#,
        &[("messages", 4), ("errors", 4)],
    );
}

#[test]
fn a_result_that_cannot_be_trusted_is_an_error() {
    check(
        "0 80 f3\n1 81 66 f1 8dn\n2 80 f3\n3 81 00 00 00n\n4 80 f5\n5 81 66 f0 8dn\n\
         6 80 e3\n7 81 74 2e 21n\n8 80 e3\n9 81 66 f0n\n10 80 e3\n11 81\n12 80 e3\n13 81 ff ff ffn\n",
        r#"{"t_us":1,"error":"checksum"}
        {"t_us":3,"error":"all_zeros"}
        {"t_us":5,"error":"mixup"}
        {"t_us":7,"error":"mixup"}
        {"t_us":9,"error":"no_checksum"}
        {"t_us":11,"error":"short"}
        {"t_us":13,"error":"checksum"}"#,
        &[("messages", 14), ("errors", 7)],
    );
}

#[test]
fn what_is_no_measurement_is_counted() {
    check(
        "0 80 e7\n1 81 3an\n2 80 e6 3b\n3 80 fa 0f\n4 81 01 31 22 e4 d2 66 08 b9n\n5 80 fc c9\n\
         6 81 15 ff c9 ff ff f8n\n7 80 11\n8 81 00n\n9 80 84 b8\n10 81 20n\n11 80 51 0f\n\
         12 80 e0\n13 81 66 f0n\n14 80 fe\n15 a0 00\n16 a1 ffn\n17 80\n",
        "",
        &[
            ("messages", 18),
            ("registers", 5),
            ("serial_numbers", 2),
            ("resets", 1),
            ("unknown", 2),
            ("other_devices", 2),
        ],
    );
}

/// The lines of the simulator's bus come back, from its file and as text.
#[test]
fn a_trace_of_the_simulator_comes_back() {
    let sim = Sim::new();
    let trace = Trace::new();
    let model = Rc::new(RefCell::new(htu21d::Htu21d::new()));
    model.borrow_mut().set_temperature(-512);
    model.borrow_mut().set_humidity(9_000);
    let mut bus = Bus::new(sim.clock()).traced(&trace);
    bus.attach(ADDRESS, model);
    let mut sensor = Htu21d::new(bus, Delay(sim.clock()));
    let room = sim.run(sensor.measure()).unwrap();
    sim.run(sim.clock().sleep(Duration::from_millis(1)));
    let (celsius, percent) = (room.temperature.0, room.humidity.0);

    let mut vcd = Vec::new();
    trace.write_vcd(&mut vcd).unwrap();
    let vcd = file("i2c-trace.vcd", vcd);
    let mut levels = String::from("Time [us],SDA,SCL\n");
    let (scl, sda) = (trace.waveform("SCL"), trace.waveform("SDA"));
    let mut times: Vec<_> = scl.iter().chain(&sda).map(|(at, _)| *at).collect();
    times.sort_unstable();
    times.dedup();
    for at in times {
        let level = |waveform: &[(_, embedded_hal::digital::PinState)]| {
            let last = waveform.iter().rev().find(|(changed, _)| *changed <= at);
            u8::from(last.is_some_and(|(_, level)| *level == embedded_hal::digital::PinState::High))
        };
        levels += &format!("{},{},{}\n", at.as_micros(), level(&sda), level(&scl));
    }
    let text = file("i2c-trace.csv", levels);
    for (path, options) in [(&vcd, ""), (&vcd, "--sda SDA --scl 1"), (&text, "")] {
        let printed = replayed("i2c", path, options);
        let readings: Vec<_> = printed
            .lines()
            .filter_map(|line| line.split_once(r#""reading":"#).map(|(_, reading)| reading))
            .collect();
        let expected = [
            format!(r#"{{"centi_celsius":{celsius}}}}}"#),
            format!(r#"{{"centi_percent":{percent}}}}}"#),
        ];
        assert_eq!(readings, expected, "{options}");
        assert!(printed.contains(r#""errors":0,"#), "{printed}");
    }
}

#[test]
fn a_malformed_line_is_left_out() {
    let log = "0 80 f3\n1 81 66 f0 8d0\nx 81\n2\n3 81 66 zz 8dn\n4 81 66 f0 8dn\n3 80 f3\n5 0x80\n";
    let path = file("i2c-malformed.txt", log);
    let path = path.to_str().unwrap();
    let ran = replay(["i2c", path]);
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.out.starts_with("{\"t_us\":4,\"reading\":{\"centi_celsius\":2381}}\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with("\"bad_lines\":6}\n"), "{}", ran.out);
    let digits = "is not a byte: two hexadecimal digits, and n if it was not acknowledged";
    let expected = [
        format!("line 2: \"8d0\" {digits}"),
        "line 3: \"x\" is not a time in us".into(),
        "line 4: there is no byte: \"\"".into(),
        format!("line 5: \"zz\" {digits}"),
        format!("line 8: \"0x80\" {digits}"),
        // No line follows that tells which of two times is wrong.
        "line 7: time goes back: \"3 80 f3\"".into(),
        "6 malformed lines were left out".into(),
    ];
    let expected: String = expected.map(|said| format!("replay: {path}: {said}\n")).concat();
    assert_eq!(ran.err, expected);
}

#[test]
fn a_log_without_a_message_to_the_sensor_is_noted() {
    let path = file("i2c-others.txt", "0 40 f3\n1 40 f0\n");
    let path = path.to_str().unwrap();
    let ran = replay(["i2c", path]);
    let note = "no message to a sensor: its address is 80, or 81 to read";
    assert_eq!((ran.status, ran.err), (Some(0), format!("replay: {path}: {note}\n")));
}

/// A line that seems too late, or too early, is one line: the others are read.
#[test]
fn a_garbled_time_hides_no_other_line() {
    let check = |name: &str, times: [u64; 6], readings: &[u64], bad: u64| {
        let reading = |time| format!("{time} 80 f3 / 81 66 f0 8dn\n");
        let log: String = times.iter().map(reading).collect();
        let path = file(&format!("i2c-time-{name}.txt"), log);
        let ran = replay(["i2c", path.to_str().unwrap()]);
        let read = |time| format!("{{\"t_us\":{time},\"reading\":{{\"centi_celsius\":2381}}}}\n");
        let expected: String = readings.iter().map(read).collect();
        assert!(ran.out.starts_with(&expected), "{name}: {}", ran.out);
        assert!(ran.out.ends_with(&format!("\"bad_lines\":{bad}}}\n")), "{name}: {}", ran.out);
        assert_eq!(ran.out.lines().count(), readings.len() + 1, "{name}: {}", ran.out);
    };
    check("none", [0, 1, 2, 2, 3, 4], &[0, 1, 2, 2, 3, 4], 0);
    check("ahead", [0, 1, 2, 900, 4, 5], &[0, 1, 2, 4, 5], 1);
    check("back", [0, 1, 2, 0, 4, 5], &[0, 1, 2, 4, 5], 1);
    check("a little back", [0, 10, 20, 15, 40, 50], &[0, 10, 20, 40, 50], 1);
    check("first", [900, 1, 2, 3, 4, 5], &[1, 2, 3, 4, 5], 1);
    check("ahead of equal ones", [0, 10, 900, 10, 30, 40], &[0, 10, 10, 30, 40], 1);
    check("two back", [0, 10, 20, 5, 7, 40], &[0, 10, 20, 40], 2);
    check("two", [0, 900, 10, 20, 15, 40], &[0, 10, 20, 40], 2);
    check("last", [0, 1, 2, 3, 5, 4], &[0, 1, 2, 3, 5], 1);
    let ahead = file("i2c-time-said.txt", "0 80 f3\n900 81n\n4 81n\n5 81 66 f0 8dn\n");
    let said = "line 2: time is after that of the next two lines: \"900 81n\"";
    assert!(replay(["i2c", ahead.to_str().unwrap()]).err.contains(said));
}

/// A row waits for the next one, which never comes.
#[test]
fn all_rows_before_a_line_without_an_end_are_read() {
    let rows = ["1 80 f3 / 81 66 f0 8dn\n", "2 80 f3 / 81 66 f0 8dn\n"].concat();
    let path = file("i2c-endless.txt", rows + &"x".repeat(1 << 21));
    let ran = replay(["i2c", path.to_str().unwrap()]);
    let read = |time| format!("{{\"t_us\":{time},\"reading\":{{\"centi_celsius\":2381}}}}\n");
    assert_eq!(ran.out, [1, 2].map(read).concat());
    assert!(ran.err.contains(": line 3: longer than 1048576 bytes: "), "{}", ran.err);
}

#[test]
fn a_log_that_is_none_is_refused() {
    let check = |name: &str, status: i32, log: &[u8], expected: &[&str]| {
        let path = file(&format!("i2c-refused-{name}"), log);
        let path = path.to_str().unwrap();
        let ran = replay(["i2c", path]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(status), ""), "{name}");
        let expected: Vec<_> =
            expected.iter().map(|it| format!("replay: {path}: {it}\n")).collect();
        assert_eq!(ran.err, expected.concat(), "{name}");
    };
    let empty = "an empty capture: there is no transfer in it";
    check("empty", 1, b"", &[empty]);
    check("comments", 1, b"# start_us bytes\n", &[empty]);
    check("half", 1, b"# time_us SCL\n0 1\n", &["line 1: the header has no SDA"]);
    check("other-half", 1, b"Time [s],SDA,x\n", &["line 1: the header has no SCL"]);
    check("twice", 1, b"# time_us SCL SDA SDA\n", &["line 1: the header has SDA twice"]);
    check(
        "level",
        1,
        b"# time_us SCL SDA\n0 1 2\n",
        &["line 2: the level \"2\" is neither 0 nor 1", empty],
    );
    let bytes = ["line 1: not UTF-8: \"\\u{7f}ELF\\0\u{fffd}\"", empty];
    check("binary", 1, b"\x7fELF\0\xff\n", &bytes);
    let huge = r#"line 1: "99999999999999999999" is not a time in us"#;
    check("huge", 1, b"99999999999999999999 80\n", &[huge, empty]);
    let vcd = b"$timescale 1 us $end $var wire 1 ! SCL $end $enddefinitions $end #0 1!";
    check("lines.vcd", 2, vcd, &["there is no signal \"SDA\"; signals: 1 \"SCL\""]);
}

#[test]
fn a_command_that_is_wrong_is_refused() {
    for (options, expected) in [
        ("i2c", "no file to replay"),
        ("i2c x.txt --scl 1", "--scl and --sda are for a VCD file: a text has a header"),
        ("i2c x.vcd --scl A --sda A", "--scl and --sda are the same signal"),
        (
            "i2c x --signal A",
            "invalid option '--signal': it belongs to switch, button, analog, nec and nmea",
        ),
        ("nec x --scl 1", "invalid option '--scl': it belongs to i2c"),
    ] {
        let ran = replay(options.split_whitespace());
        let expected = format!("replay: {expected}; try --help\n");
        assert_eq!((ran.status, ran.out.as_str(), ran.err), (Some(2), "", expected));
    }
}
