//! A GPS receiver on a UART, whose other end another process writes.

use std::fs;
use std::process::Command;

use embedded_io_async::Write;
use tickwire_drivers::gps::pps::{Event, Pps, State};
use tickwire_drivers::gps::{Field, Gps};
use tickwire_exec_std::gpio::{Input, InputSettings};
use tickwire_exec_std::run;
use tickwire_exec_std::serial::{Settings, open};
use tickwire_sim::models::gps::demo_log;
use tickwire_traits::{Clock, Duration, Edges, TimeSource, Timer, race};

use crate::CLOCK;
use crate::rig::{in_rig, with_chip};

const NEAR: &str = "/dev/ttyS1";
const FAR: &str = "/dev/ttyS2";
const SECONDS: u32 = 5;

#[test]
fn a_receiver_on_a_uart_has_its_sentences_read() {
    in_rig(|| {
        let log = demo_log(SECONDS);
        let port = open(NEAR, Settings::new(9_600)).unwrap();
        fs::write("/tmp/log.nmea", &log).unwrap();
        // The far end is a terminal, and must not change line ends.
        let script = format!("stty -F {FAR} 9600 raw -echo && cat /tmp/log.nmea > {FAR}");
        let mut receiver = Command::new("sh").args(["-ec", &script]).spawn().unwrap();
        let mut gps = Gps::new(port, CLOCK);
        let mut positions = 0;
        run(async |_| {
            while positions < SECONDS {
                let update = CLOCK.timeout(Duration::from_secs(60), gps.update()).await;
                let update = update.expect("a sentence").unwrap();
                positions += u32::from(update.set.contains(Field::Position));
            }
        });
        assert!(receiver.wait().unwrap().success());
        let counters = gps.counters();
        assert_eq!(counters.accepted, counters.sentences);
    });
}

/// The pulses are pulled by this process. The kernel's stamps of them are the truth.
#[test]
fn utc_is_kept_by_pulses_that_the_kernel_stamps() {
    const LINE: u32 = 18;
    /// 2026-06-21T12:00:00Z, with which the log begins.
    const NOON: u64 = 1_782_043_200;
    /// By how much a task may be late that pulls a line.
    const LATE_MICROS: u64 = 5_000;

    with_chip(|chip| {
        let chip = &chip;
        let mut gps = Gps::new(open(NEAR, Settings::new(9_600)).unwrap(), CLOCK);
        let mut far = open(FAR, Settings::new(9_600)).unwrap();
        let mut pin = Input::open(&chip.line(LINE), InputSettings::DEFAULT).unwrap();
        pin.arm().unwrap();
        let mut pps = Pps::new(pin);
        assert_eq!(pps.time_source(), TimeSource::Kernel);
        let log = String::from_utf8(demo_log(60)).unwrap();
        let receiver = async {
            let begin = CLOCK.now();
            for (second, sentence) in log.lines().step_by(7).enumerate() {
                CLOCK.sleep_until(begin + Duration::from_secs(1) * second as u32).await;
                chip.pull(LINE, true);
                far.write_all(format!("{sentence}\r\n").as_bytes()).await.unwrap();
                CLOCK.sleep(Duration::from_millis(100)).await;
                chip.pull(LINE, false);
            }
            panic!("there is no lock after a minute");
        };
        let judge = async {
            let mut pulses = 0_u64;
            loop {
                let event = pps.event(&mut gps).await.unwrap();
                if !matches!(event, Event::Pulse(_)) {
                    continue;
                }
                pulses += 1;
                let keeper = pps.keeper();
                let now = CLOCK.now();
                let lock = keeper.lock(now);
                let stamp = now - lock.age;
                let Some(utc) = keeper.utc_at(stamp) else { continue };
                // The first pulse comes before the first sentence.
                let second = (NOON + pulses - 1) * 1_000_000;
                let off = utc.unix_micros().abs_diff(second);
                assert!(off <= LATE_MICROS, "{off} µs off at pulse {pulses}: {utc}");
                if lock.state == State::Locked {
                    println!("locked after {pulses} pulses: {lock:?}, {:?}", keeper.drift());
                    break;
                }
            }
        };
        run(async |_| race(receiver, judge).await.into_inner());
        assert_eq!(pps.keeper().counters().overruled, 0);
    });
}
