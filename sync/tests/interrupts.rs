//! Interrupts between two locks of another context: they find nothing that is being
//! passed to a waiter.
#![deny(unsafe_code)]

#[path = "support/interrupted.rs"]
#[allow(unsafe_code)] // ALONE
mod interrupted;
#[path = "support/poll.rs"]
mod poll;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use interrupted::{Interrupted, interrupted};
use poll::poll;
use tickwire_sync::{
    CancelToken, Condition, Event, Flag, Message, Mutex, Promise, Queue, RingQueue, Semaphore,
};

type Waits<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Two tasks wait. The first is granted a value and drops it: the value goes to the
/// second, whenever an interrupt asks for it.
///
/// `hold` returns a guard whose drop grants one of the awaited values.
#[track_caller]
fn check<S: 'static>(
    shared: S,
    hold: for<'a> fn(&'a S) -> Box<dyn FnOnce() + 'a>,
    wait: for<'a> fn(&'a S) -> Waits<'a>,
    try_take: fn(&S) -> bool,
) {
    let shared = Rc::new(shared);
    let hand_over = hold(&shared);
    let (mut dropped, mut next) = (wait(&shared), wait(&shared));
    assert!(poll(&mut dropped).is_pending() && poll(&mut next).is_pending());
    hand_over();
    let taken = Rc::new(Cell::new(0));
    let interrupt = {
        let (shared, taken) = (shared.clone(), taken.clone());
        move || taken.set(taken.get() + u32::from(try_take(&shared)))
    };
    interrupted(interrupt, || drop(dropped));
    assert_eq!((taken.get(), poll(&mut next)), (0, Poll::Ready(())));
}

#[test]
fn a_dropped_waiters_grant_cannot_be_taken_in_between() {
    check(
        Mutex::<Interrupted, ()>::new(()),
        |mutex| {
            let guard = mutex.try_lock();
            Box::new(|| drop(guard))
        },
        |mutex| Box::pin(mutex.with(|()| ())),
        |mutex| mutex.try_with(|()| ()).is_some(),
    );
    check(
        Flag::<Interrupted>::new(),
        |flag| Box::new(|| flag.set()),
        |flag| Box::pin(flag.wait()),
        |flag| poll(&mut Box::pin(flag.wait())).is_ready() || flag.is_set() || flag.clear(),
    );
    check(
        Semaphore::<Interrupted>::new(0),
        |semaphore| Box::new(|| semaphore.release(1).unwrap()),
        |semaphore| Box::pin(async { semaphore.acquire().await.forget() }),
        |semaphore| semaphore.try_acquire().is_some() || semaphore.permits() > 0,
    );
    check(
        Queue::<Interrupted, (), 1>::new(),
        |queue| Box::new(|| queue.try_push(()).unwrap()),
        |queue| Box::pin(queue.pop()),
        |queue| queue.try_pop().is_some(),
    );
    check(
        RingQueue::<Interrupted, (), 1>::new(),
        |ring| Box::new(|| assert_eq!(ring.push(()), None)),
        |ring| Box::pin(ring.pop()),
        |ring| ring.try_pop().is_some(),
    );
}

#[test]
fn room_that_a_dropped_waiter_hands_on_is_not_to_be_had_in_between() {
    let full = Queue::<Interrupted, (), 1>::new();
    full.try_push(()).unwrap();
    check(
        full,
        |queue| Box::new(|| assert_eq!(queue.try_pop(), Some(()))),
        |queue| Box::pin(queue.push(())),
        |queue| queue.try_push(()).is_ok(),
    );
}

/// Two tasks wait for an announcement: both are released when it happens, even the one
/// that has not been woken yet.
#[track_caller]
fn check_all<S: 'static>(shared: S, wait: fn(Rc<S>) -> Waits<'static>, happen: fn(&S)) {
    let shared = Rc::new(shared);
    let (mut first, mut last) = (wait(shared.clone()), wait(shared.clone()));
    assert!(poll(&mut first).is_pending() && poll(&mut last).is_pending());
    let through = Rc::new(Cell::new(None));
    let interrupt = {
        let (last, through) = (RefCell::new(last), through.clone());
        move || {
            if through.get().is_none() {
                through.set(Some(poll(&mut last.borrow_mut()).is_ready()));
            }
        }
    };
    interrupted(interrupt, || happen(&shared));
    assert_eq!((through.get(), poll(&mut first).is_ready()), (Some(true), true));
}

#[test]
fn a_waiter_notified_with_all_is_released_before_it_is_woken() {
    check_all(
        Event::<Interrupted>::new(),
        |event| Box::pin(async move { event.wait().await }),
        |event| {
            event.set();
            event.clear();
        },
    );
    check_all(
        Message::<Interrupted, u32>::new(),
        |message| Box::pin(async move { assert_eq!(message.wait().await, 7) }),
        |message| message.set(7),
    );
    check_all(
        Promise::<Interrupted, u32>::new(),
        |promise| Box::pin(async move { assert_eq!(promise.wait().await, &7) }),
        |promise| promise.set(7).unwrap(),
    );
    check_all(
        CancelToken::<Interrupted>::new(),
        |token| Box::pin(async move { token.cancelled().await }),
        CancelToken::cancel,
    );
    check_all(
        (Mutex::<Interrupted, ()>::new(()), Condition::<Interrupted>::new()),
        |shared| {
            Box::pin(async move {
                let guard = shared.0.lock().await;
                drop(shared.1.wait(guard).await);
            })
        },
        |(_, condition)| condition.notify_all(),
    );
    let busy = Queue::<Interrupted, (), 1>::new();
    busy.try_push(()).unwrap();
    check_all(
        busy,
        |queue| Box::pin(async move { queue.join().await }),
        |queue| queue.task_done().unwrap(),
    );
}
