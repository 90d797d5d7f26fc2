//! The programs on a machine that has none of their devices.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;

/// Whether a device is there whose name begins so. The programs would use it.
fn has(prefix: &str) -> bool {
    let devices = fs::read_dir("/dev").into_iter().flatten().flatten();
    devices.map(|device| device.file_name()).any(|name| name.to_string_lossy().starts_with(prefix))
}

#[track_caller]
fn check(program: &str, device: &str, expected: &str) {
    if has(device) {
        eprintln!("skipped: {expected}: this machine has a /dev/{device}");
        return;
    }
    let ended = Command::new(program).output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("it prints text");
    assert_eq!((text(ended.stdout).as_str(), ended.status.code()), ("", Some(1)), "{expected}");
    assert_eq!(text(ended.stderr), format!("{expected}\n"));
}

#[test]
fn a_missing_device_is_one_line_and_a_status() {
    let no_chip = |name: &str, program: &str| {
        check(program, "gpiochip", &format!("{name}: this system has no GPIO chip"));
    };
    no_chip("blinky", env!("CARGO_BIN_EXE_blinky"));
    no_chip("switch", env!("CARGO_BIN_EXE_switch"));
    no_chip("button", env!("CARGO_BIN_EXE_button"));
    no_chip("led", env!("CARGO_BIN_EXE_led"));
    no_chip("encoder", env!("CARGO_BIN_EXE_encoder"));
    no_chip("keypad", env!("CARGO_BIN_EXE_keypad"));
    no_chip("nec", env!("CARGO_BIN_EXE_nec"));
    no_chip("hd44780", env!("CARGO_BIN_EXE_hd44780"));
    let no_bus = "/dev/i2c-1 is not an I2C bus; is I2C enabled, and `i2c-dev` loaded?";
    check(env!("CARGO_BIN_EXE_htu21d"), "i2c-1", &format!("htu21d: {no_bus}"));
    let sampler = env!("CARGO_BIN_EXE_htu21d_sampler");
    check(sampler, "i2c-1", &format!("htu21d_sampler: {no_bus}"));
    // Another port would be suggested.
    let device = ["ttyUSB", "ttyACM", "ttyAMA"].into_iter().find(|it| has(it)).unwrap_or("serial");
    check(env!("CARGO_BIN_EXE_gps"), device, "gps: there is no /dev/serial0");
    check(env!("CARGO_BIN_EXE_gps_hub"), device, "gps_hub: there is no /dev/serial0");
    check(env!("CARGO_BIN_EXE_gps_pps"), device, "gps_pps: there is no /dev/serial0");
    let no_spi = "/dev/spidev0.0 is not an SPI device; is SPI enabled, and `spidev` loaded?";
    check(env!("CARGO_BIN_EXE_mcp3008"), "spidev0.0", &format!("mcp3008: {no_spi}"));
    check(env!("CARGO_BIN_EXE_ladder"), "spidev0.0", &format!("ladder: {no_spi}"));
    check(env!("CARGO_BIN_EXE_touch"), "spidev0.0", &format!("touch: {no_spi}"));
    check(env!("CARGO_BIN_EXE_analog_watch"), "spidev0.0", &format!("analog_watch: {no_spi}"));
}
