//! Groups: polls, wakes, rejected futures and panics.

mod common;

use std::cell::{Cell, RefCell};
use std::future::{Future, Ready, pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use common::{Alive, Count, Door, poll};
use futures_util::StreamExt;
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_sync::{Full, TaskGroup, WakeSlots};
use tickwire_traits::{Clock, Duration, Instant, Timer};

const MANY: usize = if cfg!(miri) { 20 } else { 1_000 };

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn a_thousand_wake_ups_of_one_of_five_poll_that_one_alone() {
    static SLOTS: WakeSlots<5> = WakeSlots::new();
    let doors = Door::doors::<5>();
    let mut group = pin!(TaskGroup::<_, 5>::new(&SLOTS));
    for door in &doors {
        group.as_mut().add(door.pass()).unwrap();
    }
    let (waker, woken) = Count::waker();
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    assert_eq!(doors.each_ref().map(Door::polls), [1; 5]);
    for _ in 0..MANY {
        doors[3].knock();
        assert!(poll(group.as_mut().next(), &waker).is_pending());
    }
    assert_eq!(doors.each_ref().map(Door::polls), [1, 1, 1, 1 + MANY, 1]);
    assert_eq!(woken.get(), MANY);
}

#[test]
fn wake_ups_between_two_polls_are_one() {
    static SLOTS: WakeSlots<1> = WakeSlots::new();
    let door = Door::default();
    let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
    group.as_mut().add(door.pass()).unwrap();
    let (waker, woken) = Count::waker();
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    (0..MANY).for_each(|_| door.knock());
    assert_eq!(woken.get(), 1);
    assert!(poll(group.as_mut().next(), &waker).is_pending());
    assert_eq!(door.polls(), 2);
}

#[test]
fn results_come_as_they_are_ready_with_the_ids_of_their_tasks() {
    static SLOTS: WakeSlots<8> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let task = async |n: u64| {
        clock.sleep(millis(n)).await;
        n
    };
    let mut group = pin!(TaskGroup::<_, 4>::new(&SLOTS));
    let ids = [30, 10, 20].map(|n| group.as_mut().add(task(n)).unwrap());
    assert_eq!((group.len(), group.capacity(), group.is_empty()), (3, 4, false));
    sim.run(async {
        assert_eq!(group.as_mut().next().await, Some((ids[1], 10)));
        let later = group.as_mut().add(task(5)).unwrap();
        assert_eq!(group.as_mut().next().await, Some((later, 5)));
        assert_eq!(group.as_mut().next().await, Some((ids[2], 20)));
        assert_eq!(group.as_mut().next().await, Some((ids[0], 30)));
        assert_eq!(group.as_mut().next().await, None);
    });
    assert_eq!((clock.now(), SLOTS.free()), (Instant::from_millis(30), 8));
}

#[test]
fn a_group_is_a_stream_of_its_results() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
    for n in [2, 3, 1] {
        group.as_mut().add(clock.sleep(millis(n))).unwrap();
    }
    let results = sim.run(group.as_mut().map(|_| clock.now()).collect::<Vec<_>>());
    assert_eq!(results, [1, 2, 3].map(Instant::from_millis));
}

#[test]
fn rejected_futures_are_returned() {
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    let mut one = pin!(TaskGroup::<Ready<u8>, 1, _>::new(&SLOTS));
    let mut two = pin!(TaskGroup::<Ready<u8>, 4, _>::new(&SLOTS));
    let mut none = pin!(TaskGroup::<Ready<u8>, 0, _>::new(&SLOTS));
    let given_back = |result: Result<_, Full<Ready<u8>>>| result.unwrap_err().0.into_inner();
    assert_eq!(given_back(none.as_mut().add(ready(0))), 0);
    one.as_mut().add(ready(1)).unwrap();
    assert_eq!(given_back(one.as_mut().add(ready(2))), 2); // The group is full.
    two.as_mut().add(ready(3)).unwrap();
    assert_eq!(given_back(two.as_mut().add(ready(4))), 4); // The slots are exhausted.
    let sim = Sim::new();
    assert_eq!(sim.run(one.as_mut().next()).unwrap().1, 1);
    two.as_mut().add(ready(4)).unwrap();
    assert_eq!(sim.run(none.as_mut().next()), None);
}

