//! Operations that are dropped while pending have no effect, and the next call works.
#![cfg(unix)]

mod pty;

use std::future::{Future, pending, poll_fn};
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use embedded_io_async::{Read, Write};
use futures_lite::future::{poll_once, yield_now, zip};
use pty::pty;
use tickwire_exec_std::{Fd, StdClock, run, serial};
use tickwire_traits::{
    Duration, Exit, Interest, JoinHandle, Readiness, ReadinessExt, Spawn, Timer,
};

const CLOCK: StdClock = StdClock::new();
const SOON: Duration = Duration::from_millis(5);

/// A line: the far end for reading, the near end, and the far end for writing.
fn sockets() -> (impl Read, impl Read + Write, impl Write) {
    let (far, near) = UnixStream::pair().unwrap();
    let also_far = far.try_clone().unwrap();
    (Fd::new(far).unwrap(), Fd::new(near).unwrap(), Fd::new(also_far).unwrap())
}

fn serial_line() -> (impl Read, impl Read + Write, impl Write) {
    let (far, path) = pty();
    let port = serial::open(path, serial::Settings::new(115_200)).unwrap();
    let also_far = far.try_clone().unwrap();
    (Fd::new(far).unwrap(), port, Fd::new(also_far).unwrap())
}

/// The end of an operation that was to be dropped.
#[derive(Clone, Copy, PartialEq)]
enum Ended<T> {
    Dropped,
    /// It completed in its first poll.
    AtOnce(T),
    Later(T),
}

impl<T> Ended<T> {
    fn map<U>(self, f: impl FnOnce(T) -> U) -> Ended<U> {
        match self {
            Self::Dropped => Ended::Dropped,
            Self::AtOnce(output) => Ended::AtOnce(f(output)),
            Self::Later(output) => Ended::Later(f(output)),
        }
    }
}

/// Polls `future` until it has been pending `polls` times, and then drops it. The one in
/// `tickwire-sim` is not available, because backends do not depend on one another.
async fn drop_after<F: Future>(polls: usize, future: F) -> Ended<F::Output> {
    let mut future = pin!(future);
    let mut pending = 0;
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) if pending == 0 => Poll::Ready(Ended::AtOnce(output)),
        Poll::Ready(output) => Poll::Ready(Ended::Later(output)),
        Poll::Pending => {
            pending += 1;
            if pending == polls { Poll::Ready(Ended::Dropped) } else { Poll::Pending }
        }
    })
    .await
}

/// Drops a read at its `polls`th pending poll.
async fn check_read(
    (_, mut port, mut far): (impl Read, impl Read, impl Write),
    polls: usize,
) -> Ended<()> {
    let mut buf = [0; 8];
    let send = async {
        CLOCK.sleep(SOON).await;
        far.write_all(b"1234").await.unwrap();
    };
    let (read, ()) = zip(drop_after(polls, port.read(&mut buf)), send).await;
    let read = read.map(Result::unwrap);
    if read == Ended::Dropped {
        // Not `read_exact`: the four bytes arrive together.
        assert_eq!(port.read(&mut buf).await.unwrap(), 4, "dropped at {polls}");
    }
    assert_eq!(buf[..4], *b"1234");
    read.map(drop)
}

/// Drops a write at its `polls`th pending poll. The write may complete at once: the kernel
/// moves bytes on, which may make room in a full line.
async fn check_write(
    (mut far, mut port, _): (impl Read, impl Write, impl Write),
    polls: usize,
) -> Ended<()> {
    // Write numbers until there is no room. A single refusal may be a yield.
    let mut sent: Vec<u8> = Vec::new();
    let mut refused = 0;
    while refused < 2 {
        let chunk: Vec<u8> = (0..251).collect();
        match poll_once(port.write(&chunk)).await {
            Some(len) => {
                sent.extend(&chunk[..len.unwrap()]);
                refused = 0;
            }
            None => refused += 1,
        }
    }
    let mut seen = vec![0; sent.len()];
    let drain = async {
        CLOCK.sleep(SOON).await;
        far.read_exact(&mut seen).await.unwrap();
    };
    let (written, ()) = zip(drop_after(polls, port.write(b"last")), drain).await;
    assert_eq!(seen, sent);
    let written = written.map(Result::unwrap);
    let len = match written {
        Ended::Dropped => 0,
        Ended::AtOnce(len) | Ended::Later(len) => len,
    };
    port.write_all(&b"last"[len..]).await.unwrap();
    port.flush().await.unwrap();
    let mut buf = [0; 4];
    far.read_exact(&mut buf).await.unwrap();
    assert_eq!(buf, *b"last", "dropped at {polls}");
    assert!(CLOCK.timeout(SOON, far.read(&mut buf)).await.is_err(), "nothing came twice");
    written.map(drop)
}

