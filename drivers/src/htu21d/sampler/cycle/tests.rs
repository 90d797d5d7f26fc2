//! The machine, by tables of events and times in ms.

extern crate std;

use std::vec::Vec;

use Event::{Done, Failed, Humidity, Register, Temperature};

use super::*;
use crate::htu21d::Resolution;

const T: Event = Temperature(CentiCelsius(2_381));
const RH: Event = Humidity(CentiPercent(5_072));
/// At power-on, and with the finest resolution.
const FRESH: Event = Register(UserRegister(0x02));

#[test]
fn a_sensor_is_reset_and_configured_once_and_measured_each_period() {
    let names = check(
        Cycle::new(),
        &[
            (5, Done, "reset", 0),
            (20, Done, "configure", 0),
            (21, Done, "temperature", 0),
            (70, T, "humidity", 0),
            (86, RH, "check", 0),
            (87, FRESH, "rest", 10_021),
            (10_022, Done, "temperature", 10_021),
            (10_060, T, "humidity", 10_021),
            (10_076, RH, "check", 10_021),
            (10_077, FRESH, "rest", 20_021),
        ],
    );
    assert_eq!(names, [sample(21), sample(10_022)]);
}

#[test]
fn the_first_failure_is_retried_at_once_and_others_after_a_pause() {
    let names = check(
        Cycle::new(),
        &[
            (0, Done, "reset", 0),
            (90, Failed, "rest", 90),
            (90, Done, "reset", 90),
            (180, Failed, "rest", 1_180),
            (1_180, Done, "reset", 1_180),
            (1_200, Done, "configure", 1_180),
            (1_290, Failed, "rest", 2_290),
            (2_290, Done, "reset", 2_290),
            (2_310, Done, "configure", 2_290),
            (2_311, Done, "temperature", 2_290),
            (2_350, T, "humidity", 2_290),
            (2_370, RH, "check", 2_290),
            (2_371, FRESH, "rest", 12_311),
            // Delays do not add up.
            (12_311, Done, "temperature", 12_311),
            (12_400, Failed, "rest", 12_400),
            (12_400, Done, "reset", 12_400),
            (12_420, Done, "configure", 12_400),
            (12_430, Done, "temperature", 12_400),
            (12_480, T, "humidity", 12_400),
            (12_500, RH, "check", 12_400),
            (12_501, FRESH, "rest", 22_311),
        ],
    );
    assert_eq!(names, [sample(2_311), sample(12_430)]);
}

#[test]
fn a_failure_in_any_step_begins_with_a_reset() {
    let steps = [Done, Done, Done, T, RH, FRESH];
    for failing in 0..steps.len() {
        let mut cycle = Cycle::new();
        for event in &steps[..failing] {
            assert_eq!(cycle.event(*event, Instant::EPOCH), None);
        }
        assert_eq!(cycle.event(Failed, Instant::EPOCH), None);
        assert_eq!((cycle.step(), cycle.failures), (Step::Rest, 1), "{failing}");
        cycle.event(Done, Instant::EPOCH);
        assert_eq!(cycle.step(), Step::Reset, "{failing}");
    }
}

#[test]
fn settings_that_are_lost_are_no_sample_and_are_applied_again() {
    let mut cycle = Cycle::new();
    cycle.settings = Settings::new().with_resolution(Resolution::Rh8T12);
    let kept = Register(UserRegister(0x03));
    let names = check(
        cycle,
        &[
            (0, Done, "reset", 0),
            (0, Done, "configure", 0),
            (0, Done, "temperature", 0),
            (10, T, "humidity", 0),
            (20, RH, "check", 0),
            (20, FRESH, "rest", 20),
            (20, Done, "reset", 20),
            (35, Done, "configure", 20),
            (35, Done, "temperature", 20),
            (45, T, "humidity", 20),
            (55, RH, "check", 20),
            (55, kept, "rest", 10_000),
        ],
    );
    assert_eq!(names, [Output::Lost, sample(35)]);
}

#[test]
fn after_a_measurement_longer_than_its_period_the_sensor_rests_for_one() {
    let cycle = Cycle { period: Duration::from_millis(100), ..Cycle::new() };
    let measured = [(0, Done, "reset", 0), (0, Done, "configure", 0), (0, Done, "temperature", 0)];
    let late = [(350, T, "humidity", 0), (350, RH, "check", 0), (400, FRESH, "rest", 500)];
    check(cycle, &[measured, late].concat());
    // A period of zero is no rest.
    let cycle = Cycle { period: Duration::ZERO, ..Cycle::new() };
    let at_once = [(0, T, "humidity", 0), (0, RH, "check", 0), (0, FRESH, "rest", 0)];
    check(cycle, &[measured, at_once].concat());
}

#[test]
fn a_measurement_of_a_call_long_dropped_is_begun_anew() {
    for (events, ms, old) in [
        (&[Done][..], 60_000, false),
        (&[Done, Done, Done], 10_000, false),
        (&[Done, Done, Done], 10_001, true),
        (&[Done, Done, Done, T], 10_001, true),
        (&[Done, Done, Done, T, RH], 10_001, true),
        (&[Done, Done, Done, T, RH, FRESH], 60_000, false),
    ] {
        let mut cycle = Cycle::new();
        for event in events {
            cycle.event(*event, Instant::EPOCH);
        }
        let (before, now) = (cycle.step(), Instant::from_millis(ms));
        assert_eq!(cycle.resume(now), old, "{events:?}");
        let expected = if old { Step::Temperature { since: now } } else { before };
        assert_eq!(cycle.step(), expected, "{events:?}");
    }
}

/// Every sequence of six events: the machine never stops, and a sample needs a measurement of both
/// quantities since the last failure.
#[test]
fn any_event_at_any_time_leads_on() {
    let events = [Done, T, RH, FRESH, Register(UserRegister(0xff)), Failed];
    for mut number in 0..6_u32.pow(6) {
        let mut cycle = Cycle::new();
        let mut seen = Vec::new();
        for ms in 0..6 {
            let event = events[number as usize % 6];
            number /= 6;
            seen.push(event);
            let output = cycle.event(event, Instant::from_millis(ms * 700));
            if let Some(Output::Sample(_)) = output {
                assert_eq!(seen, [Done, Done, Done, T, RH, FRESH]);
            }
        }
    }
}

fn sample(since_ms: u64) -> Output {
    let measurement =
        Measurement { temperature: CentiCelsius(2_381), humidity: CentiPercent(5_072) };
    let at = Instant::from_millis(since_ms);
    Output::Sample(Sample { measurement, at, battery_low: false })
}

/// Sends events, and compares the step and the end of the rest after each. Returns the outputs.
#[track_caller]
fn check(mut cycle: Cycle, events: &[(u64, Event, &str, u64)]) -> Vec<Output> {
    let mut outputs = Vec::new();
    for (ms, event, step, due_ms) in events {
        outputs.extend(cycle.event(*event, Instant::from_millis(*ms)));
        let name = match cycle.step() {
            Step::Rest => "rest",
            Step::Reset => "reset",
            Step::Configure => "configure",
            Step::Temperature { .. } => "temperature",
            Step::Humidity { .. } => "humidity",
            Step::Check { .. } => "check",
        };
        assert_eq!((name, cycle.due().as_millis()), (*step, *due_ms), "after {event:?} at {ms}");
    }
    outputs
}
