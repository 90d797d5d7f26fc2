//! The programs of `examples/raspberry-pi`, unchanged, on an emulated Raspberry Pi 3.
//!
//! They run in `cargo xtask linux-rig pi`. Elsewhere they do nothing, and say so.
#![cfg(target_os = "linux")]

#[path = "drivers/display.rs"]
mod display;
#[path = "drivers/recorder.rs"]
mod recorder;

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use display::{Wiring, play, row};
use embedded_hal::i2c::{Error as _, ErrorKind, NoAcknowledgeSource};
use embedded_hal_async::i2c::I2c;
use embedded_hal_async::spi::SpiDevice;
use recorder::Recorder;
use tickwire_drivers::htu21d::Htu21d;
use tickwire_exec_std::i2c::Bus;
use tickwire_exec_std::spi::{Device, Settings};
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::Delay;

/// QEMU's model of a TMP105.
const THERMOMETER: u8 = 0x48;
const ABSENT: u8 = 0x23;

/// Whether this is the emulated Raspberry Pi.
fn is_here() -> bool {
    let is_here = env::var("TICKWIRE_RIG").as_deref() == Ok("pi");
    if !is_here {
        let name = thread::current().name().unwrap_or("a test").to_owned();
        println!("skipped: {name}: it runs in `cargo xtask linux-rig pi`");
    }
    is_here
}

fn start(program: &str) -> Child {
    Command::new(program).stdout(Stdio::piped()).spawn().expect("the program is packed")
}

/// Asks a program to end. It has to end with status 0.
fn stop(mut program: Child) {
    let ask = format!("kill -TERM {}", program.id());
    assert!(Command::new("sh").args(["-c", &ask]).status().unwrap().success());
    assert_eq!(program.wait().unwrap().code(), Some(0));
}

#[test]
fn the_display_of_the_example_counts_seconds() {
    if !is_here() {
        return;
    }
    let recorder = Recorder::start("pinctrl-bcm2835");
    let program = start("hd44780");
    thread::sleep(Duration::from_millis(2_500));
    stop(program);
    let display = play(&recorder.stop(), Wiring { rs: 22, e: 23, data: [24, 25, 5, 6] });
    assert_eq!((display.violations(), display.log()), (0, &[][..]));
    assert_eq!(row(&display, 0), *b"Tickwire        ");
    let second = row(&display, 1);
    assert!([*b"1 s             ", *b"2 s             "].contains(&second), "{second:?}");
}

#[test]
fn the_receiver_at_the_pl011_has_a_position() {
    if !is_here() {
        return;
    }
    let mut program = start("gps");
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("51.47")), "no position near Greenwich");
    stop(program);
}

#[test]
fn a_device_of_the_i2c_bus_answers_and_an_absent_one_does_not() {
    if !is_here() {
        return;
    }
    let mut bus = Bus::open("/dev/i2c-1").unwrap();
    run(async |_| {
        let mut degrees = [0xff; 2];
        bus.write_read(THERMOMETER, &[0x00], &mut degrees).await.unwrap();
        assert_eq!(degrees, [0, 0]);
        // The register of the upper limit can be written, and the lowest four bits cannot.
        bus.write(THERMOMETER, &[0x03, 0x12, 0x34]).await.unwrap();
        bus.write_read(THERMOMETER, &[0x03], &mut degrees).await.unwrap();
        assert_eq!(degrees, [0x12, 0x30]);

        let error = bus.read(ABSENT, &mut degrees).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown));
        assert!(error.to_string().contains("121"), "{error}");
        let error = Htu21d::new(bus.clone(), Delay(StdClock::new())).measure().await.unwrap_err();
        println!("a sensor that is absent: {error}");
        // The bus is as it was.
        bus.write_read(THERMOMETER, &[0x03], &mut degrees).await.unwrap();
        assert_eq!(degrees, [0x12, 0x30]);
    });
}

#[test]
fn the_spi_controller_transfers() {
    if !is_here() {
        return;
    }
    let mut device = Device::open("/dev/spidev0.0", Settings::new(1_000_000)).unwrap();
    let mut bytes = [0x01, 0x80, 0x00];
    run(async |_| device.transfer_in_place(&mut bytes).await).unwrap();
    // Nothing is connected.
    assert_eq!(bytes, [0, 0, 0]);
}
