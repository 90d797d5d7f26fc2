//! A light sensor that a hand covers, at a converter whose input the test sets.

use tickwire_drivers::button::{Button, Event};
use tickwire_drivers::mcp3008::{Input, Mcp3008};
use tickwire_drivers::touch::{Settings, Touch};
use tickwire_exec_std::run;
use tickwire_exec_std::spi::{self, Device};
use tickwire_traits::{Duration, Timer, race};

use crate::CLOCK;
use crate::mcp3008::set;
use crate::rig::in_rig;

#[test]
fn a_sensor_that_is_covered_at_the_start_reports_the_second_touch() {
    in_rig(|| {
        set("inputs", "300");
        let spi = Device::open("/dev/spidev0.0", spi::Settings::new(1_000_000)).unwrap();
        let sensor = Mcp3008::new(spi).into_channel(Input::Ch0);
        let touch = Touch::new(sensor, CLOCK, Settings::default()).unwrap();
        let mut button = Button::of(touch);
        let hand = async {
            for (level, millis) in [
                ("800", 500),
                ("400", 200),
                ("660", 200),
                ("790", 800),
                ("400", 1_500),
                ("800", 900),
            ] {
                CLOCK.sleep(Duration::from_millis(200)).await;
                set("inputs", level);
                CLOCK.sleep(Duration::from_millis(millis)).await;
            }
        };
        let mut seen = Vec::new();
        let told = async {
            loop {
                seen.push(button.gesture().await.unwrap().event);
            }
        };
        run(async |_| race(told, hand).await);
        // 660 is within the hysteresis.
        let expected = [Event::Press, Event::Release, Event::Press, Event::Long, Event::Release];
        assert_eq!(seen, expected);
    });
}
