//! What a watch reports.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;

use embedded_hal::digital::PinState::High;
use futures_util::StreamExt;
use tickwire_drivers::analog_watch::Place::{Inside, Outside};
use tickwire_drivers::analog_watch::{AnalogWatch, Band, InvalidSettings, Settings};
use tickwire_drivers::mcp3008::{Input, Mcp3008};
use tickwire_sim::{Sim, Wire, models, spi};
use tickwire_sync::local;
use tickwire_traits::{Delay, Duration, Instant, Timer};

use crate::rig::{Rig, SETTINGS, told};

/// The change that there is after a step to each value.
#[track_caller]
fn check(settings: Settings, expected: &[(u32, bool)]) {
    let mut rig = Rig::new(settings);
    let Rig { sim, source, watch, .. } = &mut rig;
    for (value, is_outside) in expected {
        source.set(*value);
        let sample = sim.run(watch.sample()).unwrap();
        assert_eq!((sample.value, sample.place == Outside), (*value, *is_outside), "{value}");
        let left = sim.run(sim.clock().timeout(Duration::from_secs(1), watch.leave()));
        assert_eq!(left.is_ok(), *is_outside, "leave at {value}");
        let entered = sim.run(sim.clock().timeout(Duration::from_secs(1), watch.enter()));
        assert_eq!(entered.is_ok(), !*is_outside, "enter at {value}");
    }
}

#[test]
fn leave_and_enter_wait_for_their_place() {
    let table = [(500, false), (600, false), (601, true), (551, true), (550, false), (399, true)];
    check(SETTINGS, &table);
    check(Settings::new(Band::between(500, 1_000)), &[(499, true), (500, false), (1_000, false)]);
    check(Settings::new(Band::around_current(200)), &[(1, false), (201, false), (202, true)]);
}

#[test]
fn a_change_is_reported_at_the_next_reading() {
    let mut rig = Rig::new(SETTINGS);
    rig.play(&[(101, 500), (101, 601), (205, 601), (205, 550), (305, 550), (305, 0)]);
    let changes: Vec<_> = rig.changes(1_000).into_iter().map(told).collect();
    let expected = [(Inside, 500, 0), (Outside, 601, 110), (Inside, 550, 210), (Outside, 0, 310)];
    assert_eq!(changes, expected);
    assert_eq!(rig.readings(), (0..=100).map(|tens| tens * 10).collect::<Vec<_>>());
}

#[test]
fn the_first_change_tells_where_the_value_is() {
    let mut rig = Rig::new(SETTINGS);
    rig.source.set(601);
    let Rig { sim, watch, .. } = &mut rig;
    assert_eq!(watch.place(), None);
    let first = sim.run(pin!(watch.changes()).next()).unwrap().unwrap();
    assert_eq!((told(first), watch.place()), ((Outside, 601, 0), Some(Outside)));
    watch.set_band(Band::between(0, 700)).unwrap();
    assert_eq!(watch.place(), None);
    assert_eq!(told(sim.run(watch.change()).unwrap()), (Inside, 601, 10));
}

#[test]
fn a_watch_that_was_not_awaited_reads_at_once_and_keeps_its_periods() {
    let mut rig = Rig::new(SETTINGS.with_period(Duration::from_millis(100)));
    let Rig { sim, watch, .. } = &mut rig;
    let clock = sim.clock();
    for pause in [0, 33, 170, 1_000, 0] {
        sim.run(async {
            clock.sleep(Duration::from_millis(pause)).await;
            watch.sample().await.unwrap();
        });
    }
    assert_eq!(rig.readings(), [0, 100, 270, 1_270, 1_300]);
}

#[test]
fn readings_begin_where_the_first_one_is() {
    let mut rig = Rig::new(SETTINGS);
    rig.sim.run(rig.sim.clock().sleep(Duration::from_millis(7)));
    rig.changes(40);
    assert_eq!(rig.readings(), [7, 17, 27, 37]);
}

#[test]
fn a_conversion_that_takes_time_does_not_delay_the_next() {
    for (conversion, expected) in
        [(3, [0, 13, 23, 33]), (10, [0, 20, 40, 60]), (25, [0, 35, 65, 95])]
    {
        let mut rig = Rig::new(SETTINGS);
        rig.source.set_conversion_time(Duration::from_millis(conversion));
        rig.changes(500);
        // The first conversion ends where the periods begin.
        assert_eq!(rig.readings()[..4], expected, "{conversion} ms");
    }
}

