//! Descriptors that move between executors and threads, are watched twice, are closed, or
//! are ready in large numbers.
#![cfg(target_os = "linux")]

mod patience;

use std::cell::RefCell;
use std::future::pending;
use std::io::{self, ErrorKind, IoSlice, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::pin::pin;
use std::rc::Rc;
use std::thread;

use embedded_io_async::{Read, Write};
use futures_lite::future::{block_on, poll_once, yield_now, zip};
use futures_util::stream::{FuturesUnordered, StreamExt};
use patience::within_two_minutes;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, send, sendmsg};
use tickwire_exec_std::{Fd, StdClock, run};
use tickwire_sync::{HeapSlots, TaskGroup, gather};
use tickwire_traits::{Duration, Exit, Interest, ReadinessExt, Spawn, Timer};

const CLOCK: StdClock = StdClock::new();
const NAP: Duration = Duration::from_millis(5);

/// Reads a byte that another thread sends once this one waits, and answers it, `rounds`
/// times.
async fn converse(rounds: u8, near: &mut Fd<UnixStream>, far: &UnixStream) {
    for byte in 0..rounds {
        let mut far = far.try_clone().unwrap();
        let other = thread::spawn(move || {
            thread::yield_now();
            far.write_all(&[byte]).unwrap();
            let mut answer = [0; 2];
            far.read_exact(&mut answer).unwrap();
            answer
        });
        let mut buf = [0; 8];
        assert_eq!(near.read(&mut buf).await.unwrap(), 1);
        near.write_all(&[buf[0], byte]).await.unwrap();
        assert_eq!(other.join().unwrap(), [byte, byte]);
    }
}

#[test]
fn a_descriptor_works_under_one_executor_after_the_other() {
    let ended = within_two_minutes(|| {
        let (far, near) = UnixStream::pair().unwrap();
        let mut near = Fd::new(near).unwrap();
        for _ in 0..3 {
            block_on(converse(5, &mut near, &far));
            run(async |_| converse(5, &mut near, &far).await);
            async_io::block_on(converse(5, &mut near, &far));
            // A nested executor holds the thread of the run.
            run(async |_| block_on(converse(5, &mut near, &far)));
            run(async |_| {
                let mut group = pin!(TaskGroup::<_, 2, _>::with_home(HeapSlots));
                assert!(group.as_mut().add(converse(5, &mut near, &far)).is_ok());
                group.as_mut().next().await.unwrap();
            });
            run(async |_| {
                let all = FuturesUnordered::from_iter([converse(5, &mut near, &far)]);
                all.collect::<Vec<_>>().await;
            });
            let other = far.try_clone().unwrap();
            let moved = thread::spawn(move || {
                run(async |_| converse(5, &mut near, &other).await);
                near
            });
            near = moved.join().unwrap();
        }
    });
    assert!(ended.is_some());
}

#[test]
fn a_descriptor_is_watched_by_one_loop_once_and_its_duplicate_apart() {
    let ended = within_two_minutes(|| {
        run(async |_| {
            let (mut far, near) = UnixStream::pair().unwrap();
            let borrowed = near.as_fd();
            let one = Fd::new(borrowed).unwrap();
            assert_eq!(Fd::new(borrowed).unwrap_err().kind(), ErrorKind::AlreadyExists);
            drop(one);
            let mut one = Fd::new(borrowed).unwrap();
            let mut other = Fd::new(borrowed.try_clone_to_owned().unwrap()).unwrap();

            far.write_all(b"1").unwrap();
            let both = gather((one.ready(Interest::Read), other.ready(Interest::Read))).await;
            assert!(both.0.is_ok() && both.1.is_ok());
            drop(one);
            let mut buf = [0; 4];
            assert_eq!(other.read(&mut buf).await.unwrap(), 1);
            let write = async {
                CLOCK.sleep(NAP).await;
                far.write_all(b"2").unwrap();
            };
            zip(async { assert_eq!(other.read(&mut buf).await.unwrap(), 1) }, write).await;
        });
    });
    assert!(ended.is_some());
}

#[test]
fn a_full_pipe_is_written_when_there_is_room() {
    const LEN: usize = 3_000_000;
    let ended = within_two_minutes(|| {
        let (mut drain, full) = io::pipe().unwrap();
        let drain = thread::spawn(move || {
            let (mut sum, mut buf) = (0, [0; 1_000]);
            while sum < LEN {
                sum += drain.read(&mut buf).unwrap();
            }
        });
        run(async |_| Fd::new(full).unwrap().write_all(&vec![7; LEN]).await.unwrap());
        drain.join().unwrap();
    });
    assert!(ended.is_some());
}

