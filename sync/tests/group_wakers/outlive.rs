//! Wakers that outlive their child and their group.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use tickwire_sync::{CriticalSectionRawMutex, Flag, TaskGroup, WakeSlots};

use crate::common::{Count, Door, poll};
use crate::hooks;

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
