//! Wakers that other threads wake, stale ones too.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tickwire_sync::{TaskGroup, TaskId, WakeSlots};

const ROUNDS: usize = if cfg!(miri) { 60 } else { 20_000 };

/// A gate that another thread opens.
#[derive(Default)]
struct Gate {
    open: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Gate {
    fn open(&self) {
        self.open.store(true, SeqCst);
        let waker = self.waker.lock().unwrap().clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn pass(self: Arc<Self>) -> impl Future<Output = ()> {
        poll_fn(move |cx| {
            *self.waker.lock().unwrap() = Some(cx.waker().clone());
            if self.open.load(SeqCst) { Poll::Ready(()) } else { Poll::Pending }
        })
    }
}

struct Unpark(Thread, AtomicUsize);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.1.fetch_add(1, SeqCst);
        self.0.unpark();
    }
}

/// Polls with a new waker now and then, like a group that moves between tasks.
fn block_on<F: Future>(future: F, moves: bool) -> F::Output {
    let mut future = pin!(future);
    let waker = || Arc::new(Unpark(thread::current(), AtomicUsize::new(0)));
    let mut unpark = waker();
    loop {
        let woken = unpark.1.load(SeqCst);
        if let Poll::Ready(output) =
            future.as_mut().poll(&mut Context::from_waker(&unpark.clone().into()))
        {
            return output;
        }
        if moves {
            unpark = waker();
            let again = future.as_mut().poll(&mut Context::from_waker(&unpark.clone().into()));
            if let Poll::Ready(output) = again {
                return output;
            }
        }
        let woken = if moves { 0 } else { woken };
        while unpark.1.load(SeqCst) == woken {
            thread::park();
        }
    }
}

/// Adds, awaits, cancels and drops, while two other threads open the gates and wake stale
/// wakers. A lost wake hangs it.
fn add_await_cancel_and_drop() {
    static SLOTS: WakeSlots<6> = WakeSlots::new();
    let (gates, opener) = mpsc::channel::<Arc<Gate>>();
    let (stale, waker) = mpsc::channel::<Arc<Gate>>();
    let opener = thread::spawn(move || {
        for gate in opener {
            gate.open();
            // The gate's waker is about to become stale, and is woken all the same.
            stale.send(gate).unwrap();
        }
    });
    let waker = thread::spawn(move || waker.into_iter().for_each(|gate| gate.open()));

    let mut added = 0;
    let mut ended = 0;
    let mut cancelled = 0;
    for round in 0..ROUNDS / 100 + 1 {
        let mut group = Box::pin(TaskGroup::<_, 4>::new(&SLOTS));
        let mut ids = HashMap::<TaskId, usize>::new();
        for turn in 0..100.min(ROUNDS) {
            while group.len() < 3 {
                let gate = Arc::<Gate>::default();
                let id = group.as_mut().add(gate.clone().pass()).unwrap();
                assert_eq!(ids.insert(id, added), None);
                gates.send(gate).unwrap();
                added += 1;
            }
            if turn % 7 == 3 {
                let id = *ids.keys().next().unwrap();
                assert!(group.as_mut().cancel(id));
                ids.remove(&id);
                cancelled += 1;
            }
            let (id, ()) = block_on(group.as_mut().next(), turn % 3 == 0).unwrap();
            assert!(ids.remove(&id).is_some());
            ended += 1;
        }
        if round % 2 == 0 {
            while let Some((id, ())) = block_on(group.as_mut().next(), true) {
                assert!(ids.remove(&id).is_some());
                ended += 1;
            }
        }
        cancelled += ids.len();
    }
    drop(gates);
    opener.join().unwrap();
    waker.join().unwrap();
    assert_eq!((ended + cancelled, SLOTS.free()), (added, 6));
}

/// In each round one thread changes the state that the child waits for, and wakes it;
/// another wakes it spuriously at the same time. The next round begins when the child has
/// seen the change, so each wake is needed.
fn change_and_wake_while_another_wakes(moves: bool) {
    static SLOTS: WakeSlots<2> = WakeSlots::new(); // For two concurrent tests.
    struct Shared {
        changed: AtomicUsize,
        seen: AtomicUsize,
        waker: Mutex<Option<Waker>>,
    }
    impl Shared {
        fn wake(&self) {
            self.waker.lock().unwrap().clone().unwrap().wake();
        }
    }
    fn until(done: impl Fn() -> bool) {
        while !done() {
            thread::yield_now();
        }
    }
    let rounds = ROUNDS / 2;
    let shared =
        Shared { changed: AtomicUsize::new(0), seen: AtomicUsize::new(0), waker: Mutex::default() };
    let child = poll_fn(|cx: &mut Context<'_>| {
        shared.waker.lock().unwrap().get_or_insert_with(|| cx.waker().clone());
        shared.seen.store(shared.changed.load(SeqCst), SeqCst);
        if shared.seen.load(SeqCst) < rounds { Poll::Pending } else { Poll::Ready(()) }
    });
    let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
    group.as_mut().add(child).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            until(|| shared.waker.lock().unwrap().is_some());
            for round in 1..=rounds {
                until(|| shared.seen.load(SeqCst) == round - 1);
                shared.changed.store(round, SeqCst);
                shared.wake();
            }
        });
        scope.spawn(|| {
            until(|| shared.waker.lock().unwrap().is_some());
            for round in 1..=rounds {
                until(|| shared.changed.load(SeqCst) >= round - 1);
                shared.wake();
            }
        });
        block_on(group.as_mut().next(), moves).unwrap();
    });
}

#[track_caller]
fn ends(test: impl FnOnce() + Send + 'static) {
    let (done, ends) = mpsc::channel();
    let test = thread::spawn(move || {
        test();
        done.send(()).unwrap();
    });
    // Under Miri, time counts steps.
    let ended = ends.recv_timeout(Duration::from_secs(if cfg!(miri) { 3_600 } else { 60 }));
    assert!(ended != Err(mpsc::RecvTimeoutError::Timeout), "a wake-up was lost");
    test.join().unwrap();
}

#[test]
fn nothing_is_lost_between_threads() {
    ends(add_await_cancel_and_drop);
}

#[test]
fn nothing_is_lost_among_wake_ups_for_nothing() {
    ends(|| change_and_wake_while_another_wakes(false));
}

#[test]
fn nothing_is_lost_while_the_group_moves() {
    ends(|| change_and_wake_while_another_wakes(true));
}
