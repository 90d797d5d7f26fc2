//! Serial ports, on pseudo-terminals of a real kernel.
#![cfg(all(target_os = "linux", feature = "serial"))]

mod pty;

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Waker};

use embedded_io_async::{Read, Write};
use futures_lite::future::{poll_once, zip};
use pty::pty;
use rustix::termios::tcgetattr;
use tickwire_conformance::{Verdict, readiness, speed};
use tickwire_exec_std::serial::{
    CharSize, Error, FlowControl, Parity, Serial, Settings, StopBits, open,
};
use tickwire_exec_std::{Fd, StdClock, run};
use tickwire_traits::{Duration, SetBaud, Timer};

const CLOCK: StdClock = StdClock::new();
const SOON: Duration = Duration::from_millis(20);
const SETTINGS: Settings = Settings::new(115_200);

/// A port, and its far end.
fn line() -> (Fd<File>, Serial) {
    let (far, path) = pty();
    (Fd::new(far).unwrap(), open(path, SETTINGS).unwrap())
}

#[test]
fn bytes_pass_both_ways_unchanged() {
    run(async |_| {
        let (mut far, mut port) = line();
        let all: Vec<u8> = (0..=255).collect();
        let mut seen = vec![0; 256];
        let (sent, received) = zip(far.write_all(&all), port.read_exact(&mut seen)).await;
        sent.unwrap();
        received.unwrap();
        assert_eq!(seen, all);
        let (sent, received) = zip(port.write_all(&all), far.read_exact(&mut seen)).await;
        sent.unwrap();
        received.unwrap();
        assert_eq!(seen, all);
    });
}

#[test]
fn a_port_is_a_source_that_conforms() {
    let (mut far, path) = pty();
    let mut port = open(path, SETTINGS).unwrap();
    let raise = || far.write_all(b"1").unwrap();
    let spend = |port: &mut Serial| port.control().unwrap().discard_input().unwrap();
    let verdict = run(async |_| readiness::of(&CLOCK, &mut port, raise, spend).await);
    assert_eq!(verdict, Ok(()));
}

#[test]
fn halves_of_one_port_are_reunited() {
    run(async |_| {
        let (mut far, port) = line();
        let (_other_far, other) = line();
        let path = port.path().to_owned();
        let (reader, writer) = port.split().unwrap();
        let (other_reader, other_writer) = other.split().unwrap();
        let (reader, _) = reader.reunite(other_writer).unwrap_err();
        let (_, writer) = other_reader.reunite(writer).unwrap_err();
        let mut port = reader.reunite(writer).unwrap();
        assert_eq!(port.path(), path);
        port.write_all(b"ok").await.unwrap();
        let mut buf = [0; 2];
        far.read_exact(&mut buf).await.unwrap();
        assert_eq!(buf, *b"ok");
    });
}

#[test]
fn a_flush_may_be_dropped_and_bytes_written_meanwhile_are_flushed_too() {
    run(async |_| {
        let (mut far, mut port) = line();
        let mut dropped = 0;
        for round in 0..50 {
            port.write_all(&[round]).await.unwrap();
            dropped += u32::from(poll_once(port.flush()).await.is_none());
            port.write_all(&[round]).await.unwrap();
            port.flush().await.unwrap();
            let again = poll_once(port.flush()).await;
            assert!(matches!(again, Some(Ok(()))), "nothing was written");
            let mut buf = [0; 2];
            far.read_exact(&mut buf).await.unwrap();
            assert_eq!(buf, [round; 2]);
        }
        assert!(dropped > 0, "no thread is that fast");
    });
}

#[test]
fn a_line_that_goes_away_is_an_error_each_time() {
    run(async |_| {
        let (far, mut port) = line();
        let mut buf = [0; 4];
        assert!(CLOCK.timeout(SOON, port.read(&mut buf)).await.is_err(), "nothing comes yet");
        port.write_all(b"1").await.unwrap();
        drop(far);
        for _ in 0..3 {
            assert!(matches!(port.read(&mut buf).await, Err(Error::Gone)));
            assert!(matches!(port.write(b"2").await, Err(Error::Gone)));
            assert!(matches!(port.flush().await, Err(Error::Gone)));
            assert!(matches!(port.set_baud_rate(9_600).await, Err(Error::Gone)));
        }
    });
}

#[test]
fn a_line_that_goes_away_while_one_waits_is_an_error() {
    run(async |_| {
        let (far, port) = line();
        let (mut reader, mut writer) = port.split().unwrap();
        let mut buf = [0; 4];
        let fill = async {
            loop {
                if let Err(error) = writer.write(&[0; 4_096]).await {
                    break error;
                }
            }
        };
        let hang_up = async {
            CLOCK.sleep(SOON).await;
            drop(far);
        };
        let (read, (full, ())) = zip(reader.read(&mut buf), zip(fill, hang_up)).await;
        assert!(matches!((read, full), (Err(Error::Gone), Error::Gone)));
    });
}

#[test]
fn settings_are_read_back_and_may_be_changed() {
    let (_far, path) = pty();
    let asked = Settings {
        stop_bits: StopBits::Two,
        flow_control: FlowControl::XonXoff,
        ..Settings::new(250_000)
    };
    let mut port = open(path, asked).unwrap();
    assert_eq!(port.settings().unwrap(), asked);
    run(async |_| {
        let other = Settings { flow_control: FlowControl::RtsCts, ..SETTINGS };
        port.set_settings(Settings { exclusive: false, ..other }).await.unwrap();
        assert_eq!(port.settings().unwrap(), other, "it is as exclusive as before");
        port.set_baud_rate(4_800).await.unwrap();
        assert_eq!(port.settings().unwrap(), Settings { baud_rate: 4_800, ..other });
    });
}

