//! A resistor ladder at a converter whose input the test sets.

use tickwire_drivers::button::{Buttons, Event};
use tickwire_drivers::ladder::{Ladder, Settings, Share};
use tickwire_drivers::mcp3008::{Input, Mcp3008};
use tickwire_exec_std::run;
use tickwire_exec_std::spi::{self, Device};
use tickwire_traits::{Duration, Timer, race};

use crate::CLOCK;
use crate::mcp3008::set;
use crate::rig::in_rig;

const KEYS: Settings<3> = Settings::new([
    Share::divider(0, 10_000),
    Share::divider(1_000, 10_000),
    Share::divider(3_300, 10_000),
]);
/// Of 1023, with the level at rest.
const LEVELS: [u16; 4] = [0, 93, 254, 1_023];

#[test]
fn keys_of_a_ladder_are_told_by_their_levels() {
    in_rig(|| {
        let press = |key: usize| set("inputs", &LEVELS[key].to_string());
        let release = || set("inputs", &LEVELS[3].to_string());
        release();
        let spi = Device::open("/dev/spidev0.0", spi::Settings::new(1_000_000)).unwrap();
        let level = Mcp3008::new(spi).into_channel(Input::Ch0);
        let mut keys = Buttons::<_, 2>::of(Ladder::new(level, CLOCK, KEYS).unwrap());
        let hand = async {
            for key in 0..3 {
                CLOCK.sleep(Duration::from_millis(500)).await;
                press(key);
                CLOCK.sleep(Duration::from_millis(100)).await;
                release();
            }
            CLOCK.sleep(Duration::from_millis(500)).await;
            press(2);
            CLOCK.sleep(Duration::from_millis(100)).await;
            press(0); // It hides the other one.
            CLOCK.sleep(Duration::from_millis(100)).await;
            set("inputs", "600"); // Of no key.
            CLOCK.sleep(Duration::from_millis(100)).await;
            release();
            CLOCK.sleep(Duration::from_secs(1)).await;
        };
        let mut seen = Vec::new();
        let told = async {
            loop {
                let gesture = keys.gesture().await.unwrap();
                seen.push((gesture.key, gesture.event));
            }
        };
        run(async |_| race(told, hand).await);
        let tap = |key| [(key, Event::Press), (key, Event::Release)];
        assert_eq!(seen, [tap(0), tap(1), tap(2), tap(2), tap(0)].concat());
    });
}
