//! Lights: on a line, on a PWM channel, and in the kernel's own class.

use std::fs;
use std::time;

use tickwire_drivers::led::{Brightness, Curve, Led, Program, Step};
use tickwire_exec_std::gpio::{Output, OutputSettings};
use tickwire_exec_std::pwm::{Channel, Polarity, Pwm};
use tickwire_exec_std::{led, run};
use tickwire_sync::local;
use tickwire_traits::{Duration, Timer, race};

use crate::CLOCK;
use crate::recorder::Recorder;
use crate::rig::{in_rig, with_chip};

const LINE: u32 = 6;
/// The label of the chip's bank.
const LABEL: &str = "pinctrl-rig";
const CHIP: &str = "/sys/class/pwm/pwmchip0";

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn a_line_flashes_without_drift_and_is_changed_meanwhile() {
    with_chip(|chip| {
        let output = Output::open(&chip.line(LINE), OutputSettings::DEFAULT).unwrap();
        let mut led = Led::new(output, CLOCK);
        let orders = local::RingQueue::<Program, 1>::new();
        let recorder = Recorder::start(LABEL);
        run(async |_| {
            let light = led.run(async || orders.pop().await);
            let other = async {
                orders.push(Program::flash(ms(100)));
                CLOCK.sleep(ms(2_020)).await;
                orders.push(Program::ON);
                CLOCK.sleep(ms(300)).await;
                orders.push(Program::OFF);
                CLOCK.sleep(ms(300)).await;
            };
            race(light, other).await;
        });
        let writes: Vec<_> =
            recorder.stop().into_iter().filter(|write| write.offset == LINE).collect();
        assert!(!chip.is_high(LINE));
        // At first, the light is off.
        let (first, writes) = writes.split_first().expect("writes");
        assert!(!first.is_high);
        let levels: Vec<_> = writes.iter().map(|write| write.is_high).collect();
        // The last flash becomes the light that stays on.
        assert_eq!(writes.len(), 42);
        assert!(levels.iter().zip([true, false].iter().cycle()).all(|(a, b)| a == b), "{levels:?}");
        let spans: Vec<_> =
            writes.iter().map(|write| (write.at - writes[0].at).as_micros()).collect();
        for (flash, span) in spans[..41].iter().enumerate() {
            let late = span.checked_sub(flash as u64 * 50_000).expect("no flash is early");
            assert!(late < 10_000, "{spans:?}");
        }
    });
}

#[test]
fn a_channel_fades() {
    in_rig(|| {
        let told = || {
            let told = fs::read_to_string(format!("{CHIP}/device/pwm_told")).unwrap();
            let mut fields = told.lines().nth(1).unwrap().split(' ').map(|field| field.parse());
            fields.nth(1).unwrap().unwrap_or(u32::MAX)
        };
        run(async |_| {
            let period = time::Duration::from_millis(1);
            let channel = Pwm::open(&Channel::at(CHIP, 1), period, Polarity::Normal).await.unwrap();
            let mut led = Led::dimmed(channel, CLOCK).with_curve(Curve::Linear);
            const UP: Program = Program::fade(Brightness::FULL, Duration::from_millis(500));
            let mut seen = Vec::new();
            let watch = async {
                loop {
                    seen.push(told());
                    CLOCK.sleep(ms(50)).await;
                }
            };
            race(led.play(UP), watch).await;
            assert!(seen.is_sorted(), "{seen:?}");
            let between = seen.iter().filter(|nanos| (50_000..950_000).contains(*nanos)).count();
            assert!(between >= 5, "{seen:?}");
            assert_eq!(told(), 1_000_000);
            led.play(Program::steady(Brightness::percent(20))).await.unwrap();
            assert!(told().abs_diff(200_000) < 50, "{}", told());
            led.play(Program::OFF).await.unwrap();
            assert_eq!(told(), 0);
        });
    });
}

#[test]
fn a_light_of_the_class_shows_a_pattern() {
    in_rig(|| {
        let name = "tickwire:green:status";
        let lit = || fs::read_to_string(format!("/sys/class/leds/{name}/brightness")).unwrap();
        const STEPS: &[Step] =
            &[Step::on(Duration::from_millis(100)), Step::off(Duration::from_millis(100))];
        run(async |_| {
            let mut led = Led::new(led::Led::open(name).unwrap(), CLOCK);
            let watch = async {
                let mut seen = String::new();
                for _ in 0..6 {
                    CLOCK.sleep(ms(50)).await;
                    seen.push_str(lit().trim());
                    CLOCK.sleep(ms(50)).await;
                }
                seen
            };
            let pattern = led.play(Program::repeat(STEPS).unwrap());
            let seen = race(async { pattern.await.map(|()| String::new()).unwrap() }, watch).await;
            assert_eq!(seen.into_inner(), "101010");
        });
    });
}
