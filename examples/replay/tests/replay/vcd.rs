//! Captures as VCD files.

use embedded_hal::digital::PinState;
use tickwire_sim::{Sim, Trace};
use tickwire_traits::{Duration, Instant};

use crate::{file, lines, replay, replayed};

/// A file with these definitions and changes.
fn vcd(definitions: &str, changes: &str) -> String {
    format!("$timescale 1 us $end\n{definitions}\n$enddefinitions $end\n{changes}\n")
}

const ONE: &str = "$scope module top $end $var wire 1 ! key $end $upscope $end";

#[track_caller]
fn check(name: &str, capture: &str, signal: &str, expected: &str) {
    let capture = file(&format!("{name}.vcd"), capture);
    assert_eq!(replayed("switch", &capture, &format!("--signal {signal}")), lines(expected));
}

/// It ends with this status and one line that says so.
#[track_caller]
fn refused(status: i32, name: &str, capture: &str, signal: &str, expected: &str) {
    let capture = file(&format!("refused-{name}.vcd"), capture);
    let ran = replay(["switch", capture.to_str().unwrap(), "--signal", signal]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(status), ""));
    assert_eq!(ran.err, format!("replay: {}: {expected}\n", capture.display()));
}

#[test]
fn a_trace_of_the_simulator_comes_back() {
    let sim = Sim::new();
    let trace = Trace::new();
    let _other = trace.wire("other", sim.clock(), PinState::Low);
    let wire = trace.wire("key", sim.clock(), PinState::High);
    wire.toggle_at(&[120, 123, 126, 300].map(Instant::from_millis));
    sim.run(tickwire_traits::Timer::sleep(&sim.clock(), Duration::from_secs(1)));
    let mut written = Vec::new();
    trace.write_vcd(&mut written).unwrap();
    check("trace", &String::from_utf8(written).unwrap(), "key", "120000 close, 300000 open");
}

#[test]
fn every_timescale_is_taken_as_microseconds() {
    for (n, (timescale, close, open)) in [
        ("1 us", "120000", "300000"),
        ("10 ns", "12000000", "30000099"), // What is less than a microsecond is cut off.
        ("100ps", "1200009999", "3000000000"),
        ("1 fs", "120000000000000", "300000000000000"),
        ("1 ms", "120", "300"),
    ]
    .into_iter()
    .enumerate()
    {
        let capture = format!(
            "$timescale {timescale} $end {ONE} $enddefinitions $end #0 1! #{close} 0! #{open} 1!"
        );
        check(&format!("timescale-{n}"), &capture, "key", "120000 close, 300000 open");
    }
    let seconds = format!("$timescale 1 s $end {ONE} $enddefinitions $end #0 1! #7 0!");
    check("timescale-s", &seconds, "key", "7000000 close");
}

#[test]
fn a_signal_is_found_by_its_name_or_its_path() {
    let two = "$scope module a $end $var wire 1 ! key $end $upscope $end
        $scope module b $end $scope module c $end $var wire 1 % key $end $upscope $end $upscope $end
        $scope module d $end $var wire 1 & up $end $upscope $end
        $scope module e $end $var wire 1 % also $end $var wire 1 % up.c $end $upscope $end
        $scope module f $end $var wire 1 & up $end $upscope $end";
    let capture = vcd(two, "#0 1! 1% 1& #10 0! #100000 0% #200000 0& #300000 1% 1! 1&");
    check("path-a", &capture, "a.key", "10 close, 300000 open");
    check("path-b", &capture, "b.c.key", "100000 close, 300000 open");
    check("alias", &capture, "also", "100000 close, 300000 open");
    check("dotted", &capture, "up.c", "100000 close, 300000 open");
    // The same wire, seen in two scopes.
    check("through", &capture, "up", "200000 close, 300000 open");
    check("number", &capture, "2", "100000 close, 300000 open");
    let several = "there are several signals \"key\": name it with its scopes";
    refused(2, "several", &capture, "key", several);
    refused(
        2,
        "none",
        &vcd(ONE, ""),
        "a.key",
        "there is no signal \"a.key\"; signals: 1 \"top.key\"",
    );
}

#[test]
fn the_only_signal_need_not_be_named() {
    let capture = file("only.vcd", vcd(ONE, "#0 1! #10 0!"));
    assert_eq!(replayed("switch", &capture, ""), lines("10 close"));
}

