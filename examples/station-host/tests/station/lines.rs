//! Lines to receivers: files, FIFOs, pseudo-terminals.

use std::fs::File;
use std::io::Write;
use std::os::fd::{AsRawFd, OwnedFd};

use serde_json::Value;
use serial2::SerialPort;

use crate::{GGA, RMC, Station, fifo, file, is_fix, text};

/// The position of the fix that RMC, or GGA, tells.
fn place(line: &Value) -> (i64, i64) {
    (line["lat_e7"].as_i64().unwrap(), line["lon_e7"].as_i64().unwrap())
}

const OF_RMC: (i64, i64) = (378_196_800, -836_464_483);
const OF_GGA: (i64, i64) = (378_196_700, -836_464_417);

#[test]
fn a_file_comes_at_the_pace_of_a_line() {
    let log = file("pace.log", RMC);
    let at = |baud| {
        let mut station = Station::start(&["--gps", &log, "--baud", baud]);
        let fix = station.wait_for("a fix", is_fix);
        assert_eq!(place(&fix), OF_RMC);
        fix["t_us"].as_u64().unwrap()
    };
    // A byte is ten bits, and the last one is not waited for.
    let bits = (RMC.len() as u64 - 1) * 10;
    let (slow, fast) = (at("1200"), at("115200"));
    assert!(slow >= bits * 1_000_000 / 1_200, "{slow}");
    assert!(fast < slow / 2, "{fast} {slow}");
}

#[test]
fn a_file_is_followed_by_silence() {
    let ended =
        Station::start(&["--gps", &file("end.log", GGA), "--baud", "115200", "--for", "1"]).end();
    let last = ended.well();
    assert_eq!((place(last), &last["altitude_mm"]), (OF_GGA, &397_400.into()));
    let empty = Station::start(&["--gps", &file("empty.log", ""), "--fast", "--for", "0.2"]).end();
    assert_eq!(empty.well()["sentences"], 0);
}

#[test]
fn a_fifo_is_read_and_outlives_its_writers() {
    let fifo = fifo("fifo");
    let mut station = Station::start(&["--gps", &fifo]);
    for (sentence, expected) in [(RMC, OF_RMC), (GGA, OF_GGA)] {
        // Opening waits for the reader; closing is the end of this writer only.
        File::options().write(true).open(&fifo).unwrap().write_all(sentence.as_bytes()).unwrap();
        assert_eq!(place(&station.wait_for("a fix", is_fix)), expected);
    }
    station.signal("TERM");
    assert_eq!(place(station.end().well()), OF_GGA);
    std::fs::remove_file(fifo).unwrap();
}

/// A pseudo-terminal: the far end, and the path of the near one.
fn pty() -> (File, String) {
    let (far, near) = SerialPort::pair().unwrap();
    let near = File::from(OwnedFd::from(near));
    let path = std::fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd())).unwrap();
    (File::from(OwnedFd::from(far)), text(path))
}

#[test]
fn a_tty_is_read_until_it_goes_away() {
    let (mut far, path) = pty();
    let mut station = Station::start(&["--gps", &path]);
    // A climate comes when it runs: the line is open, and raw.
    station.wait_for("a climate", |line| line["event"] == "climate");
    far.write_all(RMC.as_bytes()).unwrap();
    assert_eq!(place(&station.wait_for("a fix", is_fix)), OF_RMC);
    far.write_all(&GGA.as_bytes()[..20]).unwrap();
    far.write_all(&GGA.as_bytes()[20..]).unwrap();
    assert_eq!(place(&station.wait_for("a fix", is_fix)), OF_GGA);
    drop(far);
    let ended = station.end();
    ended.badly("the GPS line: the receiver could not be read: the serial line is gone");
    assert_eq!(place(ended.last()), OF_GGA);
    assert_eq!(ended.count("gps_failed"), 1);
}

#[test]
fn a_tty_that_says_nothing_is_waited_for() {
    let (_far, path) = pty();
    let ended = Station::start(&["--gps", &path, "--baud", "4800", "--for", "1.5"]).end();
    assert_eq!(ended.well()["sentences"], 0);
}
