//! The recording of the wires.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;

use vcd::{Command, ScopeItem, SimulationCommand};

use crate::{GGA, Station, file, path, text};

/// How often each signal changes, and the time of the last change.
fn changes(file: &str) -> (BTreeMap<String, usize>, u64) {
    let mut vcd = vcd::Parser::new(BufReader::new(File::open(file).unwrap()));
    let header = vcd.parse_header().unwrap();
    assert_eq!(header.timescale, Some((1, vcd::TimescaleUnit::US)));
    let [ScopeItem::Scope(scope)] = &header.items[..] else { panic!("{header:?}") };
    let names: BTreeMap<_, _> = scope
        .items
        .iter()
        .filter_map(|item| match item {
            ScopeItem::Var(var) => Some((var.code, var.reference.clone())),
            _ => None,
        })
        .collect();
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
            Command::ChangeScalar(id, _) if begun => *counts.get_mut(&names[&id]).unwrap() += 1,
            _ => {}
        }
    }
    (counts, now)
}

#[test]
fn every_wire_is_recorded_as_it_moves() {
    let vcd = text(path("wires.vcd"));
    Station::start(&["--vcd", &vcd, "--for", "2"]).end().well();
    let (counts, last) = changes(&vcd);
    let names: Vec<_> = counts.keys().map(String::as_str).collect();
    let expected = "SCL SDA button gps_pps gps_tx lcd_d4 lcd_d5 lcd_d6 lcd_d7 lcd_e lcd_rs";
    assert_eq!(names.join(" "), expected);
    assert_eq!(counts["button"], 0, "nobody presses it");
    // A character is two pulses; four lines are written at least.
    assert!(counts["lcd_e"] > 4 * 20 * 4, "{counts:?}");
    assert_eq!(counts["lcd_e"] % 2, 0);
    for moving in ["lcd_rs", "lcd_d4", "lcd_d5", "lcd_d6", "lcd_d7"] {
        assert!(counts[moving] > 10, "{counts:?}");
    }
    // Two conversions: a command, and three bytes each, at the least.
    assert!(counts["SCL"] > 2 * 5 * 18 && counts["SDA"] > 40, "{counts:?}");
    assert!(counts["gps_pps"] >= 2, "{counts:?}");
    // A start bit and a stop bit a byte, at the least.
    assert!(counts["gps_tx"] > 2 * 2 * 400, "{counts:?}");
    assert!((1_000_000..3_000_000).contains(&last), "{last}");
}

#[test]
fn a_real_line_is_no_wire_of_ours() {
    let (vcd, log) = (text(path("real.vcd")), file("real.log", GGA));
    Station::start(&["--vcd", &vcd, "--for", "0.5", "--gps", &log, "--fast"]).end().well();
    let (counts, _) = changes(&vcd);
    assert!(!counts.contains_key("gps_tx") && counts["lcd_e"] > 0, "{counts:?}");
}
