//! Errors of devices are one line each, whatever a path or a name holds.
#![cfg(target_os = "linux")]

use std::fmt::Display;
use std::time::Duration;

use tickwire_exec_std::{adc, i2c, led, pwm, run, serial, spi};

const ODD: &str = "/dev/null/a\nb\x1b[2J\u{85}c\t";

#[track_caller]
fn check<T>(refused: Result<T, impl Display>) {
    let Err(error) = refused else { panic!("there is no such device") };
    let told = error.to_string();
    assert!(!told.contains(char::is_control), "{told:?}");
    assert!(told.contains("a\\nb"), "{told:?}");
}

#[test]
fn a_path_with_control_characters_is_told_in_one_line() {
    check(i2c::Bus::open(ODD));
    check(spi::Device::open(ODD, spi::Settings::new(1_000_000)));
    check(serial::open(ODD, serial::Settings::new(9_600)));
}

#[test]
fn a_name_with_control_characters_is_told_in_one_line() {
    check(led::Led::open(ODD));
    check(adc::Input::open(ODD, "voltage0", 4_095));
    let channel = pwm::Channel::at(ODD, 0);
    let opened = pwm::Pwm::open(&channel, Duration::from_millis(1), pwm::Polarity::Normal);
    check(run(async |_| opened.await));
}
