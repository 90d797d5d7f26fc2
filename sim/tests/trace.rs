//! What a trace tells.

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
    assert_eq!(trace.waveform("push button"), [(millis(3), Low), (millis(4), High)]);
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
    // The initial levels have a time, or readers begin at the first change.
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
    // What is on the second wire moves the first.
    let echo = trace.wire("echo", clock.clone(), Low);
    let trigger = trace.wire("trigger", clock.clone(), Low);
    trigger.on_edge(move |edge| echo.toggle_at(&[edge.at + Duration::from_millis(1)]));
    trigger.toggle_at(&[1, 4].map(millis));
    drop(trigger);
    sim.run(clock.sleep_until(millis(5)));
    assert_eq!(trace.waveform("trigger"), [(millis(1), High), (millis(4), Low)]);
    assert_eq!(trace.waveform("echo"), [(millis(2), High), (millis(5), Low)]);
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
    assert_eq!(changed, [0, 0, 1, 0, 0, 1]);
    let mut file = Vec::new();
    trace.write_vcd(&mut file).unwrap();
    let header = vcd::Parser::new(&file[..]).parse_header().unwrap();
    for name in ["a_b", "a_b_2", "a_b_3", "_", "__2"] {
        assert!(header.find_var(&["tickwire", name]).is_some(), "{name}");
    }
}
