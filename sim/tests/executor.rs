//! The promises of the simulation: order, time, and an end for every task.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::{Poll, Waker};

use tickwire_sim::{Sim, SimClock, SimSpawner, SimTask, StallKind, drop_after};
use tickwire_traits::{Clock, Duration, Exit, Instant, JoinHandle, Spawn, Timer, TimerQueue};

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

#[test]
fn tasks_run_in_the_order_of_waking_also_among_equal_deadlines() {
    // Forty tasks with 30 and 50 ms mixed: tasks of equal time in the order of creation.
    let sim = Sim::new();
    let (clock, spawner) = (sim.clock(), sim.spawner());
    let order = Rc::new(RefCell::new(Vec::new()));
    sim.run(async {
        let tasks: Vec<_> = (0..40_u64)
            .map(|n| {
                let (clock, order) = (clock.clone(), order.clone());
                let task = async move {
                    clock.sleep(Duration::from_millis(if n % 2 == 0 { 50 } else { 30 })).await;
                    order.borrow_mut().push(n);
                };
                spawner.spawn(task).unwrap()
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await, Exit::Completed);
        }
    });
    let expected: Vec<_> =
        (0..40).filter(|n| n % 2 == 1).chain((0..40).filter(|n| n % 2 == 0)).collect();
    assert_eq!(*order.borrow(), expected);
    assert_eq!(clock.now(), millis(50));
}

#[test]
fn a_run_inside_of_a_run_panics_and_the_next_one_works() {
    let sim = Sim::new();
    let nested = catch_unwind(AssertUnwindSafe(|| sim.run(async { sim.run(async {}) })));
    assert!(nested.is_err());
    sim.run(async {});
}

#[test]
fn a_deadline_in_the_past_wakes_at_once_and_one_that_never_comes_does_not() {
    let sim = Sim::new();
    let clock = sim.clock();
    sim.run(clock.sleep(Duration::from_millis(9)));
    sim.run(clock.sleep_until(millis(3)));
    assert_eq!(clock.now(), millis(9));
    clock.schedule_wake(Instant::MAX, Waker::noop());
    let never = sim.try_run(clock.sleep(Duration::MAX));
    assert_eq!(never.unwrap_err().kind, StallKind::Deadlock);
    assert_eq!(clock.now(), millis(9));
}

struct Witness(Rc<Cell<bool>>);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

/// Returns a task that never ends, and a flag that is set when it is dropped.
fn endless() -> (impl Future<Output = ()> + 'static, Rc<Cell<bool>>) {
    let dropped = Rc::new(Cell::new(false));
    let witness = Witness(dropped.clone());
    let task = async move {
        pending::<()>().await;
        drop(witness);
    };
    (task, dropped)
}

#[test]
fn a_cancelled_task_is_dropped_before_anyone_hears_of_it() {
    let sim = Sim::new();
    let (task, dropped) = endless();
    let handle = sim.spawner().spawn(task).unwrap();
    sim.run(async {
        assert_eq!(handle.cancel().await, Exit::Cancelled);
        assert!(dropped.get());
    });
}

#[test]
fn a_cancel_that_is_dropped_has_cancelled() {
    let sim = Sim::new();
    for polls in 0..2 {
        let (task, dropped) = endless();
        let handle = sim.spawner().spawn(task).unwrap();
        sim.run(drop_after(polls, handle.cancel()));
        assert!(dropped.get(), "dropped at poll {polls}");
    }
}

#[test]
fn dropping_a_handle_cancels_and_detaching_does_not() {
    let sim = Sim::new();
    let (task, dropped) = endless();
    drop(sim.spawner().spawn(task));
    assert!(dropped.get());
    let (task, dropped) = endless();
    sim.spawner().spawn(task).unwrap().detach();
    sim.run(sim.clock().sleep(Duration::from_secs(1)));
    assert!(!dropped.get());
    drop(sim);
    assert!(dropped.get(), "it goes with its simulation");
}

#[test]
fn a_task_may_cancel_itself_and_others_from_inside() {
    let sim = Sim::new();
    let own = Rc::new(RefCell::new(None));
    let (task, dropped) = endless();
    let other = sim.spawner().spawn(task).unwrap();
    let suicide = {
        let own = own.clone();
        async move {
            drop(other);
            drop(own.take());
            pending::<()>().await;
        }
    };
    *own.borrow_mut() = Some(sim.spawner().spawn(suicide).unwrap());
    sim.run(sim.clock().sleep(Duration::from_millis(1)));
    assert!(dropped.get());
    assert!(own.borrow().is_none());
}

