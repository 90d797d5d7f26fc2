//! Several waiters are woken one by one, and the first one's waker panics: the rest are
//! woken all the same, and the panic propagates.
#![forbid(unsafe_code)]

#[path = "support/poll.rs"]
mod poll;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Wake, Waker};

use poll::{poll, poll_by};
use tickwire_sync::{Condition, Event, Mutex, NoopRawMutex, Semaphore};

type Raw = NoopRawMutex;

/// Three tasks wait with `wait`, and `wake` releases all of them.
#[track_caller]
fn check<F: Future>(wait: impl Fn() -> F, wake: impl FnOnce()) {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("as planned");
        }
    }
    struct Wakes(AtomicU32);
    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let wakes = Arc::new(Wakes(AtomicU32::new(0)));
    let counts = Waker::from(wakes.clone());
    let mut waiting = [Arc::new(Panics).into(), counts.clone(), counts].map(|waker: Waker| {
        let mut waits = Box::pin(wait());
        assert!(poll_by(&mut waits, &waker).is_pending());
        waits
    });
    let panicked = catch_unwind(AssertUnwindSafe(wake)).expect_err("the panic is gone");
    assert_eq!(panicked.downcast_ref(), Some(&"as planned"));
    assert_eq!(wakes.0.load(Ordering::Relaxed), 2);
    for waits in &mut waiting {
        assert!(poll(waits).is_ready());
    }
}

#[test]
fn all_waiters_for_an_event_are_woken() {
    let event = Event::<Raw>::new();
    check(|| event.wait(), || event.set());
}

#[test]
fn all_waiters_for_a_condition_are_woken() {
    let (condition, mutex) = (Condition::<Raw>::new(), Mutex::<Raw, _>::new(()));
    let wait = async || {
        let guard = mutex.try_lock().expect("the mutex is unlocked");
        drop(condition.wait(guard).await);
    };
    check(wait, || condition.notify_all());
}

#[test]
fn all_waiters_behind_a_dropped_request_are_woken() {
    let semaphore = Semaphore::<Raw>::new(3);
    let mut wants_four = Box::pin(semaphore.acquire_many(4));
    assert!(poll(&mut wants_four).is_pending());
    check(async || semaphore.acquire().await.forget(), || drop(wants_four));
}