#[test]
fn a_group_that_finds_no_slot_leaves_its_place_among_the_groups_to_others() {
    static SLOTS: WakeSlots<2, 2> = WakeSlots::new();
    let mut owner = pin!(TaskGroup::<_, 2, _>::new(&SLOTS));
    let ids = [(); 2].map(|()| owner.as_mut().add(pending::<()>()).unwrap());
    let mut rejected = pin!(TaskGroup::<_, 1, _>::new(&SLOTS));
    rejected.as_mut().add(ready(1)).unwrap_err(); // The slots are exhausted.
    assert!(owner.as_mut().cancel(ids[0]));
    // The slots are for two groups, and only the owner has any.
    let mut other = pin!(TaskGroup::<_, 1, _>::new(&SLOTS));
    other.as_mut().add(ready(2)).unwrap();
    let sim = Sim::new();
    assert_eq!(sim.run(rejected.as_mut().next()), None);
    assert_eq!(sim.run(other.as_mut().next()).unwrap().1, 2);
}

#[test]
fn an_id_is_not_taken_for_that_of_a_later_task() {
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    let mut group = pin!(TaskGroup::<_, 2>::new(&SLOTS));
    let sim = Sim::new();
    let old = group.as_mut().add(ready(1)).unwrap();
    assert_eq!(sim.run(group.as_mut().next()), Some((old, 1)));
    let new = group.as_mut().add(ready(2)).unwrap();
    assert!(!group.contains(old) && group.contains(new));
    assert!(!group.as_mut().cancel(old));
    assert!(group.as_mut().cancel(new));
    assert!(!group.as_mut().cancel(new), "twice");
    assert!(group.is_empty());
}

#[test]
fn a_cancelled_task_is_dropped_at_once_and_its_slot_is_free() {
    static SLOTS: WakeSlots<4> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let alive = Cell::new(0);
    let task = async |n: u64| {
        let _alive = Alive::new(&alive);
        clock.sleep(millis(n)).await;
        n
    };
    let mut group = pin!(TaskGroup::<_, 4>::new(&SLOTS));
    let ids = [10, 20, 30].map(|n| group.as_mut().add(task(n)).unwrap());
    sim.run(async {
        assert_eq!(group.as_mut().next().await, Some((ids[0], 10)));
        assert!(group.as_mut().cancel(ids[1]));
        assert_eq!((alive.get(), SLOTS.free()), (1, 3));
        assert_eq!(group.as_mut().next().await, Some((ids[2], 30)));
        group.as_mut().add(task(10)).unwrap();
        group.as_mut().add(task(20)).unwrap();
        group.as_mut().next().await;
        group.as_mut().cancel_all();
        assert_eq!((alive.get(), SLOTS.free(), group.len()), (0, 4, 0));
        assert_eq!(group.as_mut().next().await, None);
    });
}

#[test]
fn dropped_at_any_poll_a_group_frees_its_slots_and_drops_its_tasks() {
    static SLOTS: WakeSlots<4> = WakeSlots::new();
    let alive = Cell::new(0);
    for polls in 1.. {
        let sim = Sim::new();
        let clock = sim.clock();
        let task = async |n: u64| {
            let _alive = Alive::new(&alive);
            clock.sleep(millis(n)).await;
            clock.sleep(millis(n)).await;
            n
        };
        let whole = async {
            let mut group = pin!(TaskGroup::<_, 4>::new(&SLOTS));
            for n in [4, 1, 3, 2] {
                group.as_mut().add(task(n)).unwrap();
            }
            let mut sum = 0;
            while let Some((_, n)) = group.as_mut().next().await {
                sum += n;
            }
            sum
        };
        let ended = sim.run(drop_after(polls, whole));
        assert_eq!((alive.get(), SLOTS.free()), (0, 4), "after {polls} polls");
        if let Some(sum) = ended {
            assert_eq!(sum, 10);
            break;
        }
    }
}

#[test]
fn the_next_result_may_be_awaited_impatiently() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
    let ids = [3, 1, 2].map(|n| group.as_mut().add(clock.sleep(millis(n))).unwrap());
    sim.run(async {
        for expected in [Some(ids[1]), Some(ids[2]), Some(ids[0]), None] {
            let ended = impatiently(async || group.as_mut().next().await).await;
            assert_eq!(ended.map(|(id, ())| id), expected);
        }
    });
    assert_eq!(clock.now(), Instant::from_millis(3));
}

#[test]
fn a_group_that_moves_to_another_task_wakes_that_one() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let doors = Door::doors::<3>();
    let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
    for door in &doors {
        group.as_mut().add(door.pass()).unwrap();
    }
    let (before, woken_before) = Count::waker();
    let (after, woken_after) = Count::waker();
    assert!(poll(group.as_mut().next(), &before).is_pending());
    doors[0].knock(); // The previous task is woken; the next one polls the group.
    assert!(poll(group.as_mut().next(), &after).is_pending());
    assert_eq!(doors.each_ref().map(Door::polls), [2, 1, 1]);
    doors.iter().for_each(Door::knock);
    // One wake for all: the group's task is woken once until it polls the group.
    assert_eq!((woken_before.get(), woken_after.get()), (1, 1));
}

