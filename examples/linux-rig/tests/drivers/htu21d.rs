//! A sensor on `/dev/i2c-1`.

use tickwire_drivers::htu21d::{CentiCelsius, Htu21d};
use tickwire_exec_std::i2c::Bus;
use tickwire_exec_std::run;
use tickwire_linux_rig::i2c_bus::{PATH, tell};
use tickwire_traits::Delay;

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
