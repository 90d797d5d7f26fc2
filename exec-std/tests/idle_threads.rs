//! Threads for calls that block. A single test, because it counts them.
#![cfg(all(target_os = "linux", feature = "unblock"))]

mod process;

use std::sync::{Arc, Mutex, mpsc};

use futures_lite::future::poll_once;
use process::{pool_threads, wait_for_pool_threads};
use tickwire_exec_std::{run, unblock};

#[test]
fn threads_start_when_they_are_needed_and_end_when_they_are_idle() {
    assert_eq!(pool_threads(), 0);
    run(async |_| {
        for number in 0..20 {
            assert_eq!(unblock(move || number).await.unwrap(), number);
            assert_eq!(pool_threads(), 1, "one after another, they share a thread");
        }
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let mut calls: Vec<_> = (0..5)
            .map(|_| {
                let held = held.clone();
                Box::pin(unblock(move || {
                    let _ = held.lock().unwrap().recv();
                }))
            })
            .collect();
        for call in &mut calls {
            assert!(poll_once(call).await.is_none());
        }
        wait_for_pool_threads(5);
        drop(release);
        for call in calls {
            call.await.unwrap();
        }
    });
    wait_for_pool_threads(0);
}
