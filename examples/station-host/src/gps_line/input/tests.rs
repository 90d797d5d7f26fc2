use std::fs::{self, File};
use std::io::Read as _;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::{env, process};

use serial2::SerialPort;
use tickwire_exec_std::run;
use tickwire_traits::{Duration, Timer};

use super::*;
use crate::gps_line::{GpsLine, LineState, Source};
use crate::record::Record;

/// For a busy machine: a line is looked for each second.
const PATIENCE: Duration = Duration::from_secs(60);

/// A receiver, to whose port the path `link` leads.
fn receiver(link: &Path) -> (File, File) {
    let (far, near) = SerialPort::pair().unwrap();
    let (far, near) = (File::from(OwnedFd::from(far)), File::from(OwnedFd::from(near)));
    let tty = fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd())).unwrap();
    let _ = fs::remove_file(link);
    symlink(tty, link).unwrap();
    (far, near)
}

/// Reads until the line is in the state that `is_reached` knows.
async fn read_until(line: &mut GpsLine, record: &Record, is_reached: fn(&LineState) -> bool) {
    use embedded_io_async::Read;
    let mut buf = [0; 8];
    let reached = async {
        while !is_reached(&record.gps_line_state()) {
            let turn = StdClock::new().timeout(Duration::from_millis(5), line.read(&mut buf)).await;
            assert!(turn.is_err(), "the receiver says nothing: {turn:?}");
        }
    };
    StdClock::new().timeout(PATIENCE, reached).await.expect("the line changes");
}

/// Sends `text`, which arrives at the far end of the port.
async fn check(input: &mut GpsInput, text: &str, mut far: &File) {
    input.write_all(text.as_bytes()).await.unwrap();
    input.flush().await.unwrap();
    let mut heard = vec![0; text.len()];
    far.read_exact(&mut heard).unwrap();
    assert_eq!(heard, text.as_bytes());
}

#[test]
fn what_is_sent_goes_to_the_port_that_is_open() {
    let link: PathBuf = env::temp_dir().join(format!("tickwire-station-port-{}", process::id()));
    let (far, near) = receiver(&link);
    let record = Rc::new(Record::new(false));
    let source = Source { baud: 9_600, fast: false };
    let mut line = GpsLine::open(&link, source, record.clone()).unwrap();
    let mut input = line.input().expect("a port can be written to");
    run(async |_| {
        check(&mut input, "one", &far).await;
        fs::remove_file(&link).unwrap();
        drop((far, near));
        read_until(&mut line, &record, |state| matches!(state, LineState::Gone(_))).await;
        let sent = input.write(b"none").await;
        assert_eq!(sent.map_err(|error| error.kind()), Err(io::ErrorKind::NotConnected));
        let (far, _near) = receiver(&link);
        read_until(&mut line, &record, |state| *state == LineState::Open).await;
        check(&mut input, "two", &far).await;
        // A call that is cancelled takes nothing along.
        drop(futures_lite::future::poll_once(input.flush()).await);
        check(&mut input, "three", &far).await;
    });
    fs::remove_file(link).unwrap();
}

/// A call may last longer than the port that it began with.
#[test]
fn a_half_that_is_lent_does_not_come_back_to_another_port() {
    let link: PathBuf = env::temp_dir().join(format!("tickwire-station-half-{}", process::id()));
    let (_far, _near) = receiver(&link);
    let settings = tickwire_exec_std::serial::Settings::new(9_600);
    let port = || tickwire_exec_std::serial::open(&link, settings).unwrap().split().unwrap().1;
    let input = PortInput::default();
    input.replace(Some(port()));
    let lent = input.lend();
    input.replace(None);
    drop(lent);
    assert!(input.lend().half().is_err());
    fs::remove_file(link).unwrap();
}
