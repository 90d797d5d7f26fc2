//! A program with many tasks and devices, for which nothing happens.
//!
//! It runs in `cargo xtask linux-rig`. Elsewhere it does nothing, and says so.
#![cfg(target_os = "linux")]

#[path = "../../../exec-std/tests/rig/mod.rs"]
#[allow(dead_code, reason = "the tests of exec-std use more of it")]
mod rig;

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Waker};
use std::{fs, iter, thread, time};

use embedded_hal_async::i2c::I2c as _;
use embedded_hal_async::spi::SpiDevice as _;
use embedded_io_async::Read as _;
use rig::{Chip, with_chip};
use tickwire_exec_std::gpio::{Input, InputSettings, Output, OutputSettings};
use tickwire_exec_std::pwm::{Channel, Polarity, Pwm};
use tickwire_exec_std::{StdClock, StdSpawner, adc, i2c, led, run, serial, spi, unblock};
use tickwire_linux_rig::i2c_bus::PATH;
use tickwire_traits::{
    AnalogInput as _, Duration, Edges as _, JoinHandle as _, Spawn as _, Timer as _,
};

const CLOCK: StdClock = StdClock::new();
const HOUR: Duration = Duration::from_secs(3_600);
/// The deadline of a transaction wakes its task once more, five seconds later.
const SETTLED: Duration = Duration::from_secs(6);
const IDLE: time::Duration = time::Duration::from_secs(10);
const TASKS: usize = 1_000;
const INPUTS: u32 = 10;

/// Threads by number: their name, state, and how often they have left the processor.
type Threads = BTreeMap<u32, [String; 4]>;

/// Returns all threads of this process but the caller's.
fn others() -> Threads {
    let field = |status: &str, name| {
        let value = status.lines().find_map(|line| line.strip_prefix(name)).expect("a field");
        value.trim().to_owned()
    };
    let own = fs::read_link("/proc/thread-self").unwrap();
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let tasks = tasks.filter(|task| Some(&*task.file_name()) != own.file_name());
    let threads = tasks.map(|task| {
        let status = fs::read_to_string(task.path().join("status")).unwrap();
        let fields = ["Name:", "State:", "voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:"];
        let number = task.file_name().to_string_lossy().parse().unwrap();
        (number, fields.map(|name| field(&status, name)))
    });
    threads.collect()
}

/// Expects that no other thread runs for ten seconds. Returns their names, except for those of the
/// test and its harness.
///
/// A thread that sleeps before and afterwards, and has not gone to sleep in between, was not
/// woken. It has polled nothing and called nothing.
async fn names_while_idle() -> Vec<String> {
    let watch = || {
        // The run loop has gone to sleep by then.
        thread::sleep(time::Duration::from_millis(100));
        let before = others();
        thread::sleep(IDLE);
        (before, others())
    };
    let (before, after) = unblock(watch).await.unwrap();
    assert_eq!(before, after);
    assert!(after.values().all(|[_, state, ..]| state == "S (sleeping)"), "{after:#?}");
    let mut names: Vec<_> = after.into_values().map(|[name, ..]| name).collect();
    names.retain(|name| !name.starts_with("idle") && !"many_tasks_and_devices".starts_with(name));
    names.sort();
    names
}

/// Opens devices and uses those that have threads. Tasks wait for what comes in.
async fn open_devices(chip: &Chip, spawner: StdSpawner) -> impl Sized + use<> {
    for offset in 0..INPUTS {
        let mut input = Input::open(&chip.line(offset), InputSettings::DEFAULT).unwrap();
        let task = async move { unreachable!("{:?}", input.edge().await) };
        spawner.spawn(task).unwrap().detach();
    }
    for path in ["/dev/ttyS1", "/dev/ttyS2"] {
        let mut port = serial::open(path, serial::Settings::new(115_200)).unwrap();
        let task = async move { unreachable!("{:?}", port.read(&mut [0]).await) };
        spawner.spawn(task).unwrap().detach();
    }
    let mut buses = [(); 2].map(|()| i2c::Bus::open(PATH).unwrap());
    for bus in &mut buses {
        bus.write_read(0x40, &[0xe7], &mut [0]).await.unwrap();
    }
    let settings = spi::Settings::new(1_000_000);
    let mut converters = [(); 2].map(|()| spi::Device::open("/dev/spidev0.0", settings).unwrap());
    for converter in &mut converters {
        converter.transfer_in_place(&mut [1, 0x80, 0]).await.unwrap();
    }
    let output = Output::open(&chip.line(INPUTS), OutputSettings::DEFAULT).unwrap();
    let channel = Channel::at("/sys/class/pwm/pwmchip0", 0);
    let pwm = Pwm::open(&channel, time::Duration::from_millis(1), Polarity::Normal).await.unwrap();
    let light = led::Led::open("tickwire:green:status").unwrap();
    let mut analog = adc::Input::open("adc", "voltage0", 4_095).unwrap();
    analog.read().await.unwrap();
    (buses, converters, output, pwm, light, analog)
}

#[test]
fn many_tasks_and_devices_wake_nobody_while_nothing_happens() {
    with_chip(|chip| {
        run(async |spawner| {
            for _ in 0..TASKS {
                spawner.spawn(CLOCK.sleep(HOUR)).unwrap().detach();
            }
            let _devices = open_devices(&chip, spawner).await;
            CLOCK.sleep(SETTLED).await;
            let buses = ["i2c-1", "i2c-1", "spidev0.0", "spidev0.0"];
            assert_eq!(names_while_idle().await, buses);

            // A waker of another executor has a thread that serves it.
            let mut sleep = pin!(CLOCK.sleep(HOUR));
            let mut context = Context::from_waker(Waker::noop());
            assert!(sleep.as_mut().poll(&mut context).is_pending());
            let with_helper: Vec<_> = buses.into_iter().chain(iter::once("tickwire")).collect();
            assert_eq!(names_while_idle().await, with_helper);
        });
    });
}
