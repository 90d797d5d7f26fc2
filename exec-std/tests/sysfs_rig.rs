//! A PWM chip, a light and a converter of a real kernel.
//!
//! `cargo xtask linux-rig` runs the tests in a kernel that has them. Elsewhere they do
//! nothing, and say so.
#![cfg(all(target_os = "linux", feature = "pwm", feature = "led", feature = "adc"))]

use std::path::Path;
use std::time::Duration;
use std::{env, fs, thread};

use embedded_hal::digital::OutputPin;
use embedded_hal::pwm::SetDutyCycle;
use futures_lite::future::poll_once;
use tickwire_exec_std::pwm::{Channel, Error, Polarity, Pwm};
use tickwire_exec_std::{adc, led, run};
use tickwire_traits::{AnalogInput, Duration as Span};

const CHIP: &str = "/sys/class/pwm/pwmchip0";
const MILLISECOND: Duration = Duration::from_millis(1);

fn is_rig() -> bool {
    let is_rig = env::var_os("TICKWIRE_RIG").is_some();
    if !is_rig {
        let name = thread::current().name().unwrap_or("a test").to_owned();
        println!("skipped: {name}: it runs in `cargo xtask linux-rig`");
    }
    is_rig
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap().trim().to_owned()
}

/// Returns what the chip was told for a channel.
fn told(channel: usize) -> String {
    let told = read(format!("{CHIP}/device/pwm_told"));
    told.lines().nth(channel).unwrap().to_owned()
}

fn open(channel: u32, period: Duration, polarity: Polarity) -> Result<Pwm, Error> {
    run(async |_| Pwm::open(&Channel::at(CHIP, channel), period, polarity).await)
}

#[test]
fn a_channel_is_exported_set_and_given_back() {
    if !is_rig() {
        return;
    }
    // One after the other, since the chip is one.
    let folder = Path::new(CHIP).join("pwm1");
    for _ in 0..3 {
        let mut pwm = open(1, MILLISECOND, Polarity::Inversed).unwrap();
        assert_eq!(told(1), "1000000 0 inversed on");
        pwm.set_duty_cycle_percent(50).unwrap();
        assert_eq!(told(1), "1000000 499992 inversed on");
        pwm.set_duty_cycle_fully_on().unwrap();
        assert_eq!(told(1), "1000000 1000000 inversed on");
        pwm.set_period(MILLISECOND / 4).unwrap();
        assert_eq!(told(1), "250000 250000 inversed on");
        pwm.set_period(MILLISECOND * 4).unwrap();
        assert_eq!(told(1), "4000000 4000000 inversed on");
        let refused = pwm.set_period(Duration::from_secs(2)).unwrap_err().to_string();
        assert!(refused.ends_with("pwm1/period does not accept `2000000000`"), "{refused}");
        assert_eq!(told(1), "4000000 4000000 inversed on");
        pwm.disable().unwrap();
        assert_eq!(told(1), "4000000 4000000 inversed off");
        pwm.enable().unwrap();
        assert!(matches!(open(1, MILLISECOND, Polarity::Normal), Err(Error::Busy(_))));
        assert_eq!(told(1), "4000000 4000000 inversed on");
        drop(pwm);
        assert_eq!(told(1), "4000000 0 inversed off");
        assert!(!folder.exists(), "it is not exported");
    }
    // A channel that is exported stays so.
    fs::write(Path::new(CHIP).join("export"), "1").unwrap();
    drop(open(1, MILLISECOND, Polarity::Normal).unwrap());
    assert!(folder.exists());
    fs::write(Path::new(CHIP).join("unexport"), "1").unwrap();
    // A refused one does not.
    let long = open(1, Duration::from_secs(2), Polarity::Normal).unwrap_err().to_string();
    assert!(long.ends_with("pwm1/period does not accept `2000000000`"), "{long}");
    assert!(!folder.exists());
    let channel = open(2, MILLISECOND, Polarity::Normal).unwrap_err().to_string();
    assert_eq!(channel, format!("{CHIP} has no channel `2`"));
}

#[test]
fn a_light_is_lit_blinks_and_is_dark() {
    if !is_rig() {
        return;
    }
    let name = "tickwire:green:status";
    let brightness = format!("/sys/class/leds/{name}/brightness");
    let mut light = led::Led::open(name).unwrap();
    light.set_high().unwrap();
    assert_eq!(read(&brightness), "1");
    light.set_low().unwrap();
    assert_eq!(read(&brightness), "0");
    light.blink(Span::from_millis(30), Span::from_millis(40)).unwrap();
    let delays = ["on", "off"].map(|it| read(format!("/sys/class/leds/{name}/delay_{it}")));
    assert_eq!(delays, ["30", "40"]);
    drop(light);
    assert_eq!(read(&brightness), "0");
    let near = led::Led::open("tickwire:green:statis").unwrap_err().to_string();
    assert!(near.ends_with("did you mean `tickwire:green:status`?"), "{near}");
}

#[test]
fn a_converter_is_read_by_name() {
    if !is_rig() {
        return;
    }
    let mut input = adc::Input::open("adc", "voltage0", 4_095).unwrap();
    run(async |_| {
        for _ in 0..20 {
            let _ = poll_once(input.read()).await;
            assert_eq!(input.read().await.unwrap(), 73);
        }
        assert_eq!(input.microvolts().await.unwrap(), 107);
    });
    assert!(matches!(adc::Input::open("adc", "voltage9", 1), Err(Error::NoChannel { .. })));
    assert!(matches!(adc::Input::open("", "voltage0", 1), Err(Error::NoDevice { .. })));
}
