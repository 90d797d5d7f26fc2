//! Captures of serial lines.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::{file, recorded, replay};

const SENTENCES: &str = "\
$GPRMC,081836,A,3751.65,S,14507.36,E,000.0,360.0,130998,011.3,E*62\r
$GPGLL,4250.5589,S,14718.5084,E,092204.999,A*2D\r
$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r
";

/// The levels of an 8N1 line that begins to speak at `start`, at `baud`, each with
/// its time in nanoseconds.
fn levels(start: i64, baud: u64) -> Vec<(i64, bool)> {
    let bits = SENTENCES.bytes().flat_map(|byte| {
        let frame = u64::from(byte) << 1 | 1 << 9;
        (0..10).map(move |bit| frame >> bit & 1 == 1)
    });
    let mut levels = vec![(start, true)];
    for (nth, bit) in (1..).zip(bits) {
        if levels.last().is_some_and(|(_, level)| *level != bit) {
            levels.push((start + (nth * 1_000_000_000 / baud).cast_signed(), bit));
        }
    }
    levels
}

/// The last line is the summary of all sentences. Returns the lines before it.
#[track_caller]
fn check(args: &[&str]) -> Vec<Value> {
    let ran = replay([&["nmea"], args].concat());
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{args:?}");
    let mut objects: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = objects.pop().unwrap();
    let expected = json!({ "accepted": 3, "bytes_skipped": 0, "lat_e7": 481_173_000 });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(last[key], *value, "{args:?} {key}");
    }
    objects
}

#[test]
fn fast_lines_are_decoded_in_nanoseconds() {
    for (baud, sent) in [
        (230_400, 230_400 * 98 / 100),
        (230_400, 230_400 * 102 / 100),
        (460_800, 460_800),
        (921_600, 921_600),
        (921_600, 921_600 * 102 / 100),
    ] {
        let mut vcd =
            "$timescale 1 ns $end $var wire 1 ! tx $end $enddefinitions $end\n".to_owned();
        for (at, level) in levels(0, sent) {
            writeln!(vcd, "#{at} {}!", u8::from(level)).unwrap();
        }
        let vcd = file(&format!("serial-{sent}.vcd"), vcd);
        check(&[vcd.to_str().unwrap(), "--baud", &baud.to_string()]);

        let mut csv = "Time [s],Channel 0,TX\n".to_owned();
        for (at, level) in levels(0, sent) {
            let (seconds, nanos) = (at / 1_000_000_000, at % 1_000_000_000);
            writeln!(csv, "{seconds}.{nanos:09},0,{}", u8::from(level)).unwrap();
        }
        let csv = file(&format!("serial-{sent}.csv"), csv);
        check(&[csv.to_str().unwrap(), "--baud", &baud.to_string(), "--signal", "TX"]);
    }
}

#[test]
fn a_line_without_a_sentence_is_noted() {
    let mut text = String::from("Time [ns],TX,quiet\n");
    for (at, level) in levels(0, 9_600) {
        writeln!(text, "{at},{},1", u8::from(level)).unwrap();
    }
    let text = file("serial-noted.csv", text);
    for (options, is_noted) in
        [("--signal TX", false), ("--signal TX --baud 4800", true), ("--signal quiet", true)]
    {
        let path = text.to_str().unwrap();
        let ran = replay(["nmea", path].into_iter().chain(options.split_whitespace()));
        let note = "no sentence with a checksum: try another --signal or --baud";
        let note = if is_noted { format!("replay: {path}: {note}\n") } else { String::new() };
        assert_eq!((ran.status, ran.err), (Some(0), note), "{options}");
    }
}

/// Not when they would have come if there had been no pause before.
#[test]
fn sentences_of_a_capture_come_when_they_were_said() {
    for (start, expected) in [(5_000_000_000, 5_069_896), (-2_000_000_000, -1_930_104)] {
        let mut text = String::new();
        for (at, level) in levels(start, 9_600) {
            writeln!(text, "{at} {}", u8::from(level)).unwrap();
        }
        let text = file(&format!("serial-at-{expected}.txt"), text);
        let each = check(&[text.to_str().unwrap(), "--unit", "ns", "--each"]);
        let at = each[0]["t_us"].as_i64().unwrap();
        // A bit of silence, 66 bytes and the line end.
        assert!((at - expected).abs() <= 1, "{at}, not {expected}");
    }
}

#[test]
fn a_recorded_line_gives_its_fix() {
    let path = "logic/gps-uart-mtk3339-9600.txt";
    let Some(capture) = recorded("a_recorded_line_gives_its_fix", path) else { return };
    let ran = replay(["nmea", capture.to_str().unwrap(), "--signal", "1"]);
    let last: Value = serde_json::from_str(ran.out.trim()).unwrap();
    let expected = json!([21, 455_116_783, "06:15:11.000", 13]);
    let told = ["sentences", "lat_e7", "time", "satellites_used"].map(|key| last[key].clone());
    assert_eq!(json!(told), expected);
}
