//! Groups: the children polled by one poll, their order, and the free slots.

mod common;

use std::cell::RefCell;
use std::future::{Future, Ready, ready};
use std::pin::{Pin, pin};
use std::task::{Poll, Waker};

use common::{Count, Door, poll};
use tickwire_sync::{TaskGroup, TaskId, WakeSlots};

/// Waits at `door`, and logs each poll.
fn noted<'a>(
    door: &'a Door,
    name: usize,
    log: &'a RefCell<Vec<usize>>,
) -> impl Future<Output = usize> + 'a {
    let mut pass = Box::pin(door.pass());
    std::future::poll_fn(move |cx| {
        log.borrow_mut().push(name);
        pass.as_mut().poll(cx).map(|()| name)
    })
}

fn fill<const N: usize, F: Future>(
    mut group: Pin<&mut TaskGroup<F, N>>,
    futures: impl IntoIterator<Item = F>,
) -> Vec<TaskId> {
    futures.into_iter().map(|future| group.as_mut().add(future).unwrap()).collect()
}

#[test]
fn children_are_polled_in_the_order_in_which_they_were_woken() {
    static SLOTS: WakeSlots<5> = WakeSlots::new();
    let (doors, log) = (Door::doors::<5>(), RefCell::default());
    let (waker, woken) = Count::waker();
    let mut group = pin!(TaskGroup::<_, 5>::new(&SLOTS));
    fill(group.as_mut(), (0..5).map(|n| noted(&doors[n], n, &log)));
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    assert_eq!(log.take(), [0, 1, 2, 3, 4]);
    let cases: [(&[usize], &[usize]); 4] = [
        (&[3, 0, 4, 1], &[3, 0, 4, 1]),
        (&[2], &[2]),
        (&[4, 3, 2, 1, 0], &[4, 3, 2, 1, 0]),
        (&[1, 1, 4, 1], &[1, 4]),
    ];
    for (order, expected) in cases {
        let before = woken.get();
        order.iter().for_each(|n| doors[*n].knock());
        assert_eq!(woken.get(), before + 1, "one wake of the parent is for all");
        assert!(poll(group.as_mut().next(), &waker).is_pending());
        assert_eq!(log.take(), expected);
    }
}

#[test]
fn those_that_were_not_polled_when_one_ended_are_next_even_if_others_are_woken() {
    static SLOTS: WakeSlots<4> = WakeSlots::new();
    let (doors, log) = (Door::doors::<4>(), RefCell::default());
    let (waker, _) = Count::waker();
    let mut group = pin!(TaskGroup::<_, 4>::new(&SLOTS));
    let ids = fill(group.as_mut(), (0..4).map(|n| noted(&doors[n], n, &log)));
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    log.take();
    [2, 1, 3].into_iter().for_each(|n| doors[n].open());
    assert_eq!(poll(group.as_mut().next(), &waker), Poll::Ready(Some((ids[2], 2))));
    doors[0].knock();
    // Woken, then cancelled.
    assert!(group.as_mut().cancel(ids[1]));
    assert_eq!(SLOTS.free(), 2);
    assert_eq!(poll(group.as_mut().next(), &waker), Poll::Ready(Some((ids[3], 3))));
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    assert_eq!(log.take(), [2, 3, 0]);
}

#[test]
fn one_that_is_cancelled_after_it_was_woken_is_not_polled_and_its_slot_is_free() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    for cancelled in 0..3 {
        let (doors, log) = (Door::doors::<3>(), RefCell::default());
        let (waker, woken) = Count::waker();
        let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
        let ids = fill(group.as_mut(), (0..3).map(|n| noted(&doors[n], n, &log)));
        assert!(poll(group.as_mut().next(), &waker).is_pending());
        log.take();
        doors.iter().for_each(Door::knock);
        assert!(group.as_mut().cancel(ids[cancelled]));
        assert_eq!((SLOTS.free(), group.len()), (1, 2));
        // Its waker is stale, and wakes no task.
        doors[cancelled].knock();
        assert!(poll(group.as_mut().next(), &waker).is_pending());
        let others = (0..3).filter(|n| *n != cancelled).collect::<Vec<_>>();
        assert_eq!(log.take(), others);
        doors[cancelled].knock();
        assert_eq!(woken.get(), 1);
        // The others are woken as before.
        doors[others[1]].knock();
        doors[others[0]].knock();
        assert_eq!(woken.get(), 2);
        assert!(poll(group.as_mut().next(), &waker).is_pending());
        assert_eq!(log.take(), [others[1], others[0]]);
    }
    assert_eq!(SLOTS.free(), 3);
}

