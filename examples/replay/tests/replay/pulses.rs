//! GPS receivers with their pulse per second.

use std::path::{Path, PathBuf};

use embedded_hal::digital::PinState;
use embedded_io_async::Read;
use serde_json::{Value, json};
use tickwire_sim::models::gps::{self, PulseFaults};
use tickwire_sim::{Sim, Trace};
use tickwire_traits::Duration;

use crate::{file, replay, replayed};

/// Writes the lines of a receiver whose log is a minute long.
fn wires(name: &str, faults: PulseFaults) -> PathBuf {
    let sim = Sim::new();
    let trace = Trace::new();
    let pulses = trace.wire("gps_pps", sim.clock(), PinState::Low);
    let mut receiver = gps::Receiver::new(sim.clock(), gps::demo_log(20), 9_600)
        .with_latency(Duration::from_millis(120))
        .with_pps(pulses.clone())
        .with_pulse_faults(faults)
        .traced(&trace);
    sim.run(async { while receiver.read(&mut [0; 64]).await != Ok(0) {} });
    pulses.level(); // Performs the planned edges.
    let mut vcd = Vec::new();
    trace.write_vcd(&mut vcd).unwrap();
    file(&format!("pulses-{name}.vcd"), vcd)
}

/// Returns the objects that a replay prints.
#[track_caller]
fn objects(path: &Path, options: &str) -> Vec<Value> {
    let printed = replayed("nmea", path, &format!("--signal gps_tx --pps gps_pps {options}"));
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_pulse_has_its_utc_once_a_sentence_has_named_it() {
    let path = wires("plain", PulseFaults::default());
    let printed = objects(&path, "");
    let [pulses @ .., last] = &printed[..] else { panic!("{printed:?}") };
    assert!(pulses.len() >= 19, "{pulses:?}");
    for (n, pulse) in pulses.iter().enumerate() {
        let at = pulse["t_us"].as_u64().unwrap();
        assert_eq!(at % 1_000_000, 0, "{pulse}");
        let utc = format!("2026-06-21T12:00:{:02}.000000Z", at / 1_000_000);
        let expected = if n == 0 { json!(null) } else { json!(utc) };
        assert_eq!(pulse["utc"], expected, "{pulse}");
    }
    assert_eq!(pulses[0]["pulse"], "without_fix");
    assert_eq!(pulses[12]["lock"], "locked");
    assert_eq!(last["pps"]["pulses"], pulses.len());
    assert_eq!((&last["pps"]["without_fix"], &last["pps"]["strays"]), (&json!(1), &json!(0)));
    assert_eq!(last["valid"], true);
    // Sentences too, in the order in which both came.
    let each = objects(&path, "--each");
    assert!(each.iter().filter(|it| it["event"] == "rmc").count() >= 19);
    assert!(each.iter().filter_map(|it| it["t_us"].as_u64()).is_sorted());
    assert_eq!(each.iter().filter(|it| it["pulse"].is_string()).count(), pulses.len());
}

#[test]
fn pulses_that_are_missing_or_doubled_are_counted_and_the_time_is_kept() {
    let jitter = Duration::from_micros(20);
    let path = wires("faults", PulseFaults { jitter, missing: Some(8), doubled: Some(8) });
    let printed = objects(&path, "");
    let [pulses @ .., last] = &printed[..] else { panic!("{printed:?}") };
    for name in ["missed", "extra"] {
        assert!(last["pps"][name].as_u64().unwrap() > 0, "{last}");
    }
    for pulse in pulses.iter().filter(|pulse| pulse["pulse"] == "second") {
        // The line through the pulses is off by the jitter at most.
        let micros = pulse["utc"].as_str().unwrap()[20..26].parse::<i64>().unwrap();
        assert!(!(40..=999_960).contains(&micros), "{pulse}");
    }
}

/// The line of the receiver is cut after some seconds, and its pulses go on.
#[test]
fn pulses_after_the_last_sentence_are_printed_too() {
    let whole = std::fs::read_to_string(wires("cut-whole", PulseFaults::default())).unwrap();
    let name = whole.lines().find(|line| line.contains("gps_tx")).unwrap();
    let id = name.split_whitespace().nth(3).unwrap();
    let cut = whole.find("#10000000").unwrap();
    let (heard, silent) = whole.split_at(cut);
    let is_of_line = |line: &&str| !line.starts_with('#') && line.ends_with(id);
    let silent: Vec<_> = silent.lines().filter(|line| !is_of_line(line)).collect();
    let path = file("pulses-cut.vcd", format!("{heard}{}\n", silent.join("\n")));
    let printed = objects(&path, "");
    let times: Vec<_> = printed.iter().filter_map(|it| it["t_us"].as_u64()).collect();
    assert!(times.contains(&9_000_000) && times.contains(&18_000_000), "{times:?}");
    let at_18 = printed.iter().find(|it| it["t_us"] == 18_000_000).unwrap();
    assert_eq!(at_18["utc"], "2026-06-21T12:00:18.000000Z");
}

/// The capture begins within a pulse, whose edge is not in it.
#[test]
fn a_pin_that_is_high_at_the_beginning_is_no_pulse() {
    let whole = std::fs::read_to_string(wires("high-whole", PulseFaults::default())).unwrap();
    let low = "$dumpvars\n0!\n1\"\n$end\n1!\n";
    assert!(whole.contains(low), "{:.300}", whole);
    let path = file("pulses-high.vcd", whole.replace(low, "$dumpvars\n1!\n1\"\n$end\n"));
    let printed = objects(&path, "");
    let [pulses @ .., last] = &printed[..] else { panic!("{printed:?}") };
    let first = json!({
        "t_us": 1_000_000,
        "pulse": "first",
        "utc": "2026-06-21T12:00:01.000000Z",
        "lock": "tentative",
    });
    assert_eq!(pulses[0], first);
    assert_eq!(last["pps"]["pulses"], pulses.len());
    assert_eq!((&last["pps"]["without_fix"], &last["pps"]["strays"]), (&json!(0), &json!(0)));
    let whole = objects(&wires("high-not", PulseFaults::default()), "");
    assert_eq!(pulses[1..], whole[2..whole.len() - 1], "all others are the same");
}

#[test]
fn a_signal_of_pulses_that_is_none_is_refused() {
    let path = wires("refused", PulseFaults::default());
    let path = path.to_str().unwrap();
    for (options, status, expected) in [
        ("--signal gps_tx --pps x", 2, format!("{path}: there is no signal \"x\"; signals: ")),
        ("--signal gps_tx --pps gps_tx", 2, "--pps and --signal are the same signal".into()),
    ] {
        let ran = replay(["nmea", path].into_iter().chain(options.split_whitespace()));
        assert_eq!((ran.status, ran.out.as_str()), (Some(status), ""));
        assert!(ran.err.starts_with(&format!("replay: {expected}")), "{}", ran.err);
    }
    // A bare log has no pulses.
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/captures/walk.nmea");
    let ran = replay(["nmea", log, "--pps", "gps_pps"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    let ran = replay(["switch", path, "--pps", "x"]);
    assert_eq!(ran.err, "replay: invalid option '--pps': it belongs to nmea; try --help\n");
}