#[test]
fn a_vcd_file_is_known_by_what_it_begins_with() {
    for (name, start) in [("bom", "\u{feff}"), ("blank", "\r\n \t")] {
        let capture =
            file(&format!("vcd-{name}.txt"), format!("{start}{}", vcd(ONE, "#0 1! #10 0!")));
        assert_eq!(replayed("switch", &capture, "--signal key"), lines("10 close"), "{name}");
    }
}

/// NMEA logs begin with that byte, too.
#[test]
fn a_file_that_is_taken_for_vcd_by_its_first_byte_says_so() {
    let other = file("first-byte.txt", "$1 2\n");
    let ran = replay(["switch", other.to_str().unwrap()]);
    let expected = "taken for a VCD file because it begins with $: line 1: ";
    assert!(ran.err.contains(expected), "{}", ran.err);

    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/captures/walk.nmea");
    for kind in ["switch", "button"] {
        let ran = replay([kind, log]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
        let expected = format!("replay: {log}: NMEA text, not a capture: nmea reads it without ");
        assert!(ran.err.starts_with(&expected), "{}", ran.err);
    }
    // Not of one that is called so.
    refused(1, "called-so", "$GPRMC", "key", "line 1: unknown command: \"$GPRMC\"");
}

/// What is held is held until the last time in the file.
#[test]
fn a_capture_lasts_until_its_last_time() {
    let capture = file("lasts.vcd", vcd(ONE, "#0 1! #10 0! #2000000"));
    let expected = "10 press, 1000010 long, 1400010 repeat, 1800010 repeat, 2200010 repeat,
        2600010 repeat, 3000010 repeat";
    assert_eq!(replayed("button", &capture, "--repeat 400"), lines(expected));
}

#[test]
fn a_bit_of_a_bus_has_its_index() {
    let bus = "$var wire 1 ! d [0] $end $var wire 1 % d [1] $end";
    let capture = vcd(bus, "#0 1! 1% #10 0! #20 0%");
    check("index-0", &capture, "d[0]", "10 close");
    check("index-1", &capture, "d[1]", "20 close");
}

#[test]
fn unknown_and_floating_levels_leave_it_as_it_was() {
    let capture = vcd(ONE, "$dumpvars x! $end #5 1! #9 z! #100 0! #200 x! #100000 1!");
    check("unknown", &capture, "key", "100 close, 100000 open");
}

#[test]
fn a_bit_may_be_written_as_a_vector() {
    check("bit", &vcd(ONE, "#0 b1 ! #7 b0 ! #100000 b1 !"), "key", "7 close, 100000 open");
}

#[test]
fn what_is_no_signal_is_refused() {
    let bus = "$scope module top $end $var wire 8 ! key $end $upscope $end";
    refused(2, "vector", &vcd(bus, "#0 b00000001 !"), "key", "signal \"key\" has 8 bits");
    let no_scale = format!("{ONE} $enddefinitions $end #0 1!");
    refused(1, "no-timescale", &no_scale, "key", "it has no timescale");
    let back = "line 6: time goes back: \"#8\"";
    refused(1, "back", &vcd(ONE, "#0 1!\n#9 1!\n#8 0!"), "key", back);
    let late = "line 4: too late: \"#18446744073709551615\"";
    refused(1, "late", &vcd(ONE, "#18446744073709551615 0!"), "key", late);
}

#[test]
fn what_is_no_vcd_file_is_refused_by_line() {
    let refused =
        |name: &str, capture: &str, expected: &str| refused(1, name, capture, "key", expected);
    let start = "unexpected character at start of command";
    refused("no-command", "$timescale 1 us $end\n?", &format!("line 2: {start}: \"?\""));
    refused("no-text", "\u{fffd}\n", &format!("line 1: {start}: \"\u{fffd}\""));
    let no_time = "line 5: invalid digit found in string: \"#x\"";
    refused("no-time", &vcd(ONE, "#0 1!\n#x"), no_time);
    refused("cut", &vcd(ONE, "#0 1!\n#9 1!\n#"), "line 8: unexpected end of VCD file: \"\"");
    refused("empty", "", "the file ends before $enddefinitions");
    refused("early", "$timescale 1 us $end\n1!", "line 2: no definition: \"1!\"");
    let comment = format!("$comment\n{}", "x".repeat(1 << 20));
    let too_long = format!("line 2: a command of more than 1048576 bytes: \"{}\"…", "x".repeat(40));
    refused("long", &comment, &too_long);
    let scopes = "$scope module a $end\n".repeat(101);
    refused("deep", &scopes, "line 101: scopes are too deep");
}
