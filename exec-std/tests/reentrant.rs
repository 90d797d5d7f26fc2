//! A waker whose `clone` and `drop` call back into the crate.
//!
//! COMES BACK, on which the `unsafe` in this file rests: the functions of [`VTABLE`]
//! ignore the data, own nothing, and may be called from any thread.

mod patience;

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};
use std::thread;

use futures_lite::future::block_on;
use patience::within_two_minutes;
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{Clock, Duration, Exit, JoinHandle, Spawn, Timer, TimerQueue};

const CLOCK: StdClock = StdClock::new();
const NAP: Duration = Duration::from_millis(5);

static VTABLE: RawWakerVTable = RawWakerVTable::new(
    |data| {
        come_back();
        RawWaker::new(data, &VTABLE)
    },
    |_| come_back(),
    |_| come_back(),
    |_| come_back(),
);

fn waker() -> Waker {
    // SAFETY: COMES BACK.
    unsafe { Waker::from_raw(RawWaker::new(std::ptr::null(), &VTABLE)) }
}

thread_local! {
    /// Called once, first of all, by the next call on this thread.
    static FIRST: Cell<Option<Box<dyn FnOnce()>>> = const { Cell::new(None) };
}

/// Calls functions of the crate that lock or borrow.
fn come_back() {
    if let Some(first) = FIRST.take() {
        first();
    }
    thread_local!(static INSIDE: Cell<bool> = const { Cell::new(false) });
    if !INSIDE.replace(true) {
        CLOCK.schedule_wake(CLOCK.now() + NAP, &waker());
        if let Some(spawner) = SPAWNER.get() {
            // Refused outside a run.
            let _ = spawner.spawn(async {}).map(JoinHandle::detach);
        }
        INSIDE.set(false);
    }
}

thread_local!(static SPAWNER: Cell<Option<tickwire_exec_std::StdSpawner>> = const { Cell::new(None) });

#[test]
fn a_sleep_outside_of_a_run_hangs_nobody() {
    let ended = within_two_minutes(|| {
        let mut sleep = pin!(CLOCK.sleep(NAP));
        for _ in 0..3 {
            assert!(sleep.as_mut().poll(&mut Context::from_waker(&waker())).is_pending());
        }
        block_on(CLOCK.sleep(NAP + NAP));
    });
    assert!(ended.is_some());
}

#[test]
fn a_sleep_a_task_and_its_end_inside_of_a_run_hang_nobody() {
    let ended = within_two_minutes(|| {
        run(async |spawner| {
            SPAWNER.set(Some(spawner));
            let mut sleep = pin!(CLOCK.sleep(NAP));
            let mut task = pin!(spawner.spawn(CLOCK.sleep(NAP)).unwrap());
            for _ in 0..3 {
                let waker = waker();
                let cx = &mut Context::from_waker(&waker);
                assert!(sleep.as_mut().poll(cx).is_pending());
                assert!(task.as_mut().poll(cx).is_pending());
            }
            CLOCK.sleep(NAP + NAP).await;
            poll_fn(|cx| task.as_mut().poll(cx)).await;
        });
    });
    assert!(ended.is_some());
}

#[test]
fn a_task_may_end_in_its_thread_while_another_thread_clones_the_handles_waker() {
    let ended = within_two_minutes(|| {
        let (sends_task, task) = mpsc::channel();
        let (asks_for_the_end, asked) = mpsc::channel();
        let runs = thread::spawn(move || {
            run(async |spawner| {
                sends_task.send(spawner.spawn(pending()).unwrap()).unwrap();
                asked.recv().unwrap();
            });
        });
        let mut task = pin!(task.recv().unwrap());
        FIRST.set(Some(Box::new(move || {
            asks_for_the_end.send(()).unwrap();
            runs.join().unwrap();
        })));
        task.as_mut().poll(&mut Context::from_waker(&waker()))
    });
    assert_eq!(ended, Some(Poll::Ready(Exit::Cancelled)));
}

#[cfg(unix)]
#[test]
fn a_descriptor_that_waits_inside_of_a_run_hangs_nobody() {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;

    use embedded_io_async::Read;
    use tickwire_exec_std::Fd;

    let ended = within_two_minutes(|| {
        run(async |spawner| {
            SPAWNER.set(Some(spawner));
            let (mut far, near) = UnixStream::pair().unwrap();
            let mut near = Fd::new(near).unwrap();
            let mut buf = [0; 4];
            {
                let mut read = pin!(near.read(&mut buf));
                for _ in 0..3 {
                    let polled = read.as_mut().poll(&mut Context::from_waker(&waker()));
                    assert!(matches!(polled, Poll::Pending));
                }
            }
            far.write_all(b"1").unwrap();
            CLOCK.sleep(NAP).await;
            assert_eq!(near.read(&mut buf).await.unwrap(), 1);
        });
    });
    assert!(ended.is_some());
}
