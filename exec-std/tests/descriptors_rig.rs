//! Devices of a real kernel for which there are no descriptors, and then there are.
//!
//! `cargo xtask linux-rig` runs the test in a kernel that has them. Elsewhere it does
//! nothing, and says so.
#![cfg(all(
    target_os = "linux",
    feature = "adc",
    feature = "gpio",
    feature = "i2c",
    feature = "led",
    feature = "pwm",
    feature = "serial",
    feature = "spi",
))]

#[allow(dead_code, reason = "the tests of GPIO use more of it")]
mod rig;

use std::fmt::Display;
use std::fs::File;
use std::iter;
use std::path::Path;

use embedded_hal_async::i2c::I2c as _;
use embedded_hal_async::spi::SpiDevice as _;
use embedded_io_async::Write as _;
use rig::{Chip, with_chip};
use rustix::process::{Resource, Rlimit, setrlimit};
use tickwire_exec_std::gpio::{Input, InputPair, InputSettings, Line, Output, OutputSettings};
use tickwire_exec_std::pwm::{Channel, Polarity, Pwm};
use tickwire_exec_std::{StdClock, adc, i2c, led, run, serial, spi};
use tickwire_traits::{AnalogInput, Duration, Timer};

const PWM: &str = "/sys/class/pwm/pwmchip0";
const LIMIT: u64 = 48;
/// No device takes so many descriptors.
const MANY: usize = 8;
/// Until the thread of a bus that was dropped has ended.
const MOMENT: Duration = Duration::from_millis(50);

/// The ways to open and use a device.
const WAYS: [&str; 11] = [
    "input",
    "named line",
    "pair of inputs",
    "output",
    "I2C",
    "SPI",
    "serial",
    "PWM",
    "light",
    "blinking light",
    "ADC",
];

/// Opens and uses a device.
async fn work(way: &str, chip: &Chip) -> Result<(), String> {
    fn told(error: impl Display) -> String {
        error.to_string()
    }
    let [a, b] = [3, 4].map(|offset| chip.line(offset));
    match way {
        "input" => drop(Input::open(&a, InputSettings::DEFAULT).map_err(told)?),
        "named line" => {
            let line = Line::named("GPIO17").map_err(told)?;
            Input::open(&line, InputSettings::DEFAULT).map_err(told)?;
        }
        "pair of inputs" => drop(InputPair::open(&a, &b, InputSettings::DEFAULT).map_err(told)?),
        "output" => drop(Output::open(&a, OutputSettings::DEFAULT).map_err(told)?),
        "I2C" => {
            let mut bus = i2c::Bus::open("/dev/i2c-1").map_err(told)?;
            bus.write_read(0x40, &[0xe7], &mut [0]).await.map_err(told)?;
        }
        "SPI" => {
            let settings = spi::Settings::new(1_000_000);
            let mut device = spi::Device::open("/dev/spidev0.0", settings).map_err(told)?;
            device.transfer_in_place(&mut [1, 0x80, 0]).await.map_err(told)?;
        }
        "serial" => {
            let settings = serial::Settings::new(115_200);
            let mut port = serial::open("/dev/ttyS1", settings).map_err(told)?;
            port.write_all(b"1").await.map_err(told)?;
            port.flush().await.map_err(told)?;
        }
        "PWM" => {
            let channel = Channel::at(PWM, 0);
            let period = std::time::Duration::from_millis(1);
            Pwm::open(&channel, period, Polarity::Normal).await.map_err(told)?;
        }
        "light" => drop(led::Led::open("tickwire:green:status").map_err(told)?),
        "blinking light" => {
            let mut light = led::Led::open("tickwire:green:status").map_err(told)?;
            light.blink(MOMENT, MOMENT).map_err(told)?;
        }
        "ADC" => {
            let mut input = adc::Input::open("adc", "voltage0", 4_095).map_err(told)?;
            input.read().await.map_err(told)?;
        }
        other => unreachable!("{other}"),
    }
    Ok(())
}

/// Opens files until no more can be opened.
fn fill() -> Vec<File> {
    iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

/// The only test in this process, because it limits the process.
#[test]
fn devices_without_descriptors_are_one_clear_line_and_work_when_these_are_back() {
    with_chip(|chip| {
        let limit = Rlimit { current: Some(LIMIT), maximum: Some(LIMIT) };
        setrlimit(Resource::Nofile, limit).unwrap();
        let needed = run(async |_| {
            let mut needed = Vec::new();
            for way in WAYS {
                let mut all = fill();
                let mut left = 0;
                loop {
                    let worked = work(way, &chip).await;
                    StdClock::new().sleep(MOMENT).await;
                    let more = fill();
                    assert_eq!(more.len(), left, "{way}, {worked:?}: descriptors are open");
                    assert!(!Path::new(PWM).join("pwm0").exists(), "{worked:?}: it is exported");
                    let Err(told) = worked else { break };
                    let is_clear = told.lines().count() == 1
                        && told.ends_with("Too many open files (os error 24)");
                    assert!(is_clear && left < MANY, "{way}, with {left} descriptors: {told}");
                    drop(more);
                    all.pop();
                    left += 1;
                }
                needed.push(format!("{way} {left}"));
            }
            needed
        });
        println!("counted: descriptors to open and use devices: {}", needed.join(", "));
    });
}