#[test]
fn a_task_that_cancels_itself_never_hears_of_it() {
    let sim = Sim::new();
    let own = Rc::new(RefCell::new(None::<SimTask>));
    let (task, dropped) = endless();
    let went_on = Rc::new(Cell::new(false));
    let suicide = {
        let (own, went_on) = (own.clone(), went_on.clone());
        async move {
            let _witness = task;
            let own = own.take().unwrap();
            own.cancel().await;
            went_on.set(true);
        }
    };
    *own.borrow_mut() = Some(sim.spawner().spawn(suicide).unwrap());
    sim.run(sim.clock().sleep(Duration::from_millis(1)));
    assert!(dropped.get());
    assert!(!went_on.get());
}

#[test]
fn tasks_that_own_ways_to_the_simulation_are_dropped_with_it() {
    let sim = Sim::new();
    let spawner = sim.spawner();
    let (task, dropped) = endless();
    let other = spawner.spawn(pending()).unwrap();
    let (late, late_dropped) = endless();
    // The task spawns while it is dropped.
    let last_words = OnDrop(Some({
        let spawner = spawner.clone();
        move || spawner.spawn(late).unwrap().detach()
    }));
    let keeps = {
        let spawner = spawner.clone();
        async move {
            let _all = (spawner, other, last_words);
            task.await;
        }
    };
    let handle = spawner.spawn(keeps).unwrap();
    sim.run(async {});
    drop(sim);
    assert!(dropped.get());
    assert!(late_dropped.get());
    // A waiter elsewhere is notified.
    assert_eq!(Sim::new().run(handle), Exit::Cancelled);
    let (task, dropped) = endless();
    spawner.spawn(task).unwrap().detach();
    assert!(dropped.get(), "it would never be polled");
}

struct OnDrop<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        self.0.take().unwrap()();
    }
}

#[test]
fn a_task_that_panicked_is_dropped_and_counts_as_cancelled() {
    let sim = Sim::new();
    let (task, dropped) = endless();
    let bad = sim.spawner().spawn(async move {
        let _witness = task;
        panic!("as requested");
    });
    let run = catch_unwind(AssertUnwindSafe(|| sim.run(pending::<()>())));
    assert!(run.is_err());
    assert!(dropped.get());
    assert_eq!(sim.run(bad.unwrap()), Exit::Cancelled);
    assert_eq!(sim.try_run(pending::<()>()).unwrap_err().tasks.len(), 1);
}

#[test]
fn a_task_that_is_left_goes_on_in_the_next_run() {
    let sim = Sim::new();
    let clock = sim.clock();
    let done = Rc::new(Cell::new(false));
    let (sleeper, set) = (clock.clone(), done.clone());
    let task = async move {
        sleeper.sleep(Duration::from_millis(5)).await;
        set.set(true);
    };
    sim.spawner().spawn(task).unwrap().detach();
    sim.run(async {});
    assert!(!done.get());
    sim.run(clock.sleep(Duration::from_millis(5)));
    assert!(done.get());
}

/// A task that wakes itself in its last poll, when `ends` is set, and shares its waker.
async fn ends_awake(ends: Rc<Cell<bool>>, waker: Rc<RefCell<Option<Waker>>>) {
    poll_fn(|cx| {
        *waker.borrow_mut() = Some(cx.waker().clone());
        if ends.get() {
            cx.waker().wake_by_ref();
            return Poll::Ready(());
        }
        Poll::Pending
    })
    .await;
}

#[test]
fn a_task_is_not_woken_by_the_wakers_of_one_that_ended_before() {
    let sim = Sim::new();
    let (ends, waker) = (Rc::new(Cell::new(false)), Rc::new(RefCell::new(None)));
    let first = sim.spawner().spawn(ends_awake(ends, waker.clone())).unwrap();
    sim.run(sim.clock().sleep(Duration::from_millis(1)));
    let before = sim.polls();
    sim.run(async {
        let waker: Waker = waker.take().unwrap();
        waker.wake_by_ref();
        drop(first);
        // It takes the place of the first one, which is still queued.
        sim.spawner().spawn(pending()).unwrap().detach();
        sim.clock().sleep(Duration::from_millis(1)).await;
        waker.wake();
        sim.clock().sleep(Duration::from_millis(1)).await;
    });
    // The second task once, and main three times.
    assert_eq!(sim.polls() - before, 4);
}

