//! File descriptors on a real kernel.
#![cfg(unix)]

mod patience;

use std::cell::Cell;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::thread;

use embedded_io_async::{Read, Write};
use futures_lite::future::{poll_once, zip};
use patience::within_two_minutes;
use tickwire_exec_std::{Fd, StdClock, run};
use tickwire_traits::{Duration, Exit, Interest, ReadinessExt, Spawn, Timer};

const CLOCK: StdClock = StdClock::new();
const SOON: Duration = Duration::from_millis(20);

#[test]
fn reads_when_bytes_come_and_gives_up_when_they_do_not() {
    run(async |_| {
        let (mut far, near) = UnixStream::pair().unwrap();
        let mut port = Fd::new(near).unwrap();
        let mut buf = [0; 4];
        assert!(CLOCK.timeout(SOON, port.read(&mut buf)).await.is_err());
        far.write_all(b"ok").unwrap();
        port.ready(Interest::Read).await.unwrap();
        assert_eq!(port.read(&mut buf).await.unwrap(), 2);
    });
}

#[test]
fn an_empty_buffer_is_not_waited_for() {
    run(async |_| {
        let (_far, near) = UnixStream::pair().unwrap();
        let mut port = Fd::new(near).unwrap();
        assert!(poll_once(port.read(&mut [0; 4])).await.is_none(), "there is nothing to read");
        // A single refusal may be a yield.
        let mut refused = 0;
        while refused < 2 {
            let full = poll_once(port.write(&[0; 4_096])).await.is_none();
            refused = if full { refused + 1 } else { 0 };
        }
        for _ in 0..100 {
            assert_eq!(poll_once(port.read(&mut [])).await.map(Result::unwrap), Some(0));
            assert_eq!(poll_once(port.write(&[])).await.map(Result::unwrap), Some(0));
        }
    });
}

#[test]
fn a_read_that_is_dropped_takes_nothing() {
    run(async |_| {
        let (mut far, near) = UnixStream::pair().unwrap();
        let mut port = Fd::new(near).unwrap();
        let mut seen = Vec::new();
        for byte in 0..50 {
            let mut buf = [0; 1];
            let _ = CLOCK.timeout(Duration::from_micros(10), port.read(&mut buf)).await;
            far.write_all(&[byte]).unwrap();
            assert_eq!(port.read(&mut buf).await.unwrap(), 1);
            seen.push(buf[0]);
        }
        assert_eq!(seen, (0..50).collect::<Vec<_>>());
    });
}

#[test]
fn a_regular_file_is_refused() {
    let file = File::open(env!("CARGO_MANIFEST_PATH")).unwrap();
    assert!(Fd::new(file).is_err());
}

#[test]
fn a_pipe_that_is_closed_reads_as_its_end() {
    run(async |_| {
        let (far, near) = UnixStream::pair().unwrap();
        let mut port = Fd::new(near).unwrap();
        drop(far);
        assert_eq!(port.read(&mut [0; 4]).await.unwrap(), 0);
        let mut rest = Vec::new();
        assert_eq!(port.into_inner().unwrap().read_to_end(&mut rest).unwrap(), 0);
    });
}

/// A socket that always has bytes, and one that always has room.
fn busy_sockets() -> (Fd<UnixStream>, Fd<UnixStream>) {
    let (mut fills, full) = UnixStream::pair().unwrap();
    thread::spawn(move || while fills.write_all(&[7; 4096]).is_ok() {});
    let (mut drains, empty) = UnixStream::pair().unwrap();
    thread::spawn(move || while drains.read(&mut [0; 4096]).is_ok_and(|len| len > 0) {});
    (Fd::new(full).unwrap(), Fd::new(empty).unwrap())
}

/// Reads and writes continue until a sleep has ended. If they never yielded, they would
/// continue forever.
#[test]
fn others_have_their_turn_however_busy_a_line_is() {
    let ended = within_two_minutes(|| {
        run(async |spawner| {
            let (mut full, mut empty) = busy_sockets();
            let slept = Rc::new(Cell::new(false));
            let (until_read, until_written) = (slept.clone(), slept.clone());
            // One byte each, so that the other ends are always faster.
            let reads = async move {
                while !until_read.get() {
                    full.read(&mut [0]).await.unwrap();
                }
            };
            let writes = async move {
                while !until_written.get() {
                    empty.write(&[0]).await.unwrap();
                }
            };
            let (reads, writes) = (spawner.spawn(reads).unwrap(), spawner.spawn(writes).unwrap());
            CLOCK.sleep(SOON).await;
            slept.set(true);
            zip(reads, writes).await
        })
    });
    assert_eq!(ended, Some((Exit::Completed, Exit::Completed)));
}
