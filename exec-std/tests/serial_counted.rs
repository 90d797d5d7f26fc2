//! Descriptors and threads of serial ports, counted.
#![cfg(all(target_os = "linux", feature = "serial"))]

mod process;
mod pty;

use std::sync::{Mutex, MutexGuard, PoisonError};

use embedded_io_async::{Read, Write};
use futures_lite::future::poll_once;
use process::{descriptors, pool_threads, wait_for_pool_threads};
use pty::{Socket, pty};
use tickwire_exec_std::serial::{Error, Serial, Settings, open};
use tickwire_exec_std::{Fd, run};

const SETTINGS: Settings = Settings::new(115_200);

/// Held by each test, because it counts resources of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn exchange(port: &mut Serial, far: std::fs::File) {
    let mut far = Fd::new(far).unwrap();
    let mut buf = [0];
    port.write_all(b"1").await.unwrap();
    far.read_exact(&mut buf).await.unwrap();
    far.write_all(b"2").await.unwrap();
    port.read_exact(&mut buf).await.unwrap();
}

#[test]
fn a_hundred_hang_ups_and_reopens_leave_nothing() {
    let _alone = alone();
    run(async |_| {
        let socket = Socket::new();
        let far = socket.plug();
        let mut port = open(socket.path(), SETTINGS).unwrap();
        exchange(&mut port, far).await;
        let before = descriptors();
        for _ in 0..100 {
            assert!(matches!(port.read(&mut [0]).await, Err(Error::Gone)));
            let far = socket.plug();
            port.reopen().await.unwrap();
            exchange(&mut port, far).await;
        }
        assert_eq!(descriptors(), before);
        assert!(pool_threads() <= 1, "drains share a thread, which ends when it is idle");
    });
}

#[test]
fn a_port_that_is_refused_leaves_no_descriptor() {
    let _alone = alone();
    let (_far, path) = pty();
    let port = open(&path, SETTINGS).unwrap();
    let before = descriptors();
    for _ in 0..100 {
        assert!(matches!(open(&path, SETTINGS), Err(Error::Busy(_))));
        assert!(matches!(open("/dev/null", SETTINGS), Err(Error::NoTty(_))));
    }
    assert_eq!(descriptors(), before);
    drop(port);
    for _ in 0..100 {
        assert!(matches!(open(&path, Settings::new(0)), Err(Error::Unsupported(_))));
    }
    assert_eq!(descriptors(), before - 2);
}

#[test]
fn flushes_that_are_dropped_have_one_drain_at_most_and_its_thread_ends() {
    let _alone = alone();
    wait_for_pool_threads(0);
    run(async |_| {
        let (_far, path) = pty();
        let mut port = open(path, SETTINGS).unwrap();
        port.flush().await.unwrap();
        assert_eq!(pool_threads(), 0, "nothing was written");
        for _ in 0..200 {
            port.write_all(b"1").await.unwrap();
            let _ = poll_once(port.flush()).await;
            assert!(pool_threads() <= 1);
        }
        port.flush().await.unwrap();
        assert_eq!(pool_threads(), 1);
    });
    wait_for_pool_threads(0);
}
