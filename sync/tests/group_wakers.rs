//! Children's wakers that outlive their child, their group and their thread.
//!
//! Written for Miri and ThreadSanitizer, under which it is short.

mod common;
#[path = "support/hooks.rs"]
#[allow(unsafe_code, dead_code)] // NUMBERED, ALONE; the lock in it is not for slots.
mod hooks;

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use common::{Count, Door, poll};
use tickwire_sync::{CriticalSectionRawMutex, Flag, TaskGroup, TaskId, WakeSlots};

const ROUNDS: usize = if cfg!(miri) { 60 } else { 20_000 };

/// Keeps every waker with which its tasks are polled.
#[derive(Default)]
struct Keeper(RefCell<Vec<Waker>>);

impl Keeper {
    fn task(&self) -> impl Future<Output = ()> {
        poll_fn(|cx: &mut Context<'_>| {
            self.0.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
    }

    fn wake_all(&self) {
        self.0.borrow().iter().for_each(Waker::wake_by_ref);
    }
}

#[test]
fn wakers_of_children_outlive_the_group() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let keeper = Keeper::default();
    let (waker, woken) = Count::waker();
    {
        let mut group = Box::pin(TaskGroup::<_, 3>::new(&SLOTS));
        for _ in 0..3 {
            group.as_mut().add(keeper.task()).unwrap();
        }
        assert!(poll(group.as_mut().next(), &waker).is_pending());
        keeper.wake_all();
        assert_eq!(woken.get(), 1);
        assert!(poll(group.as_mut().next(), &waker).is_pending());
    }
    assert_eq!(SLOTS.free(), 3);
    keeper.wake_all();
    let kept = keeper.0.take();
    let elsewhere = thread::spawn(move || {
        let clones = kept.clone();
        kept.iter().for_each(Waker::wake_by_ref);
        clones.into_iter().for_each(Waker::wake);
        kept.into_iter().for_each(Waker::wake);
    });
    elsewhere.join().unwrap();
    assert_eq!(woken.get(), 1);
    // The parent's waker is not kept either.
    assert_eq!(Arc::strong_count(&woken), 2);
}

#[test]
fn a_stale_waker_costs_the_next_owner_one_poll_and_hides_none() {
    static SLOTS: WakeSlots<1> = WakeSlots::new();
    let keeper = Keeper::default();
    let (waker, woken) = Count::waker();
    {
        let mut before = pin!(TaskGroup::<_, 1>::new(&SLOTS));
        before.as_mut().add(keeper.task()).unwrap();
        assert!(poll(before.as_mut().next(), &waker).is_pending());
    }
    let door = Door::default();
    let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
    keeper.wake_all();
    group.as_mut().add(door.pass()).unwrap();
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    for polls in 1..10 {
        assert_eq!((door.polls(), woken.get()), (polls, polls - 1));
        keeper.wake_all();
        keeper.wake_all();
        assert!(poll(group.as_mut().next(), &waker).is_pending());
    }
    door.open();
    assert_eq!(woken.get(), 10);
    assert!(poll(group.as_mut().next(), &waker).is_ready());
}

#[test]
fn a_group_that_is_forgotten_keeps_its_slots_and_may_be_woken() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let keeper = Keeper::default();
    let (waker, woken) = Count::waker();
    let mut group = Box::pin(TaskGroup::<_, 2>::new(&SLOTS));
    group.as_mut().add(keeper.task()).unwrap();
    group.as_mut().add(keeper.task()).unwrap();
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    // Like `forget`, but recovered later, so that leak detectors find nothing.
    let forgotten = ManuallyDrop::new(group);
    keeper.wake_all();
    keeper.wake_all();
    assert_eq!((SLOTS.free(), woken.get()), (1, 1));
    drop(ManuallyDrop::into_inner(forgotten));
    assert_eq!(SLOTS.free(), 3);
}

