//! Analog sources.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tickwire_sim::analog::{AnalogFault, Fault, Source};
use tickwire_sim::{Sim, SimClock, Stall, Trace, drop_after};
use tickwire_traits::{AnalogInput, Clock, Duration, Instant, Timer};

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

/// Compares the values, by their times in milliseconds, of a source of 1000 steps.
#[track_caller]
fn check(plan: impl FnOnce(&Source<SimClock>), expected: &[(u64, u32)]) {
    let sim = Sim::new();
    let clock = sim.clock();
    let source = Source::new(clock.clone(), 1_000);
    plan(&source);
    for (ms, value) in expected {
        sim.run(clock.sleep_until(millis(*ms)));
        let read = sim.run(source.clone().read());
        assert_eq!((source.value(), read), (*value, Ok(*value)), "at {ms} ms");
    }
}

#[test]
fn lines_lead_from_point_to_point() {
    let points = [(10, 100), (20, 100), (40, 0), (40, 900), (41, 1_000)];
    check(
        |source| source.play(&points.map(|(ms, value)| (millis(ms), value))),
        &[(0, 0), (5, 50), (10, 100), (19, 100), (30, 50), (39, 5), (40, 900), (50, 1_000)],
    );
}

#[test]
fn a_value_is_held_until_its_step() {
    check(
        |source| {
            source.set(7);
            source.set_at(millis(10), 500);
            source.set_at(millis(5), 600); // Not before the one that is planned.
            source.set_at(millis(20), 4);
        },
        &[(0, 7), (9, 7), (10, 600), (19, 600), (20, 4), (99, 4)],
    );
}

#[test]
fn what_is_above_the_full_scale_reads_as_it() {
    check(|source| source.ramp_to(millis(10), 2_000), &[(4, 800), (5, 1_000), (9, 1_000)]);
    check(|source| source.ramp_to(millis(10), u32::MAX), &[(1, 1_000), (10, 1_000)]);
    check(|source| source.ramp_to(Instant::MAX, u32::MAX), &[(1, 0), (86_400_000, 20)]);
}

#[test]
fn a_wave_is_changed_while_it_runs() {
    let sim = Sim::new();
    let clock = sim.clock();
    let source = Source::new(clock.clone(), 1_000);
    let hand = source.clone();
    source.ramp_to(millis(10), 100);
    let at = |ms| {
        sim.run(clock.sleep_until(millis(ms)));
        source.value()
    };
    assert_eq!(at(5), 50);
    hand.ramp_to(millis(20), 0);
    assert_eq!([at(10), at(15)], [100, 50], "added to the end");
    hand.set(800);
    assert_eq!([at(15), at(30)], [800, 800], "the rest is discarded");
    hand.ramp_to(millis(40), 700);
    assert_eq!([at(30), at(35)], [800, 750], "from now on, not from the last point");
}

#[test]
fn noise_is_within_its_limits_and_that_of_its_seed() {
    let readings = |value, seed| {
        let sim = Sim::new();
        let mut source = Source::new(sim.clock(), 1_000);
        source.set(value);
        source.set_noise(seed, 3);
        sim.run(async {
            let mut readings = Vec::new();
            for _ in 0..1_000 {
                readings.push(source.read().await.unwrap());
            }
            readings
        })
    };
    for (value, range) in [(500, 497..=503), (1, 0..=4), (1_000, 997..=1_000)] {
        let seen = readings(value, 1);
        assert!(range.clone().all(|reading| seen.contains(&reading)), "{value}");
        assert!(seen.iter().all(|reading| range.contains(reading)), "{value}");
    }
    assert_eq!(readings(500, 2), readings(500, 2));
    assert_ne!(readings(500, 2), readings(500, 3));
}