#[test]
fn a_reader_and_a_writer_that_goes_away_are_told_apart_from_an_error() {
    run(async |_| {
        let (far, near) = UnixStream::pair().unwrap();
        let mut near = Fd::new(near).unwrap();
        drop(far);
        // An error instead of a signal that ends the process.
        assert_eq!(near.write(b"1").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(near.read(&mut [0; 4]).await.unwrap(), 0);
        let (drain, full) = io::pipe().unwrap();
        let mut full = Fd::new(full).unwrap();
        drop(drain);
        assert_eq!(full.write(b"1").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

/// Bytes followed by the end of the line.
#[track_caller]
fn check_end<T: AsFd>(line: impl Fn() -> (T, Box<dyn FnOnce()>)) {
    for waits in [false, true] {
        let ended = run(async |_| {
            let (near, send_and_end) = line();
            let mut near = Fd::new(near).unwrap();
            let mut buf = [0; 64];
            if waits {
                assert!(CLOCK.timeout(NAP, near.read(&mut buf)).await.is_err());
            }
            send_and_end();
            if waits {
                CLOCK.sleep(NAP).await;
            }
            let first = near.read(&mut buf).await.unwrap();
            (first, near.read(&mut buf).await.unwrap(), near.read(&mut buf).await.unwrap())
        });
        assert_eq!(ended, (3, 0, 0), "waits: {waits}");
    }
}

#[test]
fn the_end_of_a_line_is_seen_behind_its_bytes() {
    let ended = within_two_minutes(|| {
        check_end(|| {
            let (mut far, near) = UnixStream::pair().unwrap();
            (near, Box::new(move || far.write_all(b"abc").unwrap()))
        });
        check_end(|| {
            let (mut far, near) = UnixStream::pair().unwrap();
            let end = move || {
                far.write_all(b"abc").unwrap();
                far.shutdown(std::net::Shutdown::Write).unwrap();
                // The other direction stays open.
                std::mem::forget(far);
            };
            (near, Box::new(end))
        });
        check_end(|| {
            let (near, mut far) = io::pipe().unwrap();
            (OwnedFd::from(near), Box::new(move || far.write_all(b"abc").unwrap()))
        });
    });
    assert!(ended.is_some());
}

/// Reads two parts, of which the first is followed by something other than a byte of the
/// stream.
#[track_caller]
fn check_parts<T: AsFd + Send + 'static, U: Send + 'static>(
    near: T,
    far: U,
    send: impl FnOnce(&U) + Send + 'static,
) {
    let seen = within_two_minutes(move || {
        run(async |_| {
            let mut near = Fd::new(near).unwrap();
            let mut buf = [0; 64];
            assert!(poll_once(near.read(&mut buf)).await.is_none());
            send(&far);
            // All bytes have arrived before the first read.
            CLOCK.sleep(NAP).await;
            let mut seen = Vec::new();
            while seen.len() < 6 {
                let len = near.read(&mut buf).await.unwrap();
                seen.extend(&buf[..len]);
            }
            assert!(CLOCK.timeout(NAP, near.read(&mut buf)).await.is_err());
            seen
        })
    });
    assert_eq!(seen.as_deref(), Some(&b"abcdef"[..]));
}

#[test]
fn bytes_behind_an_urgent_one_are_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let far = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    far.set_nodelay(true).unwrap();
    let (near, _) = listener.accept().unwrap();
    check_parts(near, far, |mut far| {
        far.write_all(b"abc").unwrap();
        assert_eq!(send(far, b"!", SendFlags::OOB), Ok(1));
        far.write_all(b"def").unwrap();
    });
}

#[test]
fn bytes_behind_a_descriptor_that_was_sent_are_read() {
    let (far, near) = UnixStream::pair().unwrap();
    check_parts(near, far, |mut far| {
        let mut space = [const { MaybeUninit::uninit() }; rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let sent = [far.as_fd()];
        assert!(control.push(SendAncillaryMessage::ScmRights(&sent)));
        let bytes = [IoSlice::new(b"abc")];
        assert_eq!(sendmsg(far, &bytes, &mut control, SendFlags::empty()), Ok(3));
        far.write_all(b"def").unwrap();
    });
}

#[test]
fn a_datagram_socket_gives_each_of_its_packets() {
    let ended = within_two_minutes(|| {
        run(async |_| {
            let (far, near) = UnixDatagram::pair().unwrap();
            let mut near = Fd::new(near).unwrap();
            for _ in 0..3 {
                far.send(b"abc").unwrap();
            }
            for _ in 0..3 {
                assert_eq!(near.read(&mut [0; 64]).await.unwrap(), 3);
            }
            assert!(CLOCK.timeout(NAP, near.read(&mut [0; 64])).await.is_err());
        });
    });
    assert!(ended.is_some());
}

#[test]
fn a_pipe_of_packets_gives_each_of_them() {
    let ended = within_two_minutes(|| {
        run(async |_| {
            let (near, mut far) = io::pipe().unwrap();
            let flags = rustix::fs::fcntl_getfl(&far).unwrap();
            rustix::fs::fcntl_setfl(&far, flags | rustix::fs::OFlags::DIRECT).unwrap();
            let mut near = Fd::new(near).unwrap();
            for _ in 0..3 {
                far.write_all(b"abc").unwrap();
            }
            for _ in 0..3 {
                assert_eq!(near.read(&mut [0; 64]).await.unwrap(), 3);
            }
            assert!(CLOCK.timeout(NAP, near.read(&mut [0; 64])).await.is_err());
        });
    });
    assert!(ended.is_some());
}

/// A GPIO line in sysfs reports an edge in this way.
#[test]
fn a_descriptor_is_ready_to_be_read_when_something_urgent_has_come() {
    let ended = within_two_minutes(|| {
        run(async |_| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let far = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let mut near = Fd::new(listener.accept().unwrap().0).unwrap();
            let send = async {
                CLOCK.sleep(NAP).await;
                send(&far, b"!", SendFlags::OOB).unwrap();
            };
            zip(async { near.ready(Interest::Read).await.unwrap() }, send).await;
        });
    });
    assert!(ended.is_some());
}

#[test]
fn a_descriptor_wakes_the_task_that_has_waited_last() {
    let ended = within_two_minutes(|| {
        run(async |spawner| {
            let (mut far, near) = UnixStream::pair().unwrap();
            let near = Rc::new(RefCell::new(Some(Fd::new(near).unwrap())));
            let first = {
                let near = near.clone();
                async move {
                    let mut it = near.take().unwrap();
                    assert!(poll_once(it.read(&mut [0; 4])).await.is_none());
                    near.replace(Some(it));
                    // Still alive, but a wake of this task would be of no use.
                    pending().await
                }
            };
            let _first = spawner.spawn(first).unwrap();
            yield_now().await;
            let second = async move {
                let mut near = near.take().unwrap();
                assert_eq!(near.read(&mut [0; 4]).await.unwrap(), 1);
            };
            let second = spawner.spawn(second).unwrap();
            yield_now().await;
            far.write_all(b"1").unwrap();
            assert_eq!(second.await, Exit::Completed);
        });
    });
    assert!(ended.is_some());
}

#[test]
fn more_descriptors_than_the_kernel_reports_at_once_are_all_heard() {
    let ended = within_two_minutes(|| {
        run(async |spawner| {
            let (mut tasks, mut fars) = (Vec::new(), Vec::new());
            for n in 0..200 {
                let (far, near) = UnixStream::pair().unwrap();
                fars.push(far);
                let read = async move {
                    let mut near = Fd::new(near).unwrap();
                    let mut buf = [0; 4];
                    if n % 2 == 0 {
                        near.read(&mut buf).await.unwrap();
                    } else {
                        // The helper wakes this one.
                        let mut all = FuturesUnordered::from_iter([near.read(&mut buf)]);
                        all.next().await.unwrap().unwrap();
                    }
                };
                tasks.push(spawner.spawn(read).unwrap());
            }
            yield_now().await;
            for far in &mut fars {
                far.write_all(b"1").unwrap();
            }
            for task in tasks {
                assert_eq!(task.await, Exit::Completed);
            }
        });
    });
    assert!(ended.is_some());
}

#[test]
fn bytes_that_the_owner_has_read_itself_are_not_waited_for() {
    let ended = within_two_minutes(|| {
        run(async |_| {
            let (mut far, near) = UnixStream::pair().unwrap();
            let mut near = Fd::new(near).unwrap();
            far.write_all(b"1").unwrap();
            near.ready(Interest::Read).await.unwrap();
            assert_eq!(near.get_ref().read(&mut [0; 4]).unwrap(), 1);
            assert!(CLOCK.timeout(NAP, near.ready(Interest::Read)).await.is_err());
            let later = async {
                CLOCK.sleep(NAP).await;
                far.write_all(b"2").unwrap();
            };
            zip(async { near.ready(Interest::Read).await.unwrap() }, later).await;
            assert_eq!(near.read(&mut [0; 4]).await.unwrap(), 1);
        });
    });
    assert!(ended.is_some());
}
