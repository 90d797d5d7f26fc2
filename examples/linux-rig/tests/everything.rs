//! All devices of the rig at once, for a while.
//!
//! It runs in `cargo xtask linux-rig`. Elsewhere it does nothing, and says so.
#![cfg(target_os = "linux")]

#[path = "../../../exec-std/tests/rig/mod.rs"]
#[allow(dead_code, reason = "the tests of exec-std use more of it")]
mod rig;

use std::path::Path;
use std::process::Command;
use std::{env, fs, thread, time};

use embedded_hal::digital::PinState;
use futures_lite::future::or;
use rig::with_chip;
use tickwire_drivers::hd44780::{Lcd, Pcf8574};
use tickwire_drivers::htu21d::Htu21d;
use tickwire_drivers::mcp3008::{Input as Channel, Mcp3008};
use tickwire_exec_std::gpio::{Input, InputSettings};
use tickwire_exec_std::i2c::Bus;
use tickwire_exec_std::spi::{Device, Settings};
use tickwire_exec_std::{StdClock, run};
use tickwire_linux_rig::i2c_bus::PATH;
use tickwire_traits::{Delay, Duration, Edges, Timer};

const CLOCK: StdClock = StdClock::new();
const LINE: u32 = 4;
/// One per millisecond.
const EDGES: u32 = 8_000;
/// Tells a process which file to write to.
const PULL: &str = "TICKWIRE_PULL";

/// Descriptors, threads, and resident memory in KiB.
fn in_use() -> (usize, usize, usize) {
    let count = |folder| fs::read_dir(folder).unwrap().count();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let resident = resident.trim_end_matches(" kB").trim().parse().unwrap();
    (count("/proc/self/fd"), count("/proc/self/task"), resident)
}

/// Pulls a line each millisecond, beginning with up.
fn pull(file: &Path) {
    let mut next = time::Instant::now();
    for edge in 0..EDGES {
        next += time::Duration::from_millis(1);
        thread::sleep(next.saturating_duration_since(time::Instant::now()));
        fs::write(file, if edge % 2 == 0 { "pull-up" } else { "pull-down" }).unwrap();
    }
}

async fn measure(bus: Bus) {
    let mut sensor = Htu21d::new(bus, Delay(CLOCK));
    loop {
        sensor.measure().await.unwrap();
    }
}

async fn show(bus: Bus) {
    let mut lcd = Lcd::<_, _, 16, 2>::new(Pcf8574::new(bus), Delay(CLOCK));
    for number in 0.. {
        lcd.set_line(0, &format!("{number}"));
        lcd.flush().await.unwrap();
        CLOCK.sleep(Duration::from_millis(200)).await;
    }
}

async fn convert() {
    let device = Device::open("/dev/spidev0.0", Settings::new(1_000_000)).unwrap();
    let mut adc = Mcp3008::new(device);
    loop {
        adc.read(Channel::Ch0).await.unwrap();
        CLOCK.sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn nothing_grows_and_no_edge_is_missed_while_all_devices_work() {
    if let Some(file) = env::var_os(PULL) {
        return pull(Path::new(&file));
    }
    with_chip(|chip| {
        let mut pin = Input::open(&chip.line(LINE), InputSettings::DEFAULT).unwrap();
        let mut hand = Command::new(env::current_exe().unwrap())
            .args([thread::current().name().unwrap(), "--exact"])
            .env(PULL, chip.pull_file(LINE))
            .spawn()
            .unwrap();
        let bus = Bus::open(PATH).unwrap();
        run(async |_| {
            pin.arm().unwrap();
            let edges = async {
                let mut half = None;
                for number in 0..EDGES {
                    let edge = pin.edge().await.unwrap();
                    let level = PinState::from(number % 2 == 0);
                    assert_eq!((edge.level, edge.missed), (level, 0), "edge {number}");
                    if number == EDGES / 2 {
                        half = Some(in_use());
                    }
                }
                let (half, end) = (half.unwrap(), in_use());
                println!("counted: descriptors, threads, KiB {half:?}, then {end:?}");
                assert_eq!((half.0, half.1), (end.0, end.1));
                assert!(end.2 <= half.2 + 64, "{} KiB, then {}", half.2, end.2);
            };
            let devices = or(measure(bus.clone()), or(show(bus), convert()));
            or(edges, devices).await;
        });
        assert!(hand.wait().unwrap().success());
    });
}