/// Returns the number of pending polls at which an operation could be dropped.
#[track_caller]
fn drops(mut check: impl AsyncFnMut(usize) -> Ended<()>) -> usize {
    let (mut dropped, mut tries) = (0, 0);
    run(async |_| {
        while tries < 100 {
            tries += 1;
            match check(dropped + 1).await {
                Ended::Dropped => dropped += 1,
                Ended::Later(()) => return dropped,
                Ended::AtOnce(()) => {} // It says nothing about pending polls.
            }
        }
        panic!("after {dropped} drops, it was pending no more, or all the time");
    })
}

#[test]
fn reads_that_are_dropped_take_nothing() {
    assert!(drops(async |polls| check_read(sockets(), polls).await) >= 1);
    assert!(drops(async |polls| check_read(serial_line(), polls).await) >= 1);
}

#[test]
fn writes_that_are_dropped_send_nothing() {
    assert!(drops(async |polls| check_write(sockets(), polls).await) >= 1);
    assert!(drops(async |polls| check_write(serial_line(), polls).await) >= 1);
}

#[test]
fn who_is_dropped_while_others_have_their_turn_loses_nothing() {
    let all: Vec<u8> = (0..100).collect();
    run(async |_| {
        let (mut far, near) = UnixStream::pair().unwrap();
        let mut port = Fd::new(near).unwrap();

        far.write_all(&all).unwrap();
        let (mut seen, mut refused) = (Vec::new(), 0);
        for _ in 0..103 {
            let mut buf = [0];
            match poll_once(Read::read(&mut port, &mut buf)).await {
                Some(len) => seen.extend(&buf[..len.unwrap()]),
                None => refused += 1,
            }
        }
        assert_eq!((seen, refused), (all.clone(), 3), "read, one refusal every 32 bytes");

        let mut refused = 0;
        for byte in &all {
            while poll_once(Write::write(&mut port, &[*byte])).await.is_none() {
                refused += 1;
            }
        }
        drop(port);
        let mut seen = Vec::new();
        far.read_to_end(&mut seen).unwrap();
        assert_eq!((seen, refused), (all, 3), "written, one refusal every 32 bytes");
    });
}

#[test]
fn a_wait_counts_as_a_turn_of_others() {
    run(async |_| {
        let (mut far, near) = UnixStream::pair().unwrap();
        let mut port = Fd::new(near).unwrap();
        let mut buf = [0];
        far.write_all(&[7; 31]).unwrap();
        for _ in 0..31 {
            assert!(poll_once(Read::read(&mut port, &mut buf)).await.is_some());
        }
        assert!(poll_once(Read::read(&mut port, &mut buf)).await.is_none(), "it is empty");
        far.write_all(&[7; 32]).unwrap();
        // The first read waits until the loop has checked descriptors.
        Read::read(&mut port, &mut buf).await.unwrap();
        for _ in 0..31 {
            assert!(poll_once(Read::read(&mut port, &mut buf)).await.is_some());
        }
        assert!(poll_once(Read::read(&mut port, &mut buf)).await.is_none(), "32 in a row");
        for _ in 0..3 {
            for _ in 0..31 {
                assert!(poll_once(poll_fn(|cx| port.poll_proceed(cx))).await.is_some());
            }
            assert!(poll_once(port.ready(Interest::Read)).await.is_none(), "it is empty");
        }
    });
}

#[test]
fn a_task_is_cancelled_also_by_a_cancel_that_is_dropped() {
    run(async |spawner| {
        for polls in [0, 1] {
            let alive = Rc::new(());
            let held = alive.clone();
            let task = async move {
                let _held = held;
                pending().await
            };
            let task = spawner.spawn(task).unwrap();
            yield_now().await;
            assert_eq!(Rc::strong_count(&alive), 2, "it runs");
            {
                let mut cancel = pin!(task.cancel());
                for _ in 0..polls {
                    assert_eq!(poll_once(&mut cancel).await, None::<Exit>);
                }
            }
            CLOCK.sleep(SOON).await;
            assert_eq!(Rc::strong_count(&alive), 1, "dropped after {polls} polls");
        }
    });
}
