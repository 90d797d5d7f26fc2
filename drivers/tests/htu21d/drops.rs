//! Every method dropped at every wait.

use tickwire_drivers::htu21d::{CentiCelsius, Error};
use tickwire_sim::{drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::rig::{Answer, Clean, METHODS, Method, Rig};

#[test]
fn a_call_that_is_dropped_anywhere_can_be_made_again() {
    for rig in [Rig::new, Rig::timed] {
        for method in METHODS {
            let clean = Clean::of(*method, rig());
            let mut drops = 0;
            for polls in 1.. {
                let context = format!("{} dropped after {polls} polls", method.0);
                let mut first = rig();
                if first.sim.run(drop_after(polls, method.1(&mut first.sensor))).is_some() {
                    break;
                }
                drops += 1;
                // Immediately, and after a request for another quantity.
                for between in [None, Some(METHODS[0]), Some(METHODS[1])] {
                    let mut rig = rig();
                    rig.sim.run(drop_after(polls, method.1(&mut rig.sensor)));
                    for again in between.into_iter().chain([*method]) {
                        let answer = rig
                            .call(again, Duration::from_millis(250))
                            .unwrap_or_else(|error| panic!("{context}, {}: {error}", again.0));
                        if again.0 == method.0 {
                            clean.check(&answer, &rig, &context);
                        }
                    }
                }
            }
            // Only methods without waits cannot be dropped.
            let waits = ["temperature", "humidity", "measure", "soft_reset"];
            assert!(drops > 0 || !waits.contains(&method.0), "{}", method.0);
        }
    }
}

#[test]
fn a_call_that_is_dropped_at_every_wait_makes_progress() {
    // Without a clock, a measurement has to bound the age of its temperature itself.
    for method in METHODS.iter().filter(|method| method.0 != "measure") {
        let clean = Clean::of(*method, Rig::new());
        let mut rig = Rig::new();
        let answer = insist(&mut rig, *method).unwrap();
        clean.check(&answer, &rig, method.0);
        // Without starting anew: it takes as long as the sensor, rounded up to the next
        // poll.
        assert!(rig.clock.now() <= Instant::from_millis(70), "{}", method.0);
    }
}

#[test]
fn a_measurement_that_is_dropped_every_3_ms_makes_progress() {
    let mut rig = Rig::timed();
    let clock = rig.clock.clone();
    let measured = rig.sim.run(async {
        for _ in 0..40 {
            let call = clock.timeout(Duration::from_millis(3), rig.sensor.measure());
            if let Ok(measured) = call.await {
                return Some(measured.unwrap().temperature);
            }
        }
        None
    });
    assert_eq!(measured, Some(CentiCelsius(2381)));
    assert_eq!(rig.model.borrow().counts().commands, 2);
    assert!(rig.clock.now() <= Instant::from_millis(90), "{:?}", rig.clock.now());
}

#[test]
fn a_humidity_is_not_paired_with_a_temperature_of_a_call_long_dropped() {
    for rig in [Rig::new, Rig::timed] {
        for polls in 1.. {
            let mut rig = rig();
            if rig.sim.run(drop_after(polls, rig.sensor.measure())).is_some() {
                assert!(polls > 2);
                break;
            }
            rig.sim.run(rig.clock.sleep(Duration::from_secs(3_600)));
            rig.model.borrow_mut().set_temperature(-1_500);
            rig.model.borrow_mut().set_humidity(1_000);
            let measured = rig.sim.run(rig.sensor.measure()).unwrap();
            let pair = (measured.temperature.0, measured.humidity.0 / 100);
            assert!([(2381, 50), (-1500, 10), (-1500, 9)].contains(&pair), "{polls}: {pair:?}");
        }
    }
}

#[test]
fn a_temperature_is_forgotten_by_a_humidity_of_its_own() {
    let mut rig = Rig::new();
    // Dropped while it waits for the humidity, with the temperature already taken.
    let mut polls = 1;
    while rig.sim.run(drop_after(polls, rig.sensor.measure())).is_none() {
        rig.sim.run(rig.sensor.humidity()).unwrap();
        rig.model.borrow_mut().set_temperature(-1_500);
        // Begun and dropped: a measurement may use this humidity, but not with that
        // temperature.
        let _ = rig.sim.run(drop_after(2, rig.sensor.humidity()));
        let measured = rig.sim.run(rig.sensor.measure()).unwrap();
        assert_eq!(measured.temperature.0, -1_500, "dropped at {polls}");
        rig = Rig::new();
        polls += 1;
    }
    assert!(polls > 3);
}

#[test]
fn who_drops_every_wait_still_hears_that_the_sensor_is_dead_or_gone() {
    for method in METHODS {
        let mut rig = Rig::new();
        rig.model.borrow_mut().unplug();
        let answer = insist(&mut rig, *method);
        assert!(matches!(answer, Err(Error::Bus(_))), "{}", method.0);
    }
    for method in &METHODS[..3] {
        let mut rig = Rig::new();
        rig.model.borrow_mut().set_dead(true);
        let answer = insist(&mut rig, *method);
        assert_eq!(answer, Err(Error::NotReady), "{}", method.0);
    }
}

#[test]
fn nobody_is_told_too_early_that_the_sensor_is_dead() {
    // A caller that drops every call after 500 µs, which is enough for one transfer.
    let mut rig = Rig::timed();
    rig.model.borrow_mut().set_conversion_time(Some(Duration::from_millis(85)));
    let clock = rig.clock.clone();
    let temperature = rig.sim.run(async {
        for _ in 0..500 {
            let look = clock.timeout(Duration::from_micros(500), rig.sensor.temperature());
            if let Ok(answer) = look.await {
                return Some(answer);
            }
        }
        None
    });
    assert_eq!(temperature, Some(Ok(CentiCelsius(2381))));
    assert!(rig.clock.now() < Instant::from_millis(87));
}

#[test]
fn the_next_call_takes_the_result_of_a_dropped_one_unless_told_to_forget_it() {
    for (forget, expected) in [(false, 2381), (true, -1500)] {
        let mut rig = Rig::new();
        assert!(rig.sim.run(drop_after(1, rig.sensor.temperature())).is_none());
        rig.model.borrow_mut().set_temperature(-1_500);
        rig.sim.run(rig.clock.sleep(Duration::from_secs(60)));
        if forget {
            rig.sensor.forget();
        }
        assert_eq!(rig.sim.run(rig.sensor.temperature()), Ok(CentiCelsius(expected)));
    }
}

/// Calls a method and drops it at each of its waits, for ten seconds at most.
#[track_caller]
fn insist(rig: &mut Rig, (name, method): Method) -> Answer {
    let Rig { sim, clock, sensor, .. } = rig;
    let calls = impatiently(async || method(sensor).await);
    let answer = sim.run(clock.timeout(Duration::from_secs(10), calls));
    answer.unwrap_or_else(|_| panic!("{name} makes no progress"))
}
