//! What lights show.

use embedded_hal::digital::PinState::{High, Low};
use tickwire_drivers::led::{Brightness, Curve, Led, Program, Step};
use tickwire_sim::{Sim, Trace};
use tickwire_sync::local;
use tickwire_traits::{Clock, Duration, Instant, Timer, race};

use crate::rig::{Lamp, STEPS, TWICE};

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Sets each program at its time in milliseconds; the last one ends the test. Returns the
/// changes, and how often all tasks were polled.
fn shown(programs: &[(u64, Program)], end: u64) -> (Vec<i64>, u64) {
    let sim = Sim::new();
    let lamp = Lamp::new(&sim, Low);
    let mut led = lamp.led(&sim);
    let orders = local::Message::<Program>::new();
    let mut listener = orders.listener();
    let clock = sim.clock();
    let other = async {
        for (at, program) in programs {
            clock.sleep_until(Instant::from_millis(*at)).await;
            orders.set(*program);
        }
        clock.sleep_until(Instant::from_millis(end)).await;
    };
    sim.run(race(led.run(async || listener.next().await), other));
    (lamp.changes(), sim.polls())
}

#[track_caller]
fn check(programs: &[(u64, Program)], end: u64, expected: &[i64]) {
    assert_eq!(shown(programs, end).0, expected);
}

#[test]
fn programs_are_changed_while_they_run() {
    let flash = Program::flash(ms(100));
    check(&[], 1_000, &[]);
    check(&[(10, Program::ON), (30, Program::OFF)], 1_000, &[10, -30]);
    check(&[(10, flash), (85, Program::ON)], 1_000, &[10, -60, 85]);
    check(&[(10, flash), (85, Program::OFF)], 1_000, &[10, -60]);
    check(&[(10, flash), (85, TWICE)], 140, &[10, -60, 85, -95, 105, -115, 135]);
    check(&[(10, TWICE), (25, Program::once(STEPS))], 1_000, &[10, -20, 25, -35, 45, -55]);
    // A program that is set again begins again.
    check(&[(10, flash), (40, flash)], 120, &[10, -90]);
}

#[test]
fn a_light_is_polled_when_it_changes() {
    let (_, none) = shown(&[], 3_600_000);
    let (_, still) = shown(&[(0, Program::ON)], 3_600_000);
    let (changes, flashing) = shown(&[(0, Program::flash(ms(1_000)))], 3_600_000);
    // The two tasks are one, which is polled for either.
    assert_eq!((none, still), (2, 3));
    assert_eq!(flashing as usize, changes.len() + 1);
}

#[test]
fn a_program_that_ends_is_played_to_its_end() {
    for (program, end, expected) in [
        (Program::ON, 0, &[][..]),
        (Program::OFF, 0, &[0]),
        (Program::once(&[]), 0, &[0]),
        (Program::once(STEPS), 50, &[-10, 20, -30]),
        (Program::fade(Brightness::FULL, Duration::from_millis(70)), 70, &[]),
        (Program::fade(Brightness::OFF, Duration::from_millis(70)), 70, &[0]),
    ] {
        let sim = Sim::new();
        let lamp = Lamp::new(&sim, High);
        sim.run(lamp.led(&sim).play(program)).unwrap();
        assert_eq!(sim.clock().now(), Instant::from_millis(end), "{program:?}");
        assert_eq!(lamp.changes(), expected, "{program:?}");
    }
}

#[test]
fn a_light_may_be_lit_by_a_low_level() {
    let sim = Sim::new();
    let lamp = Lamp::new(&sim, High);
    let mut led = lamp.led(&sim).with_lit(Low);
    for (program, level) in [(Program::ON, Low), (Program::OFF, High)] {
        sim.run(led.play(program)).unwrap();
        assert_eq!(lamp.wire.level(), level);
    }
}

#[test]
fn a_channel_is_written_at_each_step_of_a_fade() {
    let sim = Sim::new();
    let trace = Trace::new();
    let channel = trace.pwm("light", sim.clock(), 100);
    let mut led = Led::dimmed(channel, sim.clock()).with_curve(Curve::Linear);
    const UP_AND_DOWN: Program = Program::once(&[
        Step::fade(Brightness::FULL, Duration::from_millis(40)),
        Step::at(Brightness::percent(60), Duration::from_millis(100)),
        Step::fade(Brightness::OFF, Duration::from_millis(30)),
    ]);
    sim.run(led.play(UP_AND_DOWN)).unwrap();
    let expected = [(0, 0), (10, 25), (20, 50), (30, 75), (40, 60), (150, 40), (160, 20), (170, 0)];
    let duties = &trace.readings("light")[1..];
    let seen: Vec<_> = duties.iter().map(|(at, duty)| (at.as_micros() / 1_000, *duty)).collect();
    assert_eq!(seen, expected);
    assert_eq!(led.brightness(), Brightness::OFF);
}