#[test]
fn one_that_is_always_ready_lets_the_others_run_and_ends_the_poll() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let polls = [0; 3].map(Cell::new);
    let busy = |n: usize| {
        let polls = &polls;
        poll_fn(move |cx: &mut Context<'_>| {
            polls[n].set(polls[n].get() + 1);
            cx.waker().wake_by_ref();
            Poll::<()>::Pending
        })
    };
    let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
    for n in 0..3 {
        group.as_mut().add(busy(n)).unwrap();
    }
    let (waker, woken) = Count::waker();
    for turns in 1..=MANY {
        assert!(poll(group.as_mut().next(), &waker).is_pending());
        assert_eq!(polls.each_ref().map(Cell::get), [turns; 3]);
        assert_eq!(woken.get(), turns, "each poll has to be asked for again");
    }
}

#[test]
fn one_that_always_has_a_successor_lets_the_others_end() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let mut group = pin!(TaskGroup::<Ready<u8>, 3, _>::new(&SLOTS));
    for n in 0..3 {
        group.as_mut().add(ready(n)).unwrap();
    }
    let ended = Sim::new().run(async {
        let mut ended = Vec::new();
        while ended.len() < 9 {
            let (_, n) = group.as_mut().next().await.unwrap();
            ended.push(n);
            group.as_mut().add(ready(n)).unwrap();
        }
        ended
    });
    assert_eq!(ended, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
}

#[test]
fn tasks_may_wake_one_another_while_they_are_polled() {
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    let doors = Door::doors::<2>();
    let log = RefCell::new(Vec::new());
    let task = async |mine: usize, first: bool| {
        if first {
            doors[1 - mine].open();
        }
        doors[mine].pass().await;
        doors[1 - mine].open();
        log.borrow_mut().push(mine);
    };
    let mut group = pin!(TaskGroup::<_, 2>::new(&SLOTS));
    group.as_mut().add(task(0, false)).unwrap();
    group.as_mut().add(task(1, true)).unwrap();
    Sim::new().run(async { while group.as_mut().next().await.is_some() {} });
    assert_eq!(*log.borrow(), [0, 1]);
}

#[test]
fn a_task_that_panics_is_gone_and_the_group_goes_on() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let alive = Cell::new(0);
    let task = async |n: u64| {
        let _alive = Alive::new(&alive);
        clock.sleep(millis(n)).await;
        assert_ne!(n, 20, "as planned");
        n
    };
    let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
    let ids = [10, 20, 30].map(|n| group.as_mut().add(task(n)).unwrap());
    assert_eq!(sim.run(group.as_mut().next()), Some((ids[0], 10)));
    let panicked = catch_unwind(AssertUnwindSafe(|| sim.run(group.as_mut().next())));
    assert!(panicked.is_err());
    assert_eq!((group.len(), alive.get(), SLOTS.free()), (1, 1, 2));
    assert!(!group.contains(ids[1]));
    let another = group.as_mut().add(task(5)).unwrap();
    assert_eq!(sim.run(group.as_mut().next()), Some((another, 5)));
    assert_eq!(sim.run(group.as_mut().next()), Some((ids[2], 30)));
    assert_eq!(sim.run(group.as_mut().next()), None);
}

#[test]
fn a_task_that_panics_when_it_is_dropped_leaves_its_slot_free() {
    struct Grumpy;
    impl Drop for Grumpy {
        fn drop(&mut self) {
            panic!("as planned");
        }
    }
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    let task = async || {
        let _grumpy = Grumpy;
        pending::<()>().await;
    };
    let mut group = pin!(TaskGroup::<_, 2>::new(&SLOTS));
    let id = group.as_mut().add(task()).unwrap();
    assert!(poll(group.as_mut().next(), std::task::Waker::noop()).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| group.as_mut().cancel(id))).is_err());
    assert_eq!((group.len(), SLOTS.free()), (0, 2));
}

#[test]
fn a_group_goes_where_its_tasks_may_go() {
    fn send<T: Send>(_: &T) {}
    fn sync<T: Sync>(_: &T) {}
    static SLOTS: WakeSlots<1> = WakeSlots::new();
    let mut group = TaskGroup::<Pin<Box<dyn Future<Output = ()> + Send>>, 1, _>::new(&SLOTS);
    send(&group);
    sync(&group);
    send(&Pin::new(&mut group).next());
}
