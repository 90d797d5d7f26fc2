//! The driver's results for the sensor's behavior.

use embedded_hal_async::i2c::{ErrorKind, ErrorType, I2c, Operation};
use tickwire_drivers::htu21d::{CentiCelsius, CentiPercent, Error, Htu21d, Resolution};
use tickwire_sim::drop_after;
use tickwire_sim::i2c::{Ack, Device, I2cFault};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::rig::{Rig, Sensor};

const RESOLUTIONS: [Resolution; 4] =
    [Resolution::Rh12T14, Resolution::Rh8T12, Resolution::Rh10T13, Resolution::Rh11T11];

#[test]
fn every_resolution_is_measured_with_its_own_step() {
    // Hundredths of a percent and of a degree, rounded up.
    for (resolution, humidity_step, temperature_step) in [
        (Resolution::Rh12T14, 4, 2),
        (Resolution::Rh8T12, 49, 5),
        (Resolution::Rh10T13, 13, 3),
        (Resolution::Rh11T11, 7, 9),
    ] {
        let mut rig = Rig::new();
        rig.sim.run(rig.sensor.set_resolution(resolution)).unwrap();
        for temperature in (-4_000..=12_500).step_by(1_111) {
            for humidity in (0..=10_000).step_by(1_234) {
                rig.model.borrow_mut().set_temperature(temperature.into());
                rig.model.borrow_mut().set_humidity(humidity.into());
                let measured = rig.sim.run(rig.sensor.measure()).unwrap();
                let off = measured.temperature.0.abs_diff(temperature);
                assert!(off <= temperature_step / 2 + 1, "{resolution:?}: {measured:?}");
                let off = measured.humidity.0.abs_diff(humidity);
                assert!(off <= humidity_step / 2 + 1, "{resolution:?}: {measured:?}");
            }
        }
        assert_eq!(rig.sim.run(rig.sensor.resolution()), Ok(resolution));
    }
}

#[test]
fn a_typical_sensor_is_asked_once_and_a_slow_one_until_it_is_ready() {
    // Humidity and temperature: the typical and the longest time.
    for (resolution, humidity, temperature) in [
        (Resolution::Rh12T14, (14, 16), (44, 50)),
        (Resolution::Rh8T12, (2, 3), (11, 13)),
        (Resolution::Rh10T13, (4, 5), (22, 25)),
        (Resolution::Rh11T11, (7, 8), (6, 7)),
    ] {
        let typical = |ms| (Some(Duration::from_millis(ms)), ms, 0);
        let slowest = |typical: u64, most: u64| {
            let looks = (most - typical).div_ceil(2);
            (None, typical + looks * 2, looks)
        };
        let cases = [typical(temperature.0), slowest(temperature.0, temperature.1)];
        for (conversion, expected_ms, premature) in cases {
            let mut rig = at(resolution, conversion);
            let began = rig.clock.now();
            rig.sim.run(rig.sensor.temperature()).unwrap();
            assert_eq!(rig.clock.now() - began, Duration::from_millis(expected_ms));
            assert_eq!(rig.model.borrow().counts().premature, premature);
        }
        for (conversion, expected_ms, premature) in
            [typical(humidity.0), slowest(humidity.0, humidity.1)]
        {
            let mut rig = at(resolution, conversion);
            let began = rig.clock.now();
            rig.sim.run(rig.sensor.humidity()).unwrap();
            assert_eq!(rig.clock.now() - began, Duration::from_millis(expected_ms));
            assert_eq!(rig.model.borrow().counts().premature, premature);
        }
    }
}

