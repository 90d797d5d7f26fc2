//! What waits for the operating system says so, to an executor that asks. In virtual time,
//! such a wait is a deadlock.
#![cfg(all(target_os = "linux", feature = "i2c", feature = "unblock"))]

mod blocking_bus;

use std::future::Future;
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Waker};

use blocking_bus::Bench;
use embedded_hal_async::i2c::I2c;
use embedded_io_async::Read;
use tickwire_exec_std::{Fd, unblock};
use tickwire_traits::hear_waits;

/// Polls twice, and checks that both polls give this reason.
#[track_caller]
fn check(wait: impl Future, expected: &str) {
    let mut wait = pin!(wait);
    for poll in ["first", "second"] {
        let mut cx = Context::from_waker(Waker::noop());
        let (polled, reasons) = hear_waits(|| wait.as_mut().poll(&mut cx).is_pending());
        assert!(polled, "{expected}");
        assert_eq!(reasons, [expected], "{poll} poll");
    }
}

#[test]
fn waits_for_threads_and_descriptors_have_reasons() {
    let bench = Bench::new();
    bench.hold();
    check(bench.bus().write(0x40, &[1]), "the thread `i2c`");
    bench.release();

    let (release, held) = mpsc::channel::<()>();
    check(unblock(move || held.recv()), "a call in another thread");
    drop(release);

    let (socket, _other) = UnixStream::pair().unwrap();
    let mut socket = Fd::new(socket).unwrap();
    check(socket.read(&mut [0]), "a file descriptor");
}
