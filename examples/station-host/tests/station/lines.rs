//! Lines to receivers: files, FIFOs, pseudo-terminals.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::symlink;

use serde_json::Value;
use serial2::SerialPort;

use crate::{Ended, GGA, RMC, Station, fifo, file, is_fix, path, text};

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
    check_states(&ended, &["ended"]);
    for pace in [&["--fast"][..], &[]] {
        let args = ["--gps", &file("empty.log", ""), "--for", "0.2"];
        let empty = Station::start(&[&args, pace].concat()).end();
        assert_eq!(empty.well()["sentences"], 0);
        check_states(&empty, &["ended"]);
    }
}

/// What the line to the receiver is said to be, in order.
#[track_caller]
fn check_states(ended: &Ended, expected: &[&str]) {
    let told = ended.lines.iter().filter(|line| line["event"] == "gps_line");
    let states: Vec<_> = told.map(|line| line["state"].as_str().unwrap()).collect();
    assert_eq!(states, expected);
}

fn is_state(state: &str) -> impl Fn(&Value) -> bool {
    move |line| line["event"] == "gps_line" && line["state"] == state
}

#[test]
fn a_fifo_is_read_and_outlives_its_writers() {
    let fifo = fifo("fifo");
    let mut station = Station::start(&["--gps", &fifo]);
    let writer = || File::options().write(true).open(&fifo).unwrap();
    let waits = station.wait_for("that nobody writes", is_state("no_writer"));
    assert_eq!((station.seen.len(), &waits["looks_every_us"]), (1, &1_000_000.into()), "at once");
    for (sentence, expected) in [(RMC, OF_RMC), (GGA, OF_GGA)] {
        // Closing is the end of this writer only.
        writer().write_all(sentence.as_bytes()).unwrap();
        assert_eq!(place(&station.wait_for("a fix", is_fix)), expected);
        station.wait_for("that the writer left", is_state("no_writer"));
    }
    // One that says nothing is a writer too.
    let silent = writer();
    station.wait_for("a writer", is_state("open"));
    drop(silent);
    station.wait_for("that it left", is_state("no_writer"));
    station.signal("TERM");
    let ended = station.end();
    assert_eq!(place(ended.well()), OF_GGA);
    let waits_and_open = ["no_writer", "open"].into_iter().cycle().take(7).collect::<Vec<_>>();
    check_states(&ended, &waits_and_open);
    std::fs::remove_file(fifo).unwrap();
}

#[test]
fn a_fifo_that_has_a_writer_is_said_to_wait_for_none() {
    let fifo = fifo("written-fifo");
    let mut held = File::options().read(true).write(true).open(&fifo).unwrap();
    held.write_all(RMC.as_bytes()).unwrap();
    let mut station = Station::start(&["--gps", &fifo]);
    assert_eq!(place(&station.wait_for("a fix", is_fix)), OF_RMC);
    station.signal("TERM");
    check_states(&station.end(), &[]);
}

#[test]
fn a_fifo_that_is_made_anew_is_found() {
    let path = fifo("anew-fifo");
    let mut station = Station::start(&["--gps", &path]);
    station.wait_for("that nobody writes", is_state("no_writer"));
    fifo("anew-fifo");
    let mut held = File::options().read(true).write(true).open(&path).unwrap();
    held.write_all(GGA.as_bytes()).unwrap();
    assert_eq!(place(&station.wait_for("a fix", is_fix)), OF_GGA);
    std::fs::remove_file(&path).unwrap();
    drop(held);
    station.wait_for("that it is gone", is_state("gone"));
    std::fs::write(&path, RMC).unwrap();
    let other = station.wait_for("that it is another thing", is_state("gone"));
    assert_eq!(other["error"], "no FIFO any more");
    station.signal("TERM");
    check_states(&station.end(), &["no_writer", "open", "gone", "gone"]);
}

/// A pseudo-terminal: the far end, and the path of the near one.
fn pty() -> (File, String) {
    let (far, near) = SerialPort::pair().unwrap();
    let near = File::from(OwnedFd::from(near));
    let path = std::fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd())).unwrap();
    (File::from(OwnedFd::from(far)), text(path))
}

/// A receiver that is heard is asked once for its firmware. This one does not answer.
#[track_caller]
pub(crate) fn check_question(station: &mut Station, far: &mut File) {
    let told = station.wait_for("a command", |line| line["event"] == "gps_command");
    assert_eq!((&told["command"], &told["outcome"]), (&"PMTK605".into(), &"no answer".into()));
    let mut heard = [0; 32];
    let len = far.read(&mut heard).unwrap();
    assert_eq!(&heard[..len], b"$PMTK605*31\r\n");
}

#[test]
fn a_tty_that_goes_away_is_waited_for_and_read_on() {
    let link = path("adapter");
    // As udev does for an adapter: a name that leads to whatever tty it is today.
    let plug = |tty: &str| {
        let new = path("adapter-new");
        let _ = std::fs::remove_file(&new);
        symlink(tty, &new).unwrap();
        std::fs::rename(new, &link).unwrap();
    };
    let (mut far, tty) = pty();
    plug(&tty);
    let mut station = Station::start(&["--gps", &text(link.clone())]);
    // A climate comes when it runs: the line is open, and raw.
    station.wait_for("a climate", |line| line["event"] == "climate");
    far.write_all(RMC.as_bytes()).unwrap();
    assert_eq!(place(&station.wait_for("a fix", is_fix)), OF_RMC);
    far.write_all(&GGA.as_bytes()[..20]).unwrap();
    far.write_all(&GGA.as_bytes()[20..]).unwrap();
    assert_eq!(place(&station.wait_for("a fix", is_fix)), OF_GGA);
    check_question(&mut station, &mut far);
    // The path goes first: the tty of another test may soon have the same.
    std::fs::remove_file(&link).unwrap();
    drop(far);
    let gone = station.wait_for("that it is gone", is_state("gone"));
    assert_eq!(gone["looks_every_us"], 1_000_000);

    // The path leads to something else; it is back.
    plug(&file("adapter.log", RMC));
    let other = station.wait_for("that it is another thing", |line| line["error"].is_string());
    assert_eq!(other["error"], "neither a file, a FIFO nor a tty");
    let (mut far, tty) = pty();
    plug(&tty);
    station.wait_for("that it is back", is_state("open"));
    far.write_all(RMC.as_bytes()).unwrap();
    assert_eq!(place(&station.wait_for("a fix", is_fix)), OF_RMC);
    station.signal("TERM");
    let ended = station.end();
    assert_eq!(place(ended.well()), OF_RMC);
    check_states(&ended, &["gone", "gone", "open"]);
    assert_eq!(ended.count("gps_failed"), 0);
    assert_eq!(ended.last()["torn"], 0);
}

#[test]
fn a_tty_that_says_nothing_is_waited_for() {
    let (_far, path) = pty();
    let ended = Station::start(&["--gps", &path, "--baud", "4800", "--for", "1.5"]).end();
    assert_eq!(ended.well()["sentences"], 0);
}