#[test]
fn a_bus_driver_that_cannot_tell_a_refusal_from_other_errors_will_do() {
    struct Vague<B>(B);
    impl<B: I2c> ErrorType for Vague<B> {
        type Error = I2cFault;
    }
    impl<B: I2c> I2c for Vague<B> {
        async fn transaction(
            &mut self,
            address: u8,
            operations: &mut [Operation<'_>],
        ) -> Result<(), I2cFault> {
            let done = self.0.transaction(address, operations).await;
            done.map_err(|_| I2cFault(ErrorKind::Other))
        }
    }
    let rig = Rig::new();
    let (bus, delay) = rig.sensor.release();
    let mut sensor = Htu21d::new(Vague(bus), delay);
    assert_eq!(rig.sim.run(sensor.temperature()), Ok(CentiCelsius(2381)));
    rig.model.borrow_mut().set_dead(true);
    assert_eq!(rig.sim.run(sensor.temperature()), Err(Error::Bus(I2cFault(ErrorKind::Other))));
}

#[test]
fn the_slowest_relative_is_waited_for() {
    let mut rig = at(Resolution::Rh12T14, Some(Duration::from_millis(85)));
    assert_eq!(rig.sim.run(rig.sensor.temperature()), Ok(CentiCelsius(2381)));
}

#[test]
fn a_sensor_that_lost_its_resolution_with_its_power_is_waited_for() {
    let mut rig = Rig::new();
    rig.sim.run(rig.sensor.set_resolution(Resolution::Rh11T11)).unwrap();
    rig.model.borrow_mut().unplug();
    let now = rig.clock.now();
    rig.model.borrow_mut().plug(now);
    assert_eq!(rig.sim.run(rig.sensor.temperature()), Ok(CentiCelsius(2381)));
}

#[test]
fn one_failed_reading_is_one_error() {
    let mut rig = Rig::new();
    rig.model.borrow_mut().corrupt(1);
    assert!(rig.sim.run(rig.sensor.temperature()).is_ok());
    assert_eq!(rig.sim.run(rig.sensor.temperature()), Err(Error::Checksum));
    assert!(rig.sim.run(rig.sensor.temperature()).is_ok());

    rig.model.borrow_mut().set_dead(true);
    let began = rig.clock.now();
    assert_eq!(rig.sim.run(rig.sensor.humidity()), Err(Error::NotReady));
    let took = rig.clock.now() - began;
    assert!(took >= Duration::from_millis(85) && took < Duration::from_millis(90), "{took:?}");
    assert!(matches!(rig.sim.run(rig.sensor.humidity()), Err(Error::Bus(_))));
    rig.model.borrow_mut().set_dead(false);
    assert!(rig.sim.run(rig.sensor.humidity()).is_ok());

    rig.model.borrow_mut().unplug();
    assert!(matches!(rig.sim.run(rig.sensor.measure()), Err(Error::Bus(_))));
    let now = rig.clock.now();
    rig.model.borrow_mut().plug(now);
    assert!(rig.sim.run(rig.sensor.measure()).is_ok());
}

#[test]
fn a_result_that_somebody_else_asked_for_is_not_taken_for_ours() {
    let mut rig = Rig::new();
    assert!(rig.sim.run(drop_after(1, rig.sensor.temperature())).is_none());
    rig.sim.run(rig.clock.sleep(Duration::from_millis(60)));
    {
        let (mut model, now) = (rig.model.borrow_mut(), rig.clock.now());
        assert_eq!(model.start(now, false), Ack::Ack);
        assert_eq!(model.write(now, 0xf5), Ack::Ack);
        model.stop(now);
    }
    assert_eq!(rig.sim.run(rig.sensor.temperature()), Err(Error::Mixup));
    assert_eq!(rig.sim.run(rig.sensor.temperature()), Ok(CentiCelsius(2381)));
}

#[test]
fn settings_leave_one_another_alone() {
    let mut rig = Rig::new();
    rig.model.borrow_mut().set_battery_low(true);
    for resolution in RESOLUTIONS {
        for heater in [true, false] {
            rig.sim.run(rig.sensor.set_resolution(resolution)).unwrap();
            rig.sim.run(rig.sensor.set_heater(heater)).unwrap();
            rig.sim.run(rig.sensor.temperature()).unwrap();
            let register = rig.sim.run(rig.sensor.user_register()).unwrap();
            assert_eq!(register.resolution(), resolution);
            assert_eq!(register.heater(), heater);
            assert!(register.battery_low());
        }
    }
    rig.sim.run(rig.sensor.set_heater(true)).unwrap();
    rig.sim.run(rig.sensor.soft_reset()).unwrap();
    assert_eq!(rig.sim.run(rig.sensor.resolution()), Ok(Resolution::Rh12T14));
    assert_eq!(rig.sim.run(rig.sensor.heater()), Ok(true));
    assert_eq!(rig.model.borrow().counts().violations, 0);
}

#[test]
fn the_heater_shows_that_the_sensor_works() {
    let mut rig = Rig::new();
    let before = rig.sim.run(rig.sensor.measure()).unwrap();
    rig.sim.run(rig.sensor.set_heater(true)).unwrap();
    let after = rig.sim.run(rig.sensor.measure()).unwrap();
    assert!((50..=150).contains(&(after.temperature.0 - before.temperature.0)));
    assert!(after.humidity < CentiPercent(before.humidity.0 - 100));
    // The heater warms the air and adds no water.
    let dew = [before, after].map(|measured| measured.dew_point().unwrap().0);
    assert!(dew[0].abs_diff(dew[1]) <= 5, "{dew:?}");
}

#[test]
fn the_dialogue_is_that_of_the_reference() {
    let mut rig = Rig::new();
    rig.model.borrow_mut().set_conversion_time(Some(Duration::from_millis(10)));
    rig.sim.run(rig.sensor.measure()).unwrap();
    // Write f3, read 3, write f5, read 3.
    assert_eq!((rig.faults.transfers(), rig.faults.bytes()), (4, 12));
    assert_eq!(rig.faults.refused(), 0);
    assert_eq!(rig.clock.now(), Instant::from_millis(44 + 14));
    let counts = rig.model.borrow().counts();
    assert_eq!((counts.commands, counts.reads), (2, 2));
    assert_eq!((counts.premature, counts.violations), (0, 0));
}

#[test]
fn it_is_small_and_goes_where_its_bus_goes() {
    fn send<T: Send>(_: T) {}
    send(Htu21d::new((), ()));
    assert!(size_of::<Htu21d<(), ()>>() <= 12);
    let mut rig = Rig::new();
    let future = size_of_val(&rig.sensor.measure());
    eprintln!("Htu21d {} bytes, measure() {future} bytes", size_of::<Htu21d<(), ()>>());
    let _: &Sensor = &rig.sensor;
}

fn at(resolution: Resolution, conversion: Option<Duration>) -> Rig {
    let mut rig = Rig::new();
    rig.sim.run(rig.sensor.set_resolution(resolution)).unwrap();
    rig.model.borrow_mut().set_conversion_time(conversion);
    rig
}
