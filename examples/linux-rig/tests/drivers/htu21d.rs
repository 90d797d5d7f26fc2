//! A sensor on `/dev/i2c-1`.

use tickwire_drivers::htu21d::{CentiCelsius, Htu21d, Resolution, Sampler, Samples, Settings};
use tickwire_exec_std::i2c::Bus;
use tickwire_exec_std::run;
use tickwire_linux_rig::i2c_bus::{PATH, tell};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Delay, Duration, Timer, race};

use crate::CLOCK;
use crate::rig::in_rig;

#[test]
fn a_sensor_measures_what_it_is_set_to() {
    in_rig(|| {
        let premature = || tell("premature").parse::<u32>().unwrap();
        tell("temperature 2381");
        tell("humidity 5072");
        let mut sensor = Htu21d::new(Bus::open(PATH).unwrap(), Delay(CLOCK));
        let before = premature();
        run(async |_| {
            let room = sensor.measure().await.unwrap();
            assert_eq!(room.temperature, CentiCelsius(2_381));
            assert_eq!(room.dew_point().unwrap().to_string(), "13.02");
            assert!(premature() > before, "the driver polls a sensor that still measures");

            tell("corrupt 0");
            sensor.temperature().await.unwrap_err();
            tell("temperature -512");
            assert_eq!(sensor.temperature().await.unwrap().to_string(), "-5.12");

            tell("unplug");
            sensor.temperature().await.unwrap_err();
            tell("plug");
            assert_eq!(sensor.temperature().await.unwrap().to_string(), "-5.12");
        });
    });
}

#[test]
fn a_sampled_sensor_is_unplugged_and_returns() {
    in_rig(|| {
        tell("temperature 2381");
        let climate = Samples::<NoopRawMutex>::new();
        let sensor = Htu21d::new(Bus::open(PATH).unwrap(), Delay(CLOCK));
        let mut sampler = Sampler::new(sensor, CLOCK, &climate)
            .with_period(Duration::from_millis(300))
            .with_retry(Duration::from_millis(100))
            .with_settings(Settings::new().with_resolution(Resolution::Rh8T12));
        let story = async {
            assert_eq!(climate.next().await.measurement.temperature, CentiCelsius(2_381));
            // While it is asked.
            tell("unplug");
            while climate.health_change().await.failing < 3 {}
            tell("temperature -512");
            tell("plug");
            climate.next().await;
            let health = climate.health();
            assert_eq!((health.failing, health.recoveries), (0, 1), "{health:?}");
            // Between two questions, so that only its settings are lost.
            let register = health.register;
            climate.next().await;
            tell("unplug");
            tell("plug");
            climate.health_change().await;
            CLOCK.timeout(Duration::from_secs(60), climate.next()).await.unwrap();
            assert_eq!(climate.health().register, register + 1, "{:?}", climate.health());
        };
        run(async |_| {
            race(story, sampler.run()).await;
        });
        // Other tests find it as at power-on.
        tell("unplug");
        tell("plug");
    });
}
