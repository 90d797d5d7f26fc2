//! The relatives of an HTU21D: their times, registers and serial numbers.

use std::cell::RefCell;
use std::rc::Rc;

use tickwire_drivers::htu21d::{
    ADDRESS, CentiCelsius, Chip, Error, FirmwareRevision, HeaterCurrent, Resolution, Sensor,
    SerialNumber, Settings, Sht21, Si7021, chip,
};
use tickwire_sim::i2c::{Bus, Fault, Faults};
use tickwire_sim::models::htu21d::{self, Htu21d};
use tickwire_sim::{Pace, Sim, SimClock, drop_after};
use tickwire_traits::{Clock, Delay, Duration};

type Model = Rc<RefCell<Htu21d>>;
type OnBus<M> = Sensor<M, Bus<SimClock>, Delay<SimClock>>;

/// Resolution, and the longest time of a measurement by a punctual task: of each conversion, the
/// typical time, and 2 ms per look until the longest.
#[test]
fn each_chip_is_waited_for_as_long_as_it_takes() {
    let resolutions =
        [Resolution::Rh12T14, Resolution::Rh8T12, Resolution::Rh10T13, Resolution::Rh11T11];
    let check = |resolution, took: Duration, expected: u64| {
        assert_eq!(took.as_millis(), expected, "{resolution:?}");
    };
    for (resolution, ms) in resolutions.into_iter().zip([30 + 86, 5 + 23, 9 + 43, 16 + 11]) {
        check(resolution, measured::<chip::Sht21>(htu21d::Chip::Sht21, resolution), ms);
    }
    for (resolution, ms) in resolutions.into_iter().zip([23 + 11, 7 + 5, 12 + 8, 10 + 4]) {
        check(resolution, measured::<chip::Si7021>(htu21d::Chip::Si7021, resolution), ms);
    }
    // By the type of another chip, it only takes longer.
    measured::<chip::Htu21d>(htu21d::Chip::Si7021, Resolution::Rh12T14);
    measured::<chip::Si7021>(htu21d::Chip::Sht21, Resolution::Rh12T14);
}

#[test]
fn serial_numbers_are_read_and_no_wrong_byte_is_taken() {
    let number = SerialNumber(0x4854_0122_d208_3200);
    serial::<chip::Sht21>(htu21d::Chip::Sht21, number);
    serial::<chip::Htu21d>(htu21d::Chip::Htu21d, SerialNumber(0x4854_0011_2233_3200));
    serial::<chip::Si7021>(htu21d::Chip::Si7021, SerialNumber(0x0122_d208_15ff_ffff));
}

#[test]
fn a_si7021_keeps_heater_current_and_reserved_bits() {
    let (sim, model, _, mut sensor) = on_bus::<chip::Si7021>(Sim::new(), htu21d::Chip::Si7021);
    sim.run(async {
        for step in 0..=15 {
            let current = HeaterCurrent::from_step(step).unwrap();
            sensor.set_heater_current(current).await.unwrap();
            assert_eq!(sensor.heater_current().await, Ok(current));
        }
        sensor.set_heater(true).await.unwrap();
        assert_eq!(model.borrow().register(), 0x3e);
        assert_eq!(sensor.firmware_revision().await, Ok(FirmwareRevision(0x20)));
        // A reset turns the heater of this chip off.
        sensor.soft_reset().await.unwrap();
        assert_eq!(sensor.heater().await, Ok(false));
        assert_eq!(sensor.heater_current().await, Ok(HeaterCurrent::LEAST));
    });
    assert_eq!(model.borrow().counts().violations, 0);
}

#[test]
fn settings_are_applied_at_every_pace_and_not_written_twice() {
    for pace in Pace::ALL {
        let settings = Settings::new()
            .with_resolution(Resolution::Rh8T12)
            .with_heater(true)
            .with_heater_current(HeaterCurrent::MOST);
        let (sim, model, _, mut sensor) = on_bus::<chip::Si7021>(pace.sim(), htu21d::Chip::Si7021);
        sim.run(sensor.apply(settings)).unwrap();
        assert_eq!((model.borrow().register(), model.borrow().heater_current()), (0x3f, 0x0f));
        let before = model.borrow().counts().commands;
        sim.run(sensor.apply(settings)).unwrap();
        // Two registers, each read twice.
        assert_eq!(model.borrow().counts().commands, before + 4);
        assert_eq!(model.borrow().counts().violations, 0);
    }
}

