//! The end of a program in good order.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{Command, Stdio};
use std::thread::yield_now;

use serial2::SerialPort;

const GGA: &[u8] =
    b"$GPGGA,180050.896,3749.1802,N,08338.7865,W,1,07,1.1,397.4,M,-32.5,M,,0000*6C\r\n";

#[test]
fn a_receiver_is_read_until_somebody_stops_it() {
    for signal in ["INT", "TERM"] {
        let (far, near) = SerialPort::pair().unwrap();
        let (mut far, near) = (File::from(OwnedFd::from(far)), File::from(OwnedFd::from(near)));
        let port = fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd())).unwrap();
        // A program leaves a signal ignored that was ignored when it began, as in a script's
        // background.
        let mut gps = Command::new("env");
        gps.args([&format!("--default-signal={signal}"), env!("CARGO_BIN_EXE_gps")]);
        let mut gps = gps.arg(port).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        far.write_all(GGA).unwrap();
        let mut lines = BufReader::new(gps.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "fix Found");
        assert_eq!(lines.next().unwrap().unwrap(), "37.8196700° N, 83.6464417° W");
        let sent = Command::new("kill").args(["-s", signal, &gps.id().to_string()]).status();
        assert!(sent.unwrap().success());
        let ended = gps.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]), "{signal}");
    }
}

#[test]
fn what_comes_is_divided_as_the_command_line_says() {
    #[track_caller]
    fn check(form: &str, sent: &[u8], expected: &[&str]) {
        let (far, near) = SerialPort::pair().unwrap();
        let (mut far, near) = (File::from(OwnedFd::from(far)), File::from(OwnedFd::from(near)));
        let port = fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd())).unwrap();
        let mut streams = Command::new(env!("CARGO_BIN_EXE_streams"));
        let mut streams = streams.arg(port).arg(form).stdout(Stdio::piped()).spawn().unwrap();
        far.write_all(sent).unwrap();
        let lines = BufReader::new(streams.stdout.take().unwrap()).lines();
        let lines: Vec<_> = lines.take(expected.len()).map(Result::unwrap).collect();
        assert_eq!(lines, expected, "{form}");
        Command::new("kill").arg(streams.id().to_string()).status().unwrap();
        assert!(streams.wait().unwrap().success());
    }
    let long = [&b"one\r\ntwo\r"[..], &[b'-'; 300], b"\nthree\n"].concat();
    check("lines", &long, &["one", "two", "# a piece of 300 bytes is too long", "three"]);
    check("records", b"one\0\xff\0", &["one", "\\xff"]);
    check("blocks", b"one", &["one"]);
    // The checksum of "123456789" is 0x906e. The second frame lacks a byte.
    let frames = b"\x0c123456789\x6e\x90\0\x0c23456789\x6e\x90\0\x0c123456789\x6e\x90\0";
    check("frames", frames, &["123456789", "# 11 bytes are no frame", "123456789"]);
}

#[test]
fn a_modem_is_asked_and_heard() {
    let (far, near) = SerialPort::pair().unwrap();
    let (mut far, near) = (File::from(OwnedFd::from(far)), File::from(OwnedFd::from(near)));
    let port = fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd())).unwrap();
    let mut modem = Command::new(env!("CARGO_BIN_EXE_modem"));
    let mut modem = modem.arg(port).stdout(Stdio::piped()).spawn().unwrap();
    assert_eq!(heard(&mut far, b'\r'), b"AT+CSQ\r");
    far.write_all(b"AT+CSQ\r\r\n+CSQ: 17,0\r\n\r\nOK\r\n\r\nRING\r\n").unwrap();
    let lines = BufReader::new(modem.stdout.take().unwrap()).lines();
    let lines: Vec<_> = lines.take(2).map(Result::unwrap).collect();
    assert_eq!(lines, ["+CSQ: 17,0 OK", "unasked: RING"]);
    Command::new("kill").arg(modem.id().to_string()).status().unwrap();
    assert!(modem.wait().unwrap().success());
}

#[test]
fn a_receiver_is_told_what_to_do_while_it_is_read() {
    let (far, near) = SerialPort::pair().unwrap();
    let (mut far, near) = (File::from(OwnedFd::from(far)), File::from(OwnedFd::from(near)));
    let port = fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd())).unwrap();
    let mut gps = Command::new(env!("CARGO_BIN_EXE_gps_hub"));
    let mut gps = gps.arg(port).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(gps.stdout.take().unwrap()).lines();
    let mut printed = || lines.next().unwrap().unwrap();
    assert_eq!(heard(&mut far, b'\n'), b"$PMTK605*31\r\n");
    far.write_all(GGA).unwrap();
    assert_eq!(printed(), "37.8196700° N, 83.6464417° W");
    far.write_all(b"$PMTK705,AXN_5.1.7,0027,PA1010D,1.0*74\r\n").unwrap();
    assert_eq!(printed(), "PMTK605: PA1010D AXN_5.1.7");
    assert_eq!(heard(&mut far, b'\n'), b"$PMTK220,500*2B\r\n");
    far.write_all(b"$PMTK001,220,3*30\r\n").unwrap();
    assert_eq!(printed(), "PMTK220,500: Succeeded");
    Command::new("kill").arg(gps.id().to_string()).status().unwrap();
    assert!(gps.wait().unwrap().success());
}

/// Reads up to `end`.
fn heard(far: &mut File, end: u8) -> Vec<u8> {
    let mut heard = Vec::new();
    while heard.last() != Some(&end) {
        let mut byte = [0];
        match far.read(&mut byte) {
            Ok(len) => heard.extend_from_slice(&byte[..len]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
    heard
}