#[test]
fn a_run_is_not_woken_by_the_wakers_of_the_run_before() {
    let sim = Sim::new();
    let (ends, waker) = (Rc::new(Cell::new(true)), Rc::new(RefCell::new(None)));
    sim.run(ends_awake(ends, waker.clone()));
    sim.run(async {
        waker.take().unwrap().wake();
        sim.clock().sleep(Duration::from_millis(1)).await;
    });
    assert_eq!(sim.polls(), 3);
}

#[test]
fn tasks_are_reported_and_dropped_in_the_order_of_their_spawning() {
    let sim = Sim::new();
    let spawner = sim.spawner();
    let dropped = Rc::new(RefCell::new(Vec::new()));
    let spawn = |name: &'static str| {
        let dropped = dropped.clone();
        spawner.spawn_named(name, async move {
            let _last = OnDrop(Some(move || dropped.borrow_mut().push(name)));
            pending::<()>().await;
        })
    };
    let ended = ["a", "b"].map(spawn);
    spawn("c").detach();
    let stall = sim.try_run(async {
        for task in ended {
            task.cancel().await;
        }
        // These take the places of the tasks that ended.
        spawn("d").detach();
        spawn("e").detach();
        pending::<()>().await;
    });
    let stall = stall.unwrap_err();
    let names: Vec<_> = stall.tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(names, ["main", "c", "d", "e"]);
    drop(sim);
    assert_eq!(*dropped.borrow(), ["a", "b", "c", "d", "e"]);
}

#[test]
fn a_wake_of_a_task_that_has_ended_is_no_progress() {
    let sim = Sim::new();
    let (ends, waker) = (Rc::new(Cell::new(false)), Rc::new(RefCell::new(None)));
    let task = sim.spawner().spawn(ends_awake(ends, waker.clone())).unwrap();
    sim.run(sim.clock().sleep(Duration::from_millis(1)));
    drop(task);
    let mut polls = 0;
    let stall = sim.try_run(poll_fn::<(), _>(|_| {
        polls += 1;
        if polls == 2 {
            waker.take().unwrap().wake(); // In the poll that asks for the reason.
        }
        Poll::Pending
    }));
    assert_eq!(stall.unwrap_err().kind, StallKind::Deadlock);
}

/// Runs `main`, and then a main that never ends; returns the time of that stall.
#[track_caller]
fn check_nothing_is_left(main: impl AsyncFnOnce(&SimClock, &SimSpawner)) {
    let sim = Sim::new();
    let (clock, spawner) = (sim.clock(), sim.spawner());
    // A panic of a task propagates, and ends the run.
    let run = AssertUnwindSafe(|| sim.run(main(&clock, &spawner)));
    let _panicked = catch_unwind(run);
    let stall = sim.try_run(pending::<()>()).unwrap_err();
    assert_eq!((stall.kind, stall.at, clock.now()), (StallKind::Deadlock, millis(1), millis(1)));
}

const HOUR: Duration = Duration::from_secs(3_600);

/// Sleeps for a millisecond, and gives up a timeout of an hour.
async fn gives_a_deadline_up(clock: &SimClock) {
    clock.sleep(Duration::from_millis(1)).await;
    let mut yielded = false;
    let turn = poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    });
    clock.timeout(HOUR, turn).await.unwrap();
}

#[test]
fn a_future_that_has_ended_leaves_no_deadline() {
    check_nothing_is_left(async |clock, _| gives_a_deadline_up(clock).await);
    check_nothing_is_left(async |clock, spawner| {
        let clock = clock.clone();
        let task = async move { gives_a_deadline_up(&clock).await };
        spawner.spawn(task).unwrap().await;
    });
}

#[test]
fn a_future_that_was_cancelled_leaves_no_deadline() {
    let sleeper = |clock: &SimClock| {
        let clock = clock.clone();
        async move { clock.sleep(HOUR).await }
    };
    check_nothing_is_left(async |clock, spawner| {
        let task = spawner.spawn(sleeper(clock)).unwrap();
        clock.sleep(Duration::from_millis(1)).await;
        task.cancel().await;
    });
    check_nothing_is_left(async |clock, spawner| {
        let task = spawner.spawn(sleeper(clock)).unwrap();
        clock.sleep(Duration::from_millis(1)).await;
        drop(task);
    });
}

#[test]
fn a_future_that_panicked_leaves_no_deadline() {
    let fails = |clock: &SimClock| {
        let clock = clock.clone();
        async move {
            gives_a_deadline_up(&clock).await;
            panic!("on purpose");
        }
    };
    check_nothing_is_left(async |clock, _| fails(clock).await);
    check_nothing_is_left(async |clock, spawner| {
        spawner.spawn(fails(clock)).unwrap().await;
    });
}