#[test]
fn a_conversion_measures_at_its_start() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut source = Source::new(clock.clone(), 1_000);
    source.set_conversion_time(Duration::from_millis(2));
    source.ramp_to(millis(1_000), 1_000);
    assert_eq!(sim.run(source.read()), Ok(0));
    assert_eq!((sim.run(source.read()), clock.now()), (Ok(2), millis(4)));
    assert_eq!(sim.run(drop_after(1, source.read())), None);
    assert_eq!((sim.run(source.read()), clock.now()), (Ok(4), millis(6)), "anew");
    assert_eq!(source.conversions(), 4);
}

#[test]
fn faults_are_those_of_their_conversions() {
    let sim = Sim::new();
    let mut source = Source::new(sim.clock(), 1_000);
    let test = source.clone();
    source.set(5);
    let mut read = || sim.run(source.read());
    read().unwrap();
    test.inject(2, Fault::Error);
    test.inject(3, Fault::Value(1_001));
    let fault = Err(AnalogFault);
    assert_eq!([read(), read(), read(), read(), read()], [Ok(5), Ok(5), fault, Ok(1_001), Ok(5)]);
    test.set_fault(Some(Fault::Error));
    assert_eq!([read(), read()], [fault; 2]);
    test.set_fault(None);
    assert_eq!((read(), test.conversions()), (Ok(5), 9));
}

#[test]
fn a_stall_names_the_conversion_that_never_ends() {
    let sim = Sim::new();
    let mut source = Source::named("knob", sim.clock(), 1_000);
    source.inject(0, Fault::Hang);
    let stalled = catch_unwind(AssertUnwindSafe(|| sim.run(source.read()))).unwrap_err();
    let stall = stalled.downcast_ref::<Stall>().map(ToString::to_string);
    let stall = stall.or_else(|| stalled.downcast_ref::<String>().cloned()).unwrap();
    assert!(stall.contains("never ends, of analog source `knob` after 1 conversions"), "{stall}");
}

#[test]
fn a_trace_has_each_conversion_as_a_number() {
    let sim = Sim::new();
    let clock = sim.clock();
    let trace = Trace::new();
    let mut knob = trace.analog("the knob", clock.clone(), 1_000);
    let mut other = trace.analog("the knob", clock.clone(), 1_000);
    knob.ramp_to(millis(3), 3);
    knob.inject(2, Fault::Error);
    knob.inject(3, Fault::Value(u32::MAX));
    let mut stream = Vec::new();
    let mut file = trace.stream_vcd(&mut stream).unwrap();
    let declared = stream.len();
    sim.run(async {
        for ms in 0..5 {
            clock.sleep_until(millis(ms)).await;
            let _ = knob.read().await;
        }
        other.read().await.unwrap();
    });
    let readings = [(0, 0), (1, 1), (3, u32::MAX), (4, 3)];
    assert_eq!(trace.readings("the knob"), readings.map(|(ms, value)| (millis(ms), value)));
    assert_eq!(trace.readings("the_knob_2"), [(millis(4), 0)], "that of the other");
    assert_eq!((trace.readings("none"), trace.waveform("the knob")), (vec![], vec![]));

    let mut whole = Vec::new();
    trace.write_vcd(&mut whole).unwrap();
    let whole = String::from_utf8(whole).unwrap();
    assert!(whole.contains("$var integer 32 ! the_knob $end\n"), "{whole}");
    let changes = format!("b0 !\n#1000\nb1 !\n#3000\nb{} !\n#4000\nb11 !\nb0 \"\n", "1".repeat(32));
    assert!(whole.ends_with(&format!("$dumpvars\nbx !\nbx \"\n$end\n{changes}")), "{whole}");
    file.write_until(clock.now(), &mut stream).unwrap();
    assert_eq!(String::from_utf8_lossy(&stream[declared..]), changes);
    assert_eq!(trace.readings("the knob"), [(millis(4), 3)], "the last one of the stream");
    assert!(vcd::Parser::new(whole.as_bytes()).all(|command| command.is_ok()));
}