#[test]
fn one_that_was_never_polled_may_be_cancelled_too() {
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    for cancelled in 0..2 {
        let mut group = pin!(TaskGroup::<Ready<usize>, 2, _>::new(&SLOTS));
        let ids = fill(group.as_mut(), [ready(0), ready(1)]);
        assert!(group.as_mut().cancel(ids[cancelled]));
        assert_eq!(SLOTS.free(), 1);
        let added = group.as_mut().add(ready(2)).unwrap();
        for expected in [Some((ids[1 - cancelled], 1 - cancelled)), Some((added, 2)), None] {
            let next = poll(group.as_mut().next(), Waker::noop());
            assert_eq!(next, Poll::Ready(expected));
        }
    }
}

#[test]
fn a_stale_waker_of_a_slot_wakes_the_group_that_has_it_now() {
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    let (door, stays) = (Door::default(), Door::default());
    let (before, woken_before) = Count::waker();
    let (after, woken_after) = Count::waker();
    let mut old = pin!(TaskGroup::<_, 2>::new(&SLOTS));
    let id = old.as_mut().add(door.pass()).unwrap();
    old.as_mut().add(stays.pass()).unwrap();
    assert!(poll(old.as_mut().next(), &before).is_pending());
    let stale = door.waker();
    assert!(old.as_mut().cancel(id));
    stale.wake_by_ref();
    assert_eq!(woken_before.get(), 0, "it has no task now");

    let mut new = pin!(TaskGroup::<_, 2>::new(&SLOTS));
    new.as_mut().add(door.pass()).unwrap();
    assert!(poll(new.as_mut().next(), &after).is_pending());
    stale.wake_by_ref();
    assert_eq!((woken_before.get(), woken_after.get()), (0, 1));
    assert!(poll(old.as_mut().next(), &before).is_pending());
    assert!(poll(new.as_mut().next(), &after).is_pending());
    assert_eq!((door.polls(), stays.polls()), (3, 1));
    // The tasks of one group do not block those of the other.
    stays.open();
    door.open();
    assert!(poll(new.as_mut().next(), &after).is_ready());
    assert!(poll(old.as_mut().next(), &before).is_ready());
    assert_eq!(SLOTS.free(), 2);
}

#[test]
fn as_many_groups_as_the_slots_are_for_have_children_at_once() {
    static SLOTS: WakeSlots<3, 1> = WakeSlots::new();
    let mut one = pin!(TaskGroup::<Ready<u8>, 3, _>::new(&SLOTS));
    let mut two = pin!(TaskGroup::<Ready<u8>, 3, _>::new(&SLOTS));
    let id = one.as_mut().add(ready(1)).unwrap();
    assert_eq!(two.as_mut().add(ready(2)).unwrap_err().0.into_inner(), 2);
    assert_eq!((SLOTS.free(), two.len()), (2, 0));
    // When one group has no tasks any more, the other may have some: after cancelled,
    // ended and dropped ones.
    assert!(one.as_mut().cancel(id));
    two.as_mut().add(ready(2)).unwrap();
    assert!(one.as_mut().add(ready(1)).is_err());
    assert!(poll(two.as_mut().next(), Waker::noop()).is_ready());
    {
        let mut three = pin!(TaskGroup::<Ready<u8>, 3, _>::new(&SLOTS));
        three.as_mut().add(ready(3)).unwrap();
        assert!(one.as_mut().add(ready(1)).is_err());
    }
    one.as_mut().add(ready(1)).unwrap();
    assert_eq!(SLOTS.free(), 2);
}

#[test]
fn slots_for_no_group_are_for_none() {
    static SLOTS: WakeSlots<3, 0> = WakeSlots::new();
    let mut group = pin!(TaskGroup::<Ready<u8>, 3, _>::new(&SLOTS));
    assert!(group.as_mut().add(ready(1)).is_err());
    assert_eq!((SLOTS.free(), group.len()), (3, 0));
}

