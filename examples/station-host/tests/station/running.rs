//! A run with models only, and its ends.

use std::io::{BufRead, BufReader};
use std::time::Instant;

use crate::board::resident_kib;
use crate::{Station, command, is_fix, path, text};

#[test]
fn it_runs_for_as_long_as_it_is_told() {
    let begun = Instant::now();
    let ended = Station::start(&["--for", "2"]).end();
    let took = begun.elapsed().as_secs_f64();
    let last = ended.well();
    assert!(last["t_us"].as_u64().unwrap() >= 2_000_000, "{last}");
    assert!(took >= 2.0, "{took} s");
    // Two seconds of a walk in Greenwich, and the climate at once and after them.
    assert!((1..=2).contains(&ended.count("climate")), "{:?}", ended.lines);
    assert!((3..=6).contains(&ended.count("fix")), "{:?}", ended.lines);
    assert_eq!((&last["valid"], &last["date"]), (&true.into(), &"2026-06-21".into()));
    assert_eq!((&last["satellites_used"], &last["bad_checksum"]), (&9.into(), &0.into()));
    let climate = ended.lines.iter().find(|line| line["event"] == "climate").unwrap();
    assert!((2_000..2_300).contains(&climate["centi_celsius"].as_i64().unwrap()), "{climate}");
}

#[test]
fn it_takes_less_than_ten_megabytes_with_models() {
    let mut station = Station::start(&[]);
    station.wait_for("the climate", |line| line["event"] == "climate");
    station.wait_for("a fix", is_fix);
    station.wait_for("what the receiver sends", |line| {
        (&line["event"], &line["command"], &line["outcome"])
            == (&"gps_command".into(), &"PMTK414".into(), &"succeeded".into())
    });
    let high = resident_kib(station.child.id());
    println!("{high} KiB resident");
    assert!((1_000..10 * 1_024).contains(&high), "{high} KiB");
    station.signal("TERM");
    station.end().well();
}

#[test]
fn no_time_at_all_is_an_end_too() {
    let ended = Station::start(&["--for", "0"]).end();
    assert_eq!(ended.well()["sentences"], 0);
    assert_eq!(ended.lines.len(), 1);
    assert!(Station::start(&["--for", "0.05"]).end().well()["lat_e7"].is_null());
}

#[test]
fn a_signal_ends_it_in_good_order() {
    for name in ["TERM", "INT"] {
        let vcd = text(path(&format!("{name}.vcd")));
        let mut station = Station::start(&["--vcd", &vcd]);
        station.wait_for("a fix", is_fix);
        station.signal(name);
        let ended = station.end();
        assert_eq!(ended.well()["valid"], true);
        let written = std::fs::read_to_string(vcd).unwrap();
        assert!(written.starts_with("$timescale 1 us $end"));
        assert!(written.len() > 2_000, "the wires of the first sentence at least");
    }
}

#[test]
fn who_has_seen_enough_may_close_the_pipe() {
    for args in [&["--headless"][..], &["--help"]] {
        let mut running = command(args).spawn().unwrap();
        let mut first = String::new();
        let mut out = BufReader::with_capacity(16, running.stdout.take().unwrap());
        out.read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        drop(out);
        let ended = running.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), &*ended.stderr), (Some(0), &b""[..]), "{args:?}");
    }
}

#[test]
fn help_into_a_pipe_that_nobody_reads_is_no_failure() {
    let mut help = command(&["--help"]);
    let (nobody, pipe) = std::io::pipe().unwrap();
    drop(nobody);
    let ended = help.stdout(pipe).output().unwrap();
    assert_eq!((ended.status.code(), &*ended.stderr), (Some(0), &b""[..]));
}
