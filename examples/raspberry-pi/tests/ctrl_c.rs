//! The end of a program in good order.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{Command, Stdio};

use serial2::SerialPort;

const GGA: &[u8] =
    b"$GPGGA,180050.896,3749.1802,N,08338.7865,W,1,07,1.1,397.4,M,-32.5,M,,0000*6C\r\n";

#[test]
fn a_receiver_is_read_until_somebody_stops_it() {
    for signal in ["INT", "TERM"] {
        let (far, near) = SerialPort::pair().unwrap();
        let (mut far, near) = (File::from(OwnedFd::from(far)), File::from(OwnedFd::from(near)));
        let port = fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd())).unwrap();
        let mut gps = Command::new(env!("CARGO_BIN_EXE_gps"));
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
