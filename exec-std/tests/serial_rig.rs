//! Two joined UARTs of a real kernel, `/dev/ttyS1` and `/dev/ttyS2`.
//!
//! `cargo xtask linux-rig` runs the tests in a kernel that has them. Elsewhere they do
//! nothing, and say so.
#![cfg(all(target_os = "linux", feature = "serial"))]

mod patience;
mod process;

use std::env;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Waker};
use std::thread;

use embedded_io_async::{Read, Write};
use futures_lite::future::{poll_once, zip};
use patience::within_two_minutes;
use process::pool_threads;
use tickwire_conformance::speed;
use tickwire_exec_std::serial::{
    CharSize, Error, FlowControl, Parity, Serial, Settings, StopBits, open,
};
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{Duration, Timer};

const CLOCK: StdClock = StdClock::new();
const ONE: &str = "/dev/ttyS1";
const OTHER: &str = "/dev/ttyS2";
const SETTINGS: Settings = Settings::new(115_200);
/// Holds and releases output with XON/XOFF.
const XOFF: u8 = 0x13;
const XON: u8 = 0x11;

/// Runs `test` with both ports, one test at a time.
fn with_ports(test: impl AsyncFnOnce(Serial, Serial) + Send + 'static) {
    static ALONE: Mutex<()> = Mutex::new(());
    if env::var_os("TICKWIRE_RIG").is_none() {
        let name = thread::current().name().unwrap_or("a test").to_owned();
        println!("skipped: {name}: it runs in `cargo xtask linux-rig`");
        return;
    }
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let ended = within_two_minutes(move || {
        let (one, other) = (open(ONE, SETTINGS).unwrap(), open(OTHER, SETTINGS).unwrap());
        run(async |_| test(one, other).await);
    });
    ended.expect("it panics or hangs");
}

async fn expect(port: &mut Serial, bytes: &[u8]) {
    let mut seen = vec![0; bytes.len()];
    port.read_exact(&mut seen).await.unwrap();
    assert_eq!(seen, bytes);
}

#[test]
fn bytes_pass_both_ways_unchanged_and_are_drained() {
    with_ports(async |mut one, mut other| {
        let all: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        let send = async {
            one.write_all(&all).await.unwrap();
            one.flush().await.unwrap();
        };
        zip(send, expect(&mut other, &all)).await;
        let answer = async {
            other.write_all(&all).await.unwrap();
            other.flush().await.unwrap();
        };
        zip(answer, expect(&mut one, &all)).await;
    });
}

#[test]
fn a_port_whose_bytes_take_time_conforms_in_its_speed() {
    with_ports(async |mut port, _other| {
        let write = async |port: &mut Serial| port.write_all(b"12345678").await.unwrap();
        let is_sent = |port: &mut Serial| {
            pin!(port.flush()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
        };
        let speed_now = async |port: &mut Serial| {
            port.flush().await.unwrap();
            port.settings().unwrap().baud_rate
        };
        let speeds = [9_600, 115_200];
        let verdict = speed::of(&CLOCK, &mut port, write, is_sent, speed_now, speeds).await;
        assert_eq!(verdict, Ok(()));
    });
}

#[test]
fn settings_are_read_back() {
    with_ports(async |mut one, _other| {
        let asked = Settings {
            char_size: CharSize::Bits7,
            parity: Parity::Even,
            stop_bits: StopBits::Two,
            flow_control: FlowControl::RtsCts,
            ..Settings::new(9_600)
        };
        one.set_settings(asked).await.unwrap();
        assert_eq!(one.settings().unwrap(), asked);
    });
}

#[test]
fn a_flush_waits_while_flow_control_holds_the_bytes() {
    with_ports(async |mut one, mut other| {
        one.set_settings(Settings { flow_control: FlowControl::XonXoff, ..SETTINGS })
            .await
            .unwrap();
        other.write_all(&[XOFF]).await.unwrap();
        other.flush().await.unwrap();
        // Until the kernel has seen the byte, which is not read.
        CLOCK.sleep(Duration::from_millis(50)).await;
        one.write_all(b"held").await.unwrap();
        let before = pool_threads();
        for _ in 0..20 {
            let held = CLOCK.timeout(Duration::from_millis(2), one.flush()).await;
            assert!(held.is_err(), "nothing was sent");
        }
        assert!(pool_threads() <= before + 1, "one drain");
        assert!(poll_once(other.read(&mut [0])).await.is_none());
        other.write_all(&[XON]).await.unwrap();
        zip(async { one.flush().await.unwrap() }, expect(&mut other, b"held")).await;
    });
}

#[test]
fn a_port_that_is_dropped_is_not_drained_forever_and_may_be_opened() {
    with_ports(async |mut one, mut other| {
        one.set_settings(Settings { flow_control: FlowControl::XonXoff, ..SETTINGS })
            .await
            .unwrap();
        other.write_all(&[XOFF]).await.unwrap();
        other.flush().await.unwrap();
        CLOCK.sleep(Duration::from_millis(50)).await;
        one.write_all(b"held").await.unwrap();
        assert!(CLOCK.timeout(Duration::from_millis(20), one.flush()).await.is_err());
        let before = pool_threads();
        drop(one);
        while pool_threads() >= before {
            CLOCK.sleep(Duration::from_millis(50)).await;
        }
        let mut one = open(ONE, SETTINGS).unwrap();
        one.write_all(b"new").await.unwrap();
        expect(&mut other, b"new").await;
    });
}

#[test]
fn a_port_is_in_use_until_it_is_dropped() {
    with_ports(async |one, _other| {
        assert!(matches!(open(ONE, SETTINGS), Err(Error::Busy(_))));
        drop(one);
        open(ONE, SETTINGS).unwrap();
    });
}

/// The emulator does not carry modem lines and breaks to the other port. The calls succeed.
#[test]
fn a_uart_has_modem_lines() {
    with_ports(async |one, _other| {
        let control = one.control().unwrap();
        for on in [true, false] {
            control.set_rts(on).unwrap();
            control.set_dtr(on).unwrap();
            control.set_break(on).unwrap();
        }
        let lines = [control.cts(), control.dsr(), control.ri(), control.cd()];
        println!("CTS, DSR, RI, CD: {lines:?}");
        assert!(lines.iter().all(Result::is_ok));
    });
}