#[test]
fn a_future_that_is_forgotten_leaves_the_group_as_it_was() {
    static SLOTS: WakeSlots<1> = WakeSlots::new();
    let door = Door::default();
    let (waker, woken) = Count::waker();
    let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
    group.as_mut().add(door.pass()).unwrap();
    let mut next = group.as_mut().next();
    assert!(poll(pin!(&mut next), &waker).is_pending());
    std::mem::forget(next);
    door.open();
    assert_eq!(woken.get(), 1);
    assert!(poll(group.as_mut().next(), &waker).is_ready());
}

#[test]
fn a_task_is_dropped_even_if_the_drop_of_its_groups_waker_panics() {
    struct Bomb;

    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {}
    }

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("the waker's");
        }
    }

    static SLOTS: WakeSlots<1, 1> = WakeSlots::new();
    let alive = Rc::new(());
    let held = alive.clone();
    let task = poll_fn(move |_| {
        let _ = &held;
        Poll::<()>::Pending
    });
    let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
    let id = group.as_mut().add(task).unwrap();
    let waker = Waker::from(Arc::new(Bomb));
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    // The group has the last of its clones.
    drop(waker);
    let cancelled = catch_unwind(AssertUnwindSafe(|| group.as_mut().cancel(id)));
    assert!(cancelled.is_err());
    assert_eq!((Rc::strong_count(&alive), SLOTS.free(), group.len()), (1, 1, 0));
}

#[test]
fn the_groups_waker_may_use_what_it_is_touched_by() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    static OUTSIDE: Flag<CriticalSectionRawMutex> = Flag::new();

    /// Returns whether another thread can enter a critical section now.
    fn is_outside_of_the_lock() -> bool {
        let (done, ends) = mpsc::channel();
        let other = thread::spawn(move || {
            OUTSIDE.set();
            let _ = done.send(());
        });
        let outside = ends.recv_timeout(Duration::from_secs(60)).is_ok();
        if outside {
            other.join().unwrap();
        }
        outside
    }

    let keeper = Rc::new(Keeper::default());
    let touches = Rc::new(RefCell::new(Vec::new()));
    let waker = hooks::waker({
        let (keeper, touches) = (keeper.clone(), touches.clone());
        move |touch| {
            assert!(is_outside_of_the_lock());
            touches.borrow_mut().push(touch);
            // All of the group's children, though only one has woken it; and another
            // group.
            if touches.borrow().len() < 30 {
                keeper.wake_all();
            }
            let mut other = pin!(TaskGroup::<_, 1>::new(&SLOTS));
            other.as_mut().add(std::future::ready(())).unwrap();
            assert!(poll(other.as_mut().next(), Waker::noop()).is_ready());
        }
    });
    {
        let mut group = Box::pin(TaskGroup::<_, 2>::new(&SLOTS));
        let ids = [(); 2].map(|()| group.as_mut().add(keeper.task()).unwrap());
        assert!(poll(group.as_mut().next(), &waker).is_pending());
        keeper.wake_all();
        assert!(poll(group.as_mut().next(), &waker).is_pending());
        assert!(poll(group.as_mut().next(), Waker::noop()).is_pending());
        assert!(poll(group.as_mut().next(), &waker).is_pending());
        assert!(group.as_mut().cancel(ids[0]));
    }
    use hooks::Touch::{Cloned, Dropped, Woken};
    for touch in [Cloned, Dropped, Woken] {
        assert!(touches.borrow().contains(&touch), "{touch:?}");
    }
    assert_eq!(SLOTS.free(), 3);
}

#[cfg(feature = "alloc")]
#[test]
fn slots_on_the_heap_go_with_the_last_waker() {
    use tickwire_sync::HeapSlots;

    let keeper = Keeper::default();
    let (waker, woken) = Count::waker();
    let mut group = Box::pin(TaskGroup::<_, 2, _>::with_home(HeapSlots));
    let ids = [(); 2].map(|()| group.as_mut().add(keeper.task()).unwrap());
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    keeper.wake_all();
    assert_eq!(woken.get(), 1);
    assert!(group.as_mut().cancel(ids[0]));
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    assert_eq!(keeper.0.borrow().len(), 3);
    drop(group);
    keeper.wake_all();
    assert_eq!(woken.get(), 1);
    assert_eq!(Arc::strong_count(&woken), 2);
}

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
