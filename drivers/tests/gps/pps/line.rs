//! The driver on a wire and a serial line, in virtual time.

use embedded_hal::digital::PinState;
use tickwire_drivers::gps::Gps;
use tickwire_drivers::gps::pps::{Event, EventError, Pps, State, Timekeeper, Utc};
use tickwire_sim::models::gps::{self, PulseFaults, Receiver};
use tickwire_sim::{Input, Pace, Sim, SimClock, Wire, impatiently};
use tickwire_traits::{Clock, Duration, Instant};

type Parts = (Gps<Receiver<SimClock>, SimClock>, Pps<Input<SimClock>>, Wire<SimClock>);

fn parts(sim: &Sim, log: Vec<u8>) -> Parts {
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), PinState::Low);
    let line = Receiver::new(clock.clone(), log, 9_600).with_pps(wire.clone());
    (Gps::new(line, clock), Pps::new(wire.input()), wire)
}

/// Plays the log to its end. Returns the state machine, and the time that it gives for 45 s.
async fn played(parts: Parts, impatient: bool) -> (Timekeeper, Option<Utc>) {
    let (mut gps, mut pps, _) = parts;
    loop {
        let event = if impatient {
            impatiently(async || pps.event(&mut gps).await).await
        } else {
            pps.event(&mut gps).await
        };
        match event {
            Ok(_) => {}
            Err(EventError::Receiver(_)) => break,
            Err(error) => panic!("{error}"),
        }
    }
    let utc = pps.keeper().utc_at(Instant::from_micros(45_000_001));
    (*pps.keeper(), utc)
}

/// 2026-06-21T12:00:45.000001Z: the log begins at noon.
const EXPECTED: u64 = 1_782_043_245_000_001;

#[test]
fn the_time_is_that_of_the_log_to_the_microsecond() {
    for impatient in [false, true] {
        let sim = Sim::new();
        let (keeper, utc) = sim.run(played(parts(&sim, gps::demo_log(40)), impatient));
        assert_eq!(utc.map(Utc::unix_micros), Some(EXPECTED), "{utc:?}");
        assert_eq!(keeper.lock(Instant::from_millis(39_100)).state, State::Locked);
        assert_eq!((keeper.counters().missed, keeper.counters().extra), (0, 0));
        assert_eq!(keeper.drift().unwrap().ppb(), 0);
    }
}

/// A sentence that is read a second late cannot be told from one that is sent so late.
#[test]
fn at_any_pace_the_microseconds_are_the_same_and_below_a_second_the_seconds() {
    for pace in Pace::ALL {
        let sim = pace.sim();
        let utc = sim.run(played(parts(&sim, gps::demo_log(40)), false)).1.unwrap();
        assert_eq!(utc.subsec_micros(), 1, "{pace:?}");
        if pace.lateness() < Duration::from_secs(1) {
            assert_eq!(utc.unix_micros(), EXPECTED, "{pace:?}");
        }
    }
}

#[test]
fn a_task_that_is_always_a_second_late_needs_a_latency() {
    let sim = Pace::Late(Duration::from_secs(1)).sim();
    let (mut gps, pps, _) = parts(&sim, gps::demo_log(40));
    let keeper = Timekeeper::new().with_latency(Duration::from_millis(500));
    let mut pps = pps.with_keeper(keeper);
    sim.run(async { while pps.event(&mut gps).await.is_ok() {} });
    let utc = pps.keeper().utc_at(Instant::from_micros(45_000_001));
    assert_eq!(utc.map(Utc::unix_micros), Some(EXPECTED));
}

#[test]
fn a_line_that_failed_once_is_locked_to_again() {
    let sim = Sim::new();
    let clock = sim.clock();
    let (mut gps, mut pps, wire) = parts(&sim, gps::demo_log(120));
    let mut states = Vec::new();
    sim.run(async {
        // A connection that fails, once.
        for _ in 0..60 {
            pps.event(&mut gps).await.unwrap();
        }
        wire.fail_after(0);
        let failed = loop {
            match pps.event(&mut gps).await {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert!(matches!(failed, EventError::Line(_)), "{failed}");
        while let Ok(event) = pps.event(&mut gps).await {
            let state = pps.keeper().lock(clock.now()).state;
            if matches!(event, Event::Pulse(_)) && states.last() != Some(&state) {
                states.push(state);
            }
        }
    });
    assert_eq!(states.last(), Some(&State::Locked));
    let utc = pps.keeper().utc_at(clock.now()).unwrap().unix_micros();
    assert_eq!(utc, EXPECTED - 45_000_001 + clock.now().as_micros());
}

#[test]
fn the_other_edge_is_another_phase() {
    let sim = Sim::new();
    let (mut gps, pps, _) = parts(&sim, gps::demo_log(30));
    let mut pps = pps.with_level(PinState::Low);
    sim.run(async { while pps.event(&mut gps).await.is_ok() {} });
    let utc = pps.keeper().utc_at(Instant::from_micros(45_000_001)).unwrap();
    // A pulse lasts 100 ms.
    assert_eq!(utc.subsec_micros(), 900_001);
}

#[test]
fn a_drifting_clock_and_faulty_pulses_keep_the_time_within_the_jitter() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), PinState::Low);
    let faults =
        PulseFaults { jitter: Duration::from_micros(20), missing: Some(10), doubled: Some(10) };
    let line = Receiver::new(clock.clone(), gps::demo_log(400), 115_200)
        .with_drift_ppb(35_000)
        .with_pulse_faults(faults)
        .with_pps(wire.clone());
    let (mut gps, mut pps) = (Gps::new(line, clock.clone()), Pps::new(wire.input()));
    let mut judged = 0;
    sim.run(async {
        while pps.event(&mut gps).await.is_ok() {
            let now = clock.now();
            if pps.keeper().lock(now).pulses < 32 {
                continue;
            }
            judged += 1;
            let utc = pps.keeper().utc_at(now).unwrap().unix_micros() - (EXPECTED - 45_000_001);
            let true_utc = u128::from(now.as_micros()) * 1_000_000_000 / 1_000_035_000;
            let off = u128::from(utc).abs_diff(true_utc);
            assert!(off <= 22, "{off} µs off at {now:?}");
        }
    });
    let counters = pps.keeper().counters();
    assert!(judged > 2_000 && counters.missed > 20 && counters.extra > 20, "{judged} {counters:?}");
    let drift = pps.keeper().drift().unwrap().ppb();
    assert!((drift - 35_000).abs() < 1_000, "{drift}");
}