/// The speed of the port, as its far end sees it.
fn speed_of(far: &Fd<File>) -> u32 {
    tcgetattr(far.get_ref()).unwrap().output_speed()
}

#[test]
fn the_half_that_writes_changes_the_speed_while_the_other_reads() {
    run(async |_| {
        let (mut far, mut port) = line();
        port.set_baud(57_600).await.unwrap();
        assert_eq!(speed_of(&far), 57_600);
        let (mut reader, mut writer) = port.split().unwrap();
        let mut seen = [0; 2];
        let change = async {
            // The last is of no standard.
            for speed in [4_800, 9_600, 31_250] {
                while poll_once(writer.set_baud(speed)).await.is_none() {}
                assert_eq!(speed_of(&far), speed);
                writer.write_all(b"?").await.unwrap();
            }
            assert!(matches!(writer.set_baud(0).await, Err(Error::Unsupported(_))));
            assert_eq!(speed_of(&far), 31_250);
            far.write_all(b"ok").await.unwrap();
        };
        zip(async { reader.read_exact(&mut seen).await.unwrap() }, change).await;
        assert_eq!(&seen, b"ok");
        assert_eq!(writer.settings().unwrap(), Settings::new(31_250));
    });
}

#[test]
fn a_port_and_its_half_that_writes_conform_in_their_speed() {
    run(async |_| {
        let (far, mut port) = line();
        assert_eq!(conforms(&far, &mut port).await, Ok(()));
        let (_reader, mut writer) = port.split().unwrap();
        assert_eq!(conforms(&far, &mut writer).await, Ok(()));
    });
}

async fn conforms<P: Write + SetBaud>(far: &Fd<File>, port: &mut P) -> Verdict {
    let write = async |port: &mut P| port.write_all(b"12345678").await.unwrap();
    let is_sent =
        |port: &mut P| pin!(port.flush()).poll(&mut Context::from_waker(Waker::noop())).is_ready();
    let speed_now = async |port: &mut P| {
        port.flush().await.unwrap();
        speed_of(far)
    };
    speed::of(&CLOCK, port, write, is_sent, speed_now, [9_600, 115_200]).await
}

/// A pseudo-terminal refuses parity, short characters, and a rate of zero.
#[test]
fn settings_that_are_not_supported_leave_the_previous_ones() {
    let (_far, path) = pty();
    let mut port = open(&path, SETTINGS).unwrap();
    run(async |_| {
        for asked in [
            Settings { parity: Parity::Even, ..Settings::new(9_600) },
            Settings { char_size: CharSize::Bits7, ..Settings::new(9_600) },
            Settings::new(0),
        ] {
            let refused = port.set_settings(asked).await;
            assert!(matches!(refused, Err(Error::Unsupported(settings)) if settings == asked));
            assert_eq!(port.settings().unwrap(), SETTINGS);
        }
    });
    drop(port);
    let odd = Settings { parity: Parity::Odd, ..SETTINGS };
    check(&path, odd, "the serial port does not support 115200 baud, 8O1");
    open(path, SETTINGS).unwrap();
}

/// Expects the error of opening `path` to be this line.
#[track_caller]
fn check(path: impl AsRef<Path>, settings: Settings, line: &str) {
    assert_eq!(open(path, settings).unwrap_err().to_string(), line);
}

#[test]
fn a_port_is_in_use_until_it_is_dropped() {
    let (_far, path) = pty();
    let port = open(&path, SETTINGS).unwrap();
    let line = format!("{} is in use", path.display());
    check(&path, Settings::new(9_600), &line);
    assert_eq!(port.settings().unwrap(), SETTINGS, "the other program's stay");
    let (reader, writer) = port.split().unwrap();
    drop(reader);
    check(&path, SETTINGS, &line);
    drop(writer);
    let shared = Settings { exclusive: false, ..SETTINGS };
    let _one = open(&path, shared).unwrap();
    let _another = open(&path, shared).unwrap();
}

#[test]
fn what_is_no_port_is_refused_in_one_line() {
    check("/dev/null", SETTINGS, "/dev/null is not a serial port");
    check("/dev", SETTINGS, "/dev is not a serial port");
    let missing = open("/nonexistent/tty", SETTINGS).unwrap_err();
    assert!(missing.to_string().starts_with("there is no /nonexistent/tty"));
    assert_eq!(io::Error::from(missing).kind(), io::ErrorKind::NotFound);
    let ports = ["/dev/serial/by-id/usb-FTDI", "/dev/ttyAMA0"].map(Into::into).to_vec();
    let missing = Error::NoPort { path: "/dev/ttyUSB0".into(), ports };
    let line = "there is no /dev/ttyUSB0; there is /dev/serial/by-id/usb-FTDI, /dev/ttyAMA0";
    assert_eq!(missing.to_string(), line);
    let denied = Error::Denied { path: "/dev/ttyUSB0".into(), group: Some("dialout".into()) };
    let line = "no permission to open /dev/ttyUSB0: join the group `dialout` and log in again";
    assert_eq!(denied.to_string(), line);
}

#[test]
fn lines_that_a_port_does_not_have_are_an_error() {
    let (_far, port) = line();
    let control = port.control().unwrap();
    assert!(matches!(control.set_rts(true), Err(Error::NoLine)));
    assert!(matches!(control.cts(), Err(Error::NoLine)));
    control.discard_output().unwrap();
}

#[test]
fn input_that_is_discarded_is_not_read() {
    run(async |_| {
        let (mut far, mut port) = line();
        far.write_all(b"old").await.unwrap();
        port.control().unwrap().discard_input().unwrap();
        far.write_all(b"new").await.unwrap();
        let mut buf = [0; 3];
        port.read_exact(&mut buf).await.unwrap();
        assert_eq!(buf, *b"new");
    });
}
