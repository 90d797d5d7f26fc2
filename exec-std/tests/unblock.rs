//! Calls that block, in other threads.
#![cfg(feature = "unblock")]

mod patience;

use std::future::Future;
use std::panic;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use futures_lite::future::{poll_once, zip};
use patience::within_two_minutes;
use tickwire_exec_std::{StdClock, UnblockError, run, unblock};
use tickwire_traits::{Duration, Timer};

const CLOCK: StdClock = StdClock::new();

/// A closure waits for a task, which runs meanwhile.
async fn a_task_runs_meanwhile() -> u32 {
    let here = thread::current().id();
    let (sender, receiver) = mpsc::channel();
    let call = unblock(move || {
        assert_ne!(thread::current().id(), here);
        receiver.recv().expect("the task sends")
    });
    let task = async {
        CLOCK.sleep(Duration::from_millis(5)).await;
        sender.send(42).unwrap();
    };
    zip(call, task).await.0.unwrap()
}

#[test]
fn tasks_run_while_a_closure_blocks() {
    let ended = within_two_minutes(|| {
        let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
        [
            run(async |_| a_task_runs_meanwhile().await),
            tokio.block_on(a_task_runs_meanwhile()),
            async_io::block_on(a_task_runs_meanwhile()),
        ]
    });
    assert_eq!(ended, Some([42; 3]));
}

#[track_caller]
fn check_panic(ended: Result<(), UnblockError>, line: &str, message: Option<&str>) {
    let error = ended.unwrap_err();
    assert_eq!(error.to_string(), line);
    let UnblockError::Panicked(payload) = error else { panic!("{error}") };
    assert_eq!(payload.message(), message);
}

#[test]
fn a_panic_is_an_error_with_its_payload() {
    run(async |_| {
        let ended = unblock(|| panic!("on purpose")).await;
        check_panic(ended, "the closure panicked: on purpose", Some("on purpose"));
        let number = 7;
        let ended = unblock(move || panic!("number {number}")).await;
        check_panic(ended, "the closure panicked: number 7", Some("number 7"));
        let ended = unblock(|| panic::panic_any(7_u8)).await;
        check_panic(ended, "the closure panicked", None);
        let Err(UnblockError::Panicked(payload)) = unblock(|| panic::panic_any(7_u8)).await else {
            panic!("it panicked")
        };
        assert_eq!(*payload.into_inner().downcast::<u8>().unwrap(), 7);
        assert_eq!(unblock(|| 1).await.unwrap(), 1, "the threads are as before");
    });
}

#[test]
fn the_error_is_one_for_boxes_and_threads() {
    fn accepts(_: impl std::error::Error + Send + Sync + 'static) {}
    run(async |_| accepts(unblock(|| panic!("on purpose")).await.map(drop::<()>).unwrap_err()));
}

#[test]
fn a_closure_that_is_not_polled_is_not_called() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    drop(unblock(move || counted.fetch_add(1, Ordering::Relaxed)));
    assert_eq!((calls.load(Ordering::Relaxed), Arc::strong_count(&calls)), (0, 1));
}

/// Counts how often it is dropped.
struct Counted(mpsc::Sender<()>);

impl Drop for Counted {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[test]
fn a_closure_whose_future_is_dropped_ends_and_its_result_is_dropped() {
    let ended = within_two_minutes(|| {
        let (release, held) = mpsc::channel::<()>();
        let (dropped, drops) = mpsc::channel();
        run(async |_| {
            let call = unblock(move || {
                held.recv().unwrap();
                Counted(dropped)
            });
            assert!(poll_once(call).await.is_none());
            release.send(()).unwrap();
        });
        // The sender goes with the result.
        drops.iter().count()
    });
    assert_eq!(ended, Some(1));
}

#[test]
fn a_future_may_move_to_another_executor() {
    let ended = within_two_minutes(|| {
        let (release, held) = mpsc::channel::<u32>();
        let mut call: std::pin::Pin<Box<dyn Future<Output = _>>> =
            Box::pin(unblock(move || held.recv().unwrap()));
        run(async |_| assert!(poll_once(&mut call).await.is_none()));
        let release = thread::spawn(move || release.send(5));
        let result = async_io::block_on(call);
        release.join().unwrap().unwrap();
        result.unwrap()
    });
    assert_eq!(ended, Some(5));
}
