//! Inputs that fail.

use std::error::Error as _;

use tickwire_drivers::analog_watch::Error;
use tickwire_sim::analog::{AnalogFault, Fault};
use tickwire_sim::at_every_pace;
use tickwire_traits::{Clock, Duration, Elapsed, Instant, Timer};

use crate::rig::{Rig, SETTINGS, told};

const WAVE: &[(u64, u32)] = &[(50, 900), (100, 100), (150, 500)];

/// Each conversion fails once; the changes are the same, or one period late.
#[test]
fn a_failure_at_any_reading_is_returned_and_it_goes_on() {
    let mut whole = Rig::new(SETTINGS);
    whole.play(WAVE);
    let expected = whole.changes(200);
    for (fault, error) in [
        (Fault::Error, Error::Input(AnalogFault)),
        (Fault::Value(1_001), Error::BeyondFullScale(1_001)),
    ] {
        for failing in 0..20 {
            let mut rig = Rig::new(SETTINGS);
            rig.play(WAVE);
            rig.source.inject(failing, fault);
            let Rig { sim, watch, .. } = &mut rig;
            let (mut places, mut errors) = (Vec::new(), Vec::new());
            while sim.clock().now() < Instant::from_millis(200) {
                let clock = sim.clock();
                let end = Instant::from_millis(200);
                match sim.run(clock.timeout_at(end, watch.change())) {
                    Ok(Ok(change)) => places.push(change.place),
                    Ok(Err(error)) => errors.push((error, sim.clock().now())),
                    Err(Elapsed) => {}
                }
            }
            let at = Instant::from_millis(failing * 10);
            assert_eq!(errors, [(error, at)], "reading {failing}");
            let all: Vec<_> = expected.iter().map(|change| change.place).collect();
            assert_eq!(places, all, "{fault:?} at reading {failing}");
            assert_eq!(watch.beyond_full_scale(), u16::from(fault != Fault::Error));
        }
    }
}

#[test]
fn an_input_that_stays_broken_is_read_once_a_period() {
    let mut rig = Rig::new(SETTINGS);
    rig.source.set_fault(Some(Fault::Error));
    let Rig { sim, watch, source, .. } = &mut rig;
    for period in 0..100 {
        assert_eq!(sim.run(watch.leave()), Err(Error::Input(AnalogFault)));
        assert_eq!(sim.clock().now(), Instant::from_millis(period * 10));
    }
    assert_eq!(source.conversions(), 100);
    source.set_fault(None);
    assert_eq!(sim.run(watch.enter()).map(told).unwrap().2, 1_000);
}

#[test]
fn readings_beyond_the_full_scale_are_counted_and_reported_once() {
    let mut rig = Rig::new(SETTINGS.with_mean_of(2));
    let Rig { sim, watch, source, .. } = &mut rig;
    for number in 1..6 {
        source.inject(number, Fault::Value(u32::MAX));
    }
    source.inject(7, Fault::Value(1_001));
    assert_eq!(sim.run(watch.sample()), Err(Error::BeyondFullScale(u32::MAX)));
    let sample = sim.run(watch.sample()).unwrap();
    assert_eq!(
        (sample.value, sample.at, watch.beyond_full_scale()),
        (500, Instant::from_millis(60), 5)
    );
    assert_eq!(sim.run(watch.sample()), Err(Error::BeyondFullScale(1_001)));
    assert_eq!(watch.beyond_full_scale(), 6);
}

#[test]
fn a_mean_goes_on_after_an_error() {
    let mut rig = Rig::new(SETTINGS.with_mean_of(3));
    rig.play(&[(20, 700)]);
    rig.source.inject(1, Fault::Error);
    let Rig { sim, watch, .. } = &mut rig;
    sim.run(watch.sample()).unwrap_err();
    // Of the readings at 0, 20 and 30 ms.
    assert_eq!(sim.run(watch.sample()).map(|sample| sample.value), Ok((500 + 700 + 700 + 1) / 3));
}

#[test]
fn an_input_that_hangs_can_be_given_up_at_every_pace() {
    let outcome = at_every_pace(|sim| {
        let clock = sim.clock();
        let source = tickwire_sim::analog::Source::new(clock.clone(), 1_000);
        source.set(500);
        source.inject(0, Fault::Hang);
        let mut watch =
            tickwire_drivers::analog_watch::AnalogWatch::new(source, clock.clone(), SETTINGS)
                .unwrap();
        sim.run(async {
            let hung = clock.timeout(Duration::from_secs(2), watch.enter()).await;
            (hung, watch.enter().await.map(|sample| sample.value))
        })
    });
    assert_eq!(outcome, (Err(Elapsed), Ok(500)));
}

#[test]
fn errors_say_what_failed() {
    let input = Error::Input(AnalogFault);
    assert_eq!(input.to_string(), "analog input: the conversion failed");
    assert!(input.source().is_some());
    let beyond = Error::<AnalogFault>::BeyondFullScale(1_024);
    assert_eq!(beyond.to_string(), "a reading of 1024 is above the full scale");
    assert!(beyond.source().is_none());
}