/// Drops each call at each pending poll, on a bus of 100 kHz, and calls again.
#[test]
fn what_only_the_relatives_have_may_be_dropped_anywhere() {
    let most = HeaterCurrent::MOST;
    for polls in 1.. {
        let timed =
            || on_timed_bus::<chip::Si7021>(Sim::new(), htu21d::Chip::Si7021, Some(100_000));
        let mut ended = 0;
        let (sim, _, _, mut sensor) = timed();
        ended += u32::from(sim.run(drop_after(polls, sensor.serial_number())).is_some());
        assert!(sim.run(sensor.serial_number()).is_ok());
        ended += u32::from(sim.run(drop_after(polls, sensor.set_heater_current(most))).is_some());
        assert_eq!(sim.run(sensor.set_heater_current(most)), Ok(()));
        ended += u32::from(sim.run(drop_after(polls, sensor.heater_current())).is_some());
        assert_eq!(sim.run(sensor.heater_current()), Ok(most));
        ended += u32::from(sim.run(drop_after(polls, sensor.firmware_revision())).is_some());
        assert_eq!(sim.run(sensor.firmware_revision()), Ok(FirmwareRevision(0x20)));
        let settings = Settings::new().with_heater(true);
        ended += u32::from(sim.run(drop_after(polls, sensor.apply(settings))).is_some());
        assert_eq!(sim.run(sensor.apply(settings)), Ok(()));
        if ended == 5 {
            assert!(polls > 10);
            return;
        }
    }
}

#[test]
fn each_type_has_its_name() {
    assert!(format!("{:?}", Sht21::new((), ())).starts_with("Sht21 {"));
    assert!(format!("{:?}", Si7021::new((), ())).starts_with("Si7021 {"));
}

fn measured<M: Chip>(of: htu21d::Chip, resolution: Resolution) -> Duration {
    let (sim, model, _, mut sensor) = on_bus::<M>(Sim::new(), of);
    let clock = sim.clock();
    sim.run(sensor.set_resolution(resolution)).unwrap();
    let began = clock.now();
    let room = sim.run(sensor.measure()).unwrap();
    assert!(room.temperature.0.abs_diff(2_381) <= 5, "{room:?}");
    assert!(room.humidity.0.abs_diff(5_072) <= 25, "{room:?}");
    assert_eq!(model.borrow().counts().violations, 0);
    clock.now() - began
}

fn serial<M: Chip>(of: htu21d::Chip, expected: SerialNumber) {
    let (sim, model, faults, mut sensor) = on_bus::<M>(Sim::new(), of);
    assert_eq!(sim.run(sensor.serial_number()), Ok(expected));
    let bytes = faults.bytes();
    for byte in 0..bytes {
        for bit in 0..8 {
            faults.inject(byte, Fault::Garble(1 << bit));
            if let Ok(number) = sim.run(sensor.serial_number()) {
                assert_eq!(number, expected, "byte {byte}");
            }
            assert_eq!(sim.run(sensor.serial_number()), Ok(expected), "byte {byte}");
        }
    }
    faults.set(Some(Fault::Hang));
    assert_eq!(sim.run(sensor.serial_number()), Err(Error::Timeout));
    faults.set(None);
    model.borrow_mut().set_temperature(2_000);
    assert_eq!(sim.run(sensor.temperature()), Ok(CentiCelsius(2_000)));
}

fn on_bus<M: Chip>(sim: Sim, of: htu21d::Chip) -> (Sim, Model, Faults, OnBus<M>) {
    on_timed_bus(sim, of, None)
}

fn on_timed_bus<M: Chip>(
    sim: Sim,
    of: htu21d::Chip,
    hertz: Option<u32>,
) -> (Sim, Model, Faults, OnBus<M>) {
    let model = Rc::new(RefCell::new(Htu21d::of(of)));
    model.borrow_mut().set_temperature(2_381);
    model.borrow_mut().set_humidity(5_072);
    let mut bus = Bus::new(sim.clock());
    if let Some(hertz) = hertz {
        bus = bus.with_speed(hertz);
    }
    bus.attach(ADDRESS, model.clone());
    let faults = bus.faults();
    let sensor = Sensor::new(bus, Delay(sim.clock()));
    (sim, model, faults, sensor)
}
