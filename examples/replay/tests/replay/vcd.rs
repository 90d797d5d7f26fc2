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

/// It ends with status 2 and one line that says so.
#[track_caller]
fn refused(name: &str, capture: &str, signal: &str, expected: &str) {
    let capture = file(&format!("refused-{name}.vcd"), capture);
    let ran = replay(["switch", capture.to_str().unwrap(), "--signal", signal]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
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
    refused("several", &capture, "key", "there are several signals `key`: name it with its scopes");
    refused("none", &capture, "c.key", "there is no signal `c.key`");
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
    refused("vector", &vcd(bus, "#0 b00000001 !"), "key", "signal `key` has 8 bits");
    let no_scale = format!("{ONE} $enddefinitions $end #0 1!");
    refused("no-timescale", &no_scale, "key", "it has no timescale");
    refused("back", &vcd(ONE, "#0 1!\n#9 0!\n#8 1!"), "key", "line 6: time goes back");
    refused("late", &vcd(ONE, "#18446744073709551615 0!"), "key", "line 4: too late");
}

#[test]
fn what_is_no_vcd_file_is_refused_by_line() {
    let start = "unexpected character at start of command at line";
    refused("no-command", "$timescale 1 us $end\n?", "key", &format!("{start} 2"));
    refused("no-text", "\u{fffd}\n", "key", &format!("{start} 1"));
    refused("no-time", &vcd(ONE, "#0 1!\n#x"), "key", "invalid digit found in string at line 5");
    refused("cut", &vcd(ONE, "#0 1!\n#9 0!\n#"), "key", "unexpected end of VCD file");
    refused("empty", "", "key", "unexpected end of VCD file before $enddefinitions");
}
