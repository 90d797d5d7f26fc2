//! The output of a trace.

use std::io;

use embedded_hal::digital::OutputPin;
use embedded_hal::digital::PinState::{High, Low};
use embedded_hal_async::digital::Wait;
use tickwire_sim::{Sim, Trace};
use tickwire_traits::{Duration, Instant, Timer};

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

#[test]
fn a_trace_is_a_vcd_file_that_reads_back() {
    let sim = Sim::new();
    let trace = Trace::new();
    let wire = trace.wire("push button", sim.clock(), High);
    let mut led = trace.wire("led", sim.clock(), Low).output();
    wire.toggle_at(&[3, 4].map(millis));
    let mut pin = wire.input();
    sim.run(async {
        pin.wait_for_low().await.unwrap();
        led.set_high().unwrap();
        pin.wait_for_high().await.unwrap();
    });
    let waveform = [(millis(0), High), (millis(3), Low), (millis(4), High)];
    assert_eq!(trace.waveform("push button"), waveform);
    assert_eq!(trace.waveform("no such"), []);
    let mut file = Vec::new();
    trace.write_vcd(&mut file).unwrap();
    let mut vcd = vcd::Parser::new(&file[..]);
    let header = vcd.parse_header().unwrap();
    let id = header.find_var(&["tickwire", "push_button"]).unwrap().code;
    let led = header.find_var(&["tickwire", "led"]).unwrap().code;
    let commands: Vec<_> = vcd.map(Result::unwrap).collect();
    let changes = [
        vcd::Command::Timestamp(3_000),
        vcd::Command::ChangeScalar(id, vcd::Value::V0),
        vcd::Command::ChangeScalar(led, vcd::Value::V1),
        vcd::Command::Timestamp(4_000),
        vcd::Command::ChangeScalar(id, vcd::Value::V1),
    ];
    // The initial levels have a time, or else readers begin at the first change.
    let initial = [
        vcd::Command::Timestamp(0),
        vcd::Command::Begin(vcd::SimulationCommand::Dumpvars),
        vcd::Command::ChangeScalar(id, vcd::Value::V1),
        vcd::Command::ChangeScalar(led, vcd::Value::V0),
        vcd::Command::End(vcd::SimulationCommand::Dumpvars),
    ];
    assert_eq!(commands, [&initial[..], &changes].concat());
}

#[test]
fn a_change_at_the_very_start_comes_after_the_initial_level() {
    let sim = Sim::new();
    let trace = Trace::new();
    trace.wire("led", sim.clock(), Low).set(High);
    let mut file = Vec::new();
    trace.write_vcd(&mut file).unwrap();
    let file = String::from_utf8(file).unwrap();
    assert!(file.ends_with("#0\n$dumpvars\n0!\n$end\n1!\n"), "{file}");
}

#[test]
fn a_trace_has_what_was_planned_also_if_nobody_looked() {
    let sim = Sim::new();
    let clock = sim.clock();
    let trace = Trace::new();
    // An edge of the second wire moves the first.
    let echo = trace.wire("echo", clock.clone(), Low);
    let trigger = trace.wire("trigger", clock.clone(), Low);
    trigger.on_edge(move |edge| echo.toggle_at(&[edge.at + Duration::from_millis(1)]));
    trigger.toggle_at(&[1, 4].map(millis));
    drop(trigger);
    sim.run(clock.sleep_until(millis(5)));
    assert_eq!(trace.waveform("trigger")[1..], [(millis(1), High), (millis(4), Low)]);
    assert_eq!(trace.waveform("echo")[1..], [(millis(2), High), (millis(5), Low)]);
    trace.wire("late", clock.clone(), Low).toggle_at(&[millis(6), millis(8)]);
    sim.run(clock.sleep_until(millis(7)));
    let mut vcd = Vec::new();
    trace.write_vcd(&mut vcd).unwrap();
    let vcd = String::from_utf8(vcd).unwrap();
    assert!(vcd.contains("#6000\n") && !vcd.contains("#8000\n"), "{vcd}");
}

#[test]
fn signals_of_one_name_and_of_none_are_told_apart() {
    let sim = Sim::new();
    let trace = Trace::new();
    let wires = ["a b", "a_b", "", "a b", ""].map(|name| trace.wire(name, sim.clock(), Low));
    assert!(format!("{:?}", wires[3]).contains("wire `a_b_3`"), "{:?}", wires[3]);
    wires[1].set(High);
    wires[4].set(High);
    let changed =
        ["a b", "a_b", "a_b_2", "a_b_3", "", "__2"].map(|name| trace.waveform(name).len());
    assert_eq!(changed, [1, 0, 2, 1, 1, 2]);
    let mut file = Vec::new();
    trace.write_vcd(&mut file).unwrap();
    let header = vcd::Parser::new(&file[..]).parse_header().unwrap();
    for name in ["a_b", "a_b_2", "a_b_3", "_", "__2"] {
        assert!(header.find_var(&["tickwire", name]).is_some(), "{name}");
    }
}

#[test]
fn a_stream_has_each_change_once_in_whole_lines_and_keeps_none() {
    let sim = Sim::new();
    let clock = sim.clock();
    let trace = Trace::new();
    let (a, b) = (trace.wire("a", clock.clone(), Low), trace.wire("b", clock.clone(), High));
    let probe = trace.probe("probe", Low);
    a.toggle_at(&[1, 3, 5].map(millis));
    b.toggle_at(&[2, 3].map(millis));
    probe.record(millis(4), High); // Ahead of time.
    let mut file = Vec::new();
    let mut stream = trace.stream_vcd(&mut file).unwrap();
    let declared = file.len();
    trace.wire("late", clock.clone(), Low).toggle_at(&[millis(1)]);
    let mut written = |until, file: &mut Vec<u8>| {
        let before = file.len();
        sim.run(clock.sleep_until(millis(until)));
        stream.write_until(millis(until), &mut *file).unwrap();
        String::from_utf8(file[before..].to_vec()).unwrap()
    };
    assert_eq!(written(0, &mut file), "");
    assert_eq!(written(3, &mut file), "#1000\n1!\n#2000\n0\"\n#3000\n0!\n1\"\n");
    assert_eq!(written(3, &mut file), "", "once");
    assert_eq!(trace.waveform("a"), [(millis(3), Low)], "what was before is not kept");
    probe.record(millis(5), Low);
    assert_eq!(written(5, &mut file), "#4000\n1#\n#5000\n0#\n1!\n");
    b.toggle_at(&[millis(5)]); // One more in an instant already written.
    assert_eq!(written(5, &mut file), "0\"\n");
    probe.record(millis(4), High); // Too late.
    assert_eq!(written(6, &mut file), "1#\n");
    assert_eq!(stream.late(), 1);
    assert_eq!(trace.waveform("late").len(), 2);
    let commands = vcd::Parser::new(&file[..]).map(Result::unwrap).count();
    assert_eq!(commands, String::from_utf8(file).unwrap().lines().count());
    assert!(declared > 0);
}

/// A writer that is full after some bytes.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = bytes.len().min(self.0);
        self.0 -= len;
        if len == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(len) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_file_that_cannot_be_written_to_is_an_error_each_time() {
    let sim = Sim::new();
    let trace = Trace::new();
    let wire = trace.wire("a", sim.clock(), Low);
    assert!(trace.stream_vcd(Full(10)).is_err());
    let mut stream = trace.stream_vcd(Full(1_000)).unwrap();
    for level in [High, Low] {
        wire.set(level);
        let error = stream.write_until(Instant::MAX, Full(0)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