#[test]
fn hysteresis_and_means_silence_noise() {
    let crossings = |settings: Settings| {
        let mut rig = Rig::new(settings);
        rig.source.set_noise(5, 20);
        // Slowly out of the band and back.
        rig.play(&[(20_000, 700), (40_000, 500)]);
        rig.changes(40_000).len()
    };
    let bare = Settings::new(Band::between(0, 600));
    assert!(crossings(bare) > 100);
    assert_eq!(crossings(Settings::new(Band::between(0, 600).with_hysteresis(40))), 3);
    let mean = Settings::new(Band::between(0, 600).with_hysteresis(10)).with_mean_of(64);
    assert_eq!(crossings(mean.with_period(Duration::from_millis(1))), 3);
}

#[test]
fn values_come_with_the_last_of_their_readings() {
    let mut rig = Rig::new(SETTINGS.with_mean_of(4));
    rig.play(&[(30, 500), (30, 800), (65, 800), (65, 900)]);
    let Rig { sim, watch, .. } = &mut rig;
    let samples = [(); 2].map(|()| told(sim.run(watch.sample()).unwrap()));
    assert_eq!(samples, [(Inside, 575, 30), (Outside, 825, 70)]);
}

#[test]
fn a_band_is_compared_with_the_full_scale_of_the_input() {
    let sim = Sim::new();
    let source = || tickwire_sim::analog::Source::new(sim.clock(), 1_000);
    let new = |settings| AnalogWatch::new(source(), sim.clock(), settings).map(drop);
    assert_eq!(new(Settings::new(Band::between(0, 1_000))), Ok(()));
    let beyond = Err(InvalidSettings::BandBeyondFullScale);
    assert_eq!(new(Settings::new(Band::between(0, 1_001))), beyond);
    let mut watch = AnalogWatch::new(source(), sim.clock(), SETTINGS).unwrap();
    assert_eq!(watch.set_band(Band::around(1_001, 1)), beyond);
    assert_eq!(watch.set_band(Band::between(3, 1)), Err(InvalidSettings::LowAboveHigh));
    assert_eq!(told(sim.run(watch.leave()).unwrap()), (Outside, 0, 0), "the band is as before");
}

#[test]
fn a_converter_on_a_bus_is_an_input() {
    let sim = Sim::new();
    let chip = Rc::new(RefCell::new(models::mcp3008::Mcp3008::new()));
    chip.borrow_mut().set_code(0, 100);
    let cs = Wire::new(sim.clock(), High);
    let mut bus = spi::Bus::new(sim.clock()).with_speed(1_000_000);
    bus.attach(&cs, chip.clone());
    let bus = local::SharedBus::new(bus);
    let adc = Mcp3008::new(bus.spi(cs.output(), Delay(sim.clock())).unwrap());
    let settings = Settings::new(Band::around_current(50));
    let mut watch = AnalogWatch::new(adc.into_channel(Input::Ch0), sim.clock(), settings).unwrap();
    assert_eq!(sim.run(watch.sample()).unwrap().value, 100);
    chip.borrow_mut().set_code(0, 151);
    assert_eq!(sim.run(watch.leave()).unwrap().value, 151);
}

/// At each reading once, and at the start.
#[test]
fn a_watch_is_not_polled_between_its_readings() {
    let mut rig = Rig::new(SETTINGS);
    rig.play(&[(9_999, 500), (9_999, 0)]);
    let Rig { sim, watch, .. } = &mut rig;
    let before = sim.polls();
    assert_eq!(told(sim.run(watch.leave()).unwrap()), (Outside, 0, 10_000));
    assert_eq!(sim.polls() - before, 1_001);
    // A conversion that is pending costs one more.
    rig.source.set_conversion_time(Duration::from_millis(1));
    rig.source.set_at(Instant::from_millis(20_000), 500);
    let Rig { sim, watch, .. } = &mut rig;
    let before = sim.polls();
    sim.run(watch.enter()).unwrap();
    assert_eq!(sim.polls() - before, 2 * 1_000 + 1);
}