#[cfg(feature = "std")]
#[test]
fn a_child_on_which_a_backend_relies_is_polled_once_more_when_another_task_polls_the_group() {
    use tickwire_sync::is_child_of;
    use tickwire_traits::WakerId;

    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let [(one, _), (two, _)] = [(); 2].map(|()| Count::waker());
    let log = RefCell::new(Vec::new());
    // One asks and gets true, one asks and gets false, one does not ask.
    let asks = [Some(WakerId::of(&one)), Some(WakerId::of(Waker::noop())), None];
    let child = |n: usize| {
        let (log, asks) = (&log, &asks);
        std::future::poll_fn(move |cx| {
            let got = asks[n].map(|task| is_child_of(cx.waker(), task));
            log.borrow_mut().push((n, got));
            Poll::<()>::Pending
        })
    };
    let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
    fill(group.as_mut(), (0..3).map(child));
    let mut check = |waker: &Waker, expected: &[(usize, Option<bool>)]| {
        assert!(poll(group.as_mut().next(), waker).is_pending());
        assert_eq!(log.take(), expected);
    };
    check(&one, &[(0, Some(true)), (1, Some(false)), (2, None)]);
    check(&one, &[]);
    check(&two, &[(0, Some(false))]);
    check(&two, &[]);
    // No backend relies on it any more.
    check(&one, &[]);
}

#[cfg(feature = "std")]
#[test]
fn a_backend_that_relies_on_a_child_does_so_whatever_another_one_gets() {
    use tickwire_sync::is_child_of;
    use tickwire_traits::WakerId;

    static SLOTS: WakeSlots<1> = WakeSlots::new();
    let [(one, _), (two, _)] = [(); 2].map(|()| Count::waker());
    let ids = [WakerId::of(&one), WakerId::of(Waker::noop())];
    let log = RefCell::new(Vec::new());
    let child = std::future::poll_fn(|cx| {
        log.borrow_mut().push(ids.map(|task| is_child_of(cx.waker(), task)));
        Poll::<()>::Pending
    });
    let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
    group.as_mut().add(child).unwrap();
    assert!(poll(group.as_mut().next(), &one).is_pending());
    assert!(poll(group.as_mut().next(), &two).is_pending());
    assert_eq!(log.take(), [[true, false], [false, false]]);
}

#[cfg(feature = "std")]
#[test]
fn a_group_that_is_filled_anew_has_the_same_parent() {
    use tickwire_sync::{HeapSlots, is_child_of};
    use tickwire_traits::WakerId;

    let (waker, _) = Count::waker();
    let mut group = pin!(TaskGroup::<_, 1, _>::with_home(HeapSlots));
    for _ in 0..3 {
        let id = WakerId::of(&waker);
        let child = std::future::poll_fn(move |cx| Poll::Ready(is_child_of(cx.waker(), id)));
        let id = group.as_mut().add(child).unwrap();
        assert_eq!(poll(group.as_mut().next(), &waker), Poll::Ready(Some((id, true))));
    }
}

#[cfg(feature = "std")]
#[test]
fn a_waker_whose_child_has_gone_is_no_child_of_the_groups_task() {
    use tickwire_sync::is_child_of;
    use tickwire_traits::WakerId;

    static SLOTS: WakeSlots<2, 1> = WakeSlots::new();
    let (waker, _woken) = Count::waker();
    let parent = WakerId::of(&waker);
    let kept = RefCell::new(Vec::new());
    let keep = || {
        std::future::poll_fn(|cx| {
            kept.borrow_mut().push(cx.waker().clone());
            Poll::<()>::Pending
        })
    };
    let mut group = pin!(TaskGroup::<_, 2>::new(&SLOTS));
    let gone = group.as_mut().add(keep()).unwrap();
    group.as_mut().add(keep()).unwrap();
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    let are_children =
        || kept.borrow().iter().map(|it| is_child_of(it, parent)).collect::<Vec<_>>();
    assert_eq!(are_children(), [true, true]);
    assert!(group.as_mut().cancel(gone));
    assert_eq!(are_children(), [false, true]);
}
