//! A healthy sensor on a late executor.

use tickwire_drivers::htu21d::Error;
use tickwire_sim::Pace;
use tickwire_sim::i2c::Fault;
use tickwire_traits::{Clock, Duration};

use crate::rig::{Clean, METHODS, Rig};

#[test]
fn a_healthy_sensor_answers_at_every_pace() {
    for pace in Pace::ALL {
        for method in METHODS {
            let clean = Clean::of(*method, Rig::timed());
            let mut rig = Rig::at(pace);
            for call in 1..=20 {
                let context = format!("{} at {pace:?}, call {call}", method.0);
                let answer = rig.sim.run(method.1(&mut rig.sensor));
                let answer = answer.unwrap_or_else(|error| panic!("{context}: {error}"));
                clean.check(&answer, &rig, &context);
            }
        }
    }
}

#[test]
fn a_stuck_bus_is_reported_at_every_pace() {
    for pace in Pace::ALL {
        // 35 waits of a millisecond, each of which may end late; and the first poll.
        let most = (Duration::from_millis(1) + pace.lateness()) * 35 + pace.lateness();
        for method in METHODS {
            let mut rig = Rig::at(pace);
            rig.faults.set(Some(Fault::Hang));
            let began = rig.clock.now();
            let error = rig.sim.run(method.1(&mut rig.sensor)).unwrap_err();
            let took = rig.clock.now() - began;
            assert_eq!(error, Error::Timeout, "{} at {pace:?}", method.0);
            assert!(took >= Duration::from_millis(35), "{} at {pace:?}: {took:?}", method.0);
            assert!(took <= most, "{} at {pace:?}: {took:?}", method.0);
        }
    }
}
