//! The recording of the wires.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process;
use std::thread::sleep;
use std::time::{Duration, Instant};

use vcd::{Command, Header, IdCode, ScopeItem, SimulationCommand};

use crate::{GGA, PATIENCE, Station, fifo, file, path, text};

/// How often each signal changes, and the time of the last change.
pub(crate) fn changes(file: &str) -> (BTreeMap<String, usize>, u64) {
    changes_in(BufReader::new(File::open(file).unwrap()))
}

fn changes_in(vcd: impl io::BufRead) -> (BTreeMap<String, usize>, u64) {
    let mut vcd = vcd::Parser::new(vcd);
    let header = vcd.parse_header().unwrap();
    assert_eq!(header.timescale, Some((1, vcd::TimescaleUnit::US)));
    let names = names(&header);
    let mut counts: BTreeMap<_, _> = names.values().map(|name| (name.clone(), 0)).collect();
    let mut now = 0;
    let mut begun = false;
    for command in vcd {
        match command.unwrap() {
            Command::Timestamp(at) => {
                assert!(at == 0 || at > now, "{at} after {now}");
                now = at;
            }
            // Before that are the initial levels.
            Command::End(SimulationCommand::Dumpvars) => begun = true,
            Command::ChangeScalar(id, _) | Command::ChangeVector(id, _) if begun => {
                *counts.get_mut(&names[&id]).unwrap() += 1;
            }
            _ => {}
        }
    }
    (counts, now)
}

/// The names of the signals.
pub(crate) fn names(header: &Header) -> BTreeMap<IdCode, String> {
    let [ScopeItem::Scope(scope)] = &header.items[..] else { panic!("{header:?}") };
    let names = scope.items.iter().filter_map(|item| match item {
        ScopeItem::Var(var) => Some((var.code, var.reference.clone())),
        _ => None,
    });
    names.collect()
}

#[test]
fn every_wire_is_recorded_as_it_moves() {
    // A busy machine may need longer than two seconds.
    let moves = ["2", "8", "32"].iter().any(|seconds| every_wire_moves_within(seconds));
    assert!(moves);
}

/// Records for so long. Returns whether every wire has moved as often as it does in two
/// seconds, at the least.
fn every_wire_moves_within(seconds: &str) -> bool {
    let vcd = text(path("wires.vcd"));
    Station::start(&["--vcd", &vcd, "--for", seconds]).end().well();
    let (counts, last) = changes(&vcd);
    let names: Vec<_> = counts.keys().map(String::as_str).collect();
    let expected = "SCL SDA backlight button dial gps_pps gps_tx knob_a knob_b knob_push \
                    lcd_d4 lcd_d5 lcd_d6 lcd_d7 lcd_e lcd_rs remote";
    assert_eq!(names.join(" "), expected);
    for still in ["button", "knob_a", "knob_b", "knob_push", "remote"] {
        assert_eq!(counts[still], 0, "nobody touches {still}");
    }
    assert_eq!(counts["lcd_e"] % 2, 0);
    println!("in {seconds} s: {counts:?}, the last one at {last} us");
    let data = ["lcd_rs", "lcd_d4", "lcd_d5", "lcd_d6", "lcd_d7"];
    // A character is two pulses; four lines are written at least.
    counts["lcd_e"] > 4 * 20 * 4
        && data.iter().all(|wire| counts[*wire] > 10)
        // Two conversions: a command, and three bytes each, at the least.
        && counts["SCL"] > 2 * 5 * 18
        && counts["SDA"] > 40
        && counts["gps_pps"] >= 2
        // 20 conversions a second.
        && counts["dial"] >= 20
        // As bright as the dial says, at the least.
        && counts["backlight"] >= 1
        // A start bit and a stop bit per byte, at the least.
        && counts["gps_tx"] > 2 * 2 * 400
        && last >= 1_000_000
}

#[test]
fn a_real_line_is_no_wire_of_ours() {
    let (vcd, log) = (text(path("real.vcd")), file("real.log", GGA));
    Station::start(&["--vcd", &vcd, "--for", "0.5", "--gps", &log, "--fast"]).end().well();
    let (counts, _) = changes(&vcd);
    assert!(!counts.contains_key("gps_tx") && counts["lcd_e"] > 0, "{counts:?}");
}

/// Waits until the file at `path` is longer than `len`, and returns its length.
#[track_caller]
fn longer_than(len: u64, path: &str) -> u64 {
    let latest = Instant::now() + PATIENCE;
    loop {
        let now = fs::metadata(path).map_or(0, |known| known.len());
        if now > len {
            return now;
        }
        assert!(Instant::now() < latest, "{path} stays at {now} bytes");
        sleep(Duration::from_millis(1));
    }
}

#[test]
fn the_file_grows_and_is_whole_whenever_the_station_is_killed() {
    // Killed as soon as it has a beginning, and as it grows.
    for times in 0..6 {
        let vcd = text(path(&format!("killed-{times}.vcd")));
        let _ = fs::remove_file(&vcd);
        let mut station = Station::start(&["--vcd", &vcd]);
        let mut len = 0;
        for _ in 0..=times {
            len = longer_than(len, &vcd);
        }
        station.child.kill().unwrap();
        assert_eq!(station.child.wait().unwrap().signal(), Some(9));
        let written = fs::read_to_string(&vcd).unwrap();
        assert!(written.len() as u64 >= len && written.ends_with('\n'), "{written}");
        let (counts, _) = changes(&vcd);
        assert_eq!(counts.len(), 17, "{counts:?}");
        assert!(times < 4 || counts["lcd_e"] > 0, "{counts:?}");
    }
}

#[test]
fn a_file_that_can_grow_no_more_ends_the_station_and_is_whole() {
    let vcd = text(path("limited.vcd"));
    // A process that ignores this signal gets an error for a file of 5 blocks of
    // 512 bytes, and the write before it a part of a line.
    let limited = "trap '' XFSZ; ulimit -f 5; exec \"$0\" \"$@\"";
    let mut command = process::Command::new("sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_station"), "--vcd", &vcd]);
    let ended = Station::run(command).end();
    ended.badly(&format!("{vcd}: File too large (os error 27)"));
    let len = fs::metadata(&vcd).unwrap().len();
    assert!((2_500..=2_560).contains(&len), "{len}");
    assert!(changes(&vcd).0["SCL"] > 0);
}

#[test]
fn a_fifo_is_written_to_as_long_as_it_is_read() {
    let fifo = fifo("vcd-fifo");
    let open = || File::options().read(true).write(true).open(&fifo).unwrap();
    // Opened like this it does not wait for the writer, nor end with it.
    let mut reader = open();
    let ended = Station::start(&["--vcd", &fifo, "--for", "0.3"]).end();
    ended.well();
    let mut vcd = vec![0; 1 << 20];
    let len = reader.read(&mut vcd).unwrap();
    assert!(changes_in(&vcd[..len]).0["lcd_e"] > 0);

    let station = Station::start(&["--vcd", &fifo]);
    assert!(reader.read(&mut vcd).unwrap() > 0);
    drop(reader);
    station.end().badly(&format!("{fifo}: Broken pipe (os error 32)"));
}

#[test]
fn a_fifo_that_nobody_empties_holds_up_nothing() {
    let fifo = fifo("stuck-fifo");
    let _reader = File::options().read(true).write(true).open(&fifo).unwrap();
    let ended = Station::start(&["--vcd", &fifo, "--for", "4"]).end();
    ended.badly(&format!("{fifo}: nobody reads the rest"));
    assert!(ended.count("fix") >= 4, "{:?}", ended.lines);
}
