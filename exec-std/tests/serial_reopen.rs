//! Serial ports that are unplugged and come back.
#![cfg(all(target_os = "linux", feature = "serial"))]

mod pty;

use std::fs;
use std::future::{Future, poll_fn};
use std::pin::pin;

use embedded_io_async::{Read, Write};
use futures_lite::future::zip;
use pty::Socket;
use tickwire_exec_std::serial::{Error, Settings, StopBits, open};
use tickwire_exec_std::{Fd, StdClock, run};
use tickwire_traits::{Duration, Timer};

const CLOCK: StdClock = StdClock::new();
const SOON: Duration = Duration::from_millis(20);
const SETTINGS: Settings = Settings::new(115_200);

/// Awaits a port that is unplugged, and returns how often it was polled meanwhile.
async fn wait_for_a_plug() -> u32 {
    let socket = Socket::new();
    let mut far = Fd::new(socket.plug()).unwrap();
    let settings = Settings { stop_bits: StopBits::Two, ..SETTINGS };
    let mut port = open(socket.path(), settings).unwrap();
    port.set_baud_rate(250_000).await.unwrap();
    drop(far);
    assert!(matches!(port.read(&mut [0]).await, Err(Error::Gone)));
    let mut polls = 0;
    {
        let mut reopen = pin!(port.reopen());
        let counted = poll_fn(|cx| {
            polls += 1;
            reopen.as_mut().poll(cx)
        });
        assert!(CLOCK.timeout(Duration::from_millis(700), counted).await.is_err());
    }
    // It was dropped.
    assert!(matches!(port.read(&mut [0]).await, Err(Error::Gone)));
    assert!(matches!(port.write(b"1").await, Err(Error::Gone)));
    assert!(matches!(port.flush().await, Err(Error::Gone)));
    assert!(matches!(port.control(), Err(Error::Gone)));
    let mut plugged = None;
    let plug = async {
        CLOCK.sleep(SOON).await;
        plugged = Some(socket.plug());
    };
    zip(port.reopen(), plug).await.0.unwrap();
    assert_eq!(port.settings().unwrap(), Settings { baud_rate: 250_000, ..settings });
    far = Fd::new(plugged.unwrap()).unwrap();
    far.write_all(b"ok").await.unwrap();
    let mut buf = [0; 2];
    port.read_exact(&mut buf).await.unwrap();
    assert_eq!(buf, *b"ok");
    polls
}

#[test]
fn an_adapter_that_comes_back_is_opened_with_its_settings() {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let polls = [
        run(async |_| wait_for_a_plug().await),
        tokio.block_on(wait_for_a_plug()),
        async_io::block_on(wait_for_a_plug()),
    ];
    // Looks are 250 ms apart. A busy machine may have time for fewer.
    assert!(polls.iter().all(|polls| (1..=12).contains(polls)), "{polls:?}");
}

#[test]
fn a_port_that_became_something_else_is_not_awaited() {
    let socket = Socket::new();
    let far = socket.plug();
    let mut port = open(socket.path(), SETTINGS).unwrap();
    drop(far);
    fs::remove_file(socket.path()).unwrap();
    fs::write(socket.path(), "no tty").unwrap();
    run(async |_| {
        assert!(matches!(port.reopen().await, Err(Error::NoTty(_))));
    });
}

#[test]
fn a_port_that_somebody_else_has_is_awaited_for_two_seconds() {
    let socket = Socket::new();
    let far = socket.plug();
    let mut port = open(socket.path(), SETTINGS).unwrap();
    drop(far);
    let _far = socket.plug();
    let holder = open(socket.path(), SETTINGS).unwrap();
    run(async |_| {
        assert!(matches!(port.reopen().await, Err(Error::Busy(_))));
        let release = async {
            CLOCK.sleep(SOON).await;
            drop(holder);
        };
        zip(port.reopen(), release).await.0.unwrap();
    });
}
