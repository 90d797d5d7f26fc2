//! All or the first error, with time to clean up: the tutorial's 3.3.2.

mod common;

use std::cell::{Cell, RefCell};
use std::future::{Future, Ready, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Poll, Waker};

use common::Alive;
use tickwire_sim::{Sim, SimClock, drop_after, impatiently};
use tickwire_sync::{TaskGroup, WakeSlots};
use tickwire_traits::{Clock, Duration, Instant, Timer};

/// The smallest possible stop request that tasks can see.
#[derive(Default)]
struct Stop {
    asked: Cell<u32>,
    waiters: RefCell<Vec<Waker>>,
}

impl Stop {
    fn ask(&self) {
        self.asked.set(self.asked.get() + 1);
        self.waiters.take().into_iter().for_each(Waker::wake);
    }

    /// Runs `future`. Returns `None` if a stop is requested before it ends.
    async fn or_stop<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|cx| {
            if self.asked.get() > 0 {
                return Poll::Ready(None);
            }
            self.waiters.borrow_mut().push(cx.waker().clone());
            future.as_mut().poll(cx).map(Some)
        })
        .await
    }
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[test]
fn sample_1_waits_for_all_of_them() {
    static SLOTS: WakeSlots<4> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let log = RefCell::new(Vec::new());
    let task = async |n: u64| {
        clock.sleep(secs(n + 1)).await;
        log.borrow_mut().push(format!("Task {n} done"));
        Ok::<_, ()>(())
    };
    sim.run(async {
        let mut group = pin!(TaskGroup::<_, 4>::new(&SLOTS));
        for n in 0..4 {
            group.as_mut().add(task(n)).unwrap();
        }
        group.as_mut().try_all(|| unreachable!()).await.unwrap();
        log.borrow_mut().push("TaskGroup done".to_owned());
    });
    let done = ["Task 0 done", "Task 1 done", "Task 2 done", "Task 3 done", "TaskGroup done"];
    assert_eq!(log.into_inner(), done);
}

/// One of the four workers of sample 2: works until asked to stop, then cleans up.
async fn worker(
    n: u64,
    clock: &SimClock,
    stop: &Stop,
    log: &RefCell<Vec<String>>,
) -> Result<(), &'static str> {
    let work = async {
        loop {
            log.borrow_mut().push(format!("Task {n} running..."));
            clock.sleep(secs(1)).await;
        }
    };
    stop.or_stop(work).await.unwrap_or(());
    // Takes time, which a dropped future does not have.
    clock.sleep(Duration::from_millis(100)).await;
    log.borrow_mut().push(format!("Task {n} cleanup"));
    Ok(())
}

#[test]
fn sample_2_cleans_up_after_the_first_error_and_then_returns_it() {
    static SLOTS: WakeSlots<5> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let (log, stop) = (RefCell::default(), Stop::default());
    let task = async |n: u64| {
        if n < 4 {
            return worker(n, &clock, &stop, &log).await;
        }
        clock.sleep(secs(6)).await;
        Err("OSError")
    };
    sim.run(async {
        let mut group = pin!(TaskGroup::<_, 5>::new(&SLOTS));
        for n in 0..5 {
            group.as_mut().add(task(n)).unwrap();
        }
        let Err(error) = group.as_mut().try_all(|| stop.ask()).await else { unreachable!() };
        log.borrow_mut().push(format!("TaskGroup caught exception: {error}"));
        assert!(group.is_empty());
    });
    let log = log.into_inner();
    let running =
        ["Task 0 running...", "Task 1 running...", "Task 2 running...", "Task 3 running..."];
    assert!(log[..24].chunks(4).all(|second| second == running), "{log:#?}");
    let end = &log[log.len() - 5..];
    let cleanup = ["Task 0 cleanup", "Task 1 cleanup", "Task 2 cleanup", "Task 3 cleanup"];
    assert_eq!(end[..4], cleanup);
    assert_eq!(end[4], "TaskGroup caught exception: OSError");
    assert_eq!(stop.asked.get(), 1);
    assert_eq!(clock.now(), Instant::from_millis(6_100));
}

/// A task that ends after `n` seconds, with an error if `n` is odd. When asked to stop it
/// takes another half second.
async fn odd_fails(n: u64, clock: &SimClock, stop: &Stop) -> Result<u64, u64> {
    if stop.or_stop(clock.sleep(secs(n))).await.is_none() {
        clock.sleep(Duration::from_millis(500)).await;
    }
    if n.is_multiple_of(2) { Ok(n) } else { Err(n) }
}

#[test]
fn later_errors_do_not_replace_the_first() {
    static SLOTS: WakeSlots<4> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let stop = Stop::default();
    let mut group = pin!(TaskGroup::<_, 4>::new(&SLOTS));
    for n in [7, 4, 3, 9] {
        group.as_mut().add(odd_fails(n, &clock, &stop)).unwrap();
    }
    assert_eq!(sim.run(group.as_mut().try_all(|| stop.ask())), Err(3));
    assert_eq!((stop.asked.get(), clock.now()), (1, Instant::from_millis(3_500)));
    // The group may be used again.
    assert_eq!(sim.run(group.as_mut().try_all(|| unreachable!())), Ok(()));
    let ok = odd_fails(2, &clock, &stop);
    group.as_mut().add(ok).unwrap();
    assert_eq!(sim.run(group.as_mut().try_all(|| unreachable!())), Ok(()));
    assert_eq!(SLOTS.free(), 4);
}

#[test]
fn dropped_at_any_poll_it_may_be_called_again_and_returns_the_same() {
    static SLOTS: WakeSlots<4> = WakeSlots::new();
    for polls in 1.. {
        let sim = Sim::new();
        let clock = sim.clock();
        let stop = Stop::default();
        let mut group = pin!(TaskGroup::<_, 4>::new(&SLOTS));
        for n in [2, 4, 3, 9] {
            group.as_mut().add(odd_fails(n, &clock, &stop)).unwrap();
        }
        let first = sim.run(drop_after(polls, group.as_mut().try_all(|| stop.ask())));
        let ended = first.is_some();
        let asked = stop.asked.get();
        let result = first.unwrap_or_else(|| sim.run(group.as_mut().try_all(|| stop.ask())));
        assert_eq!(result, Err(3), "after {polls} polls");
        // Each call that has an error calls its own `stop`.
        assert_eq!(stop.asked.get(), if ended { 1 } else { asked + 1 });
        assert_eq!(clock.now(), Instant::from_millis(3_500));
        if ended {
            break;
        }
    }
}

#[test]
fn it_may_be_awaited_impatiently() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let stop = Stop::default();
    let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
    for n in [2, 3, 5] {
        group.as_mut().add(odd_fails(n, &clock, &stop)).unwrap();
    }
    let all = impatiently(async || group.as_mut().try_all(|| stop.ask()).await);
    assert_eq!(sim.run(all), Err(3));
}

#[test]
fn an_unreported_first_error_is_the_next_result() {
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let stop = Stop::default();
    let mut group = pin!(TaskGroup::<_, 2>::new(&SLOTS));
    let fails = group.as_mut().add(odd_fails(1, &clock, &stop)).unwrap();
    let works = group.as_mut().add(odd_fails(4, &clock, &stop)).unwrap();
    let all = group.as_mut().try_all(|| ());
    assert_eq!(sim.run(clock.timeout(secs(2), all)).ok(), None);
    // Its place is taken, but its slot is free.
    assert_eq!((group.len(), SLOTS.free(), group.contains(fails)), (2, 1, true));
    let future = group.as_mut().add(odd_fails(0, &clock, &stop)).unwrap_err().0;
    assert_eq!(sim.run(group.as_mut().next()), Some((fails, Err(1))));
    group.as_mut().add(future).unwrap();
    assert_eq!(sim.run(group.as_mut().next()).map(|(_, result)| result), Some(Ok(0)));
    assert_eq!(sim.run(group.as_mut().next()), Some((works, Ok(4))));
    assert_eq!(sim.run(group.as_mut().next()), None);
}

#[test]
fn a_first_error_may_be_cancelled_as_the_others() {
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let stop = Stop::default();
    let mut group = pin!(TaskGroup::<_, 2>::new(&SLOTS));
    let fails = group.as_mut().add(odd_fails(1, &clock, &stop)).unwrap();
    group.as_mut().add(odd_fails(4, &clock, &stop)).unwrap();
    assert_eq!(sim.run(clock.timeout(secs(2), group.as_mut().try_all(|| ()))).ok(), None);
    assert!(group.as_mut().cancel(fails) && !group.as_mut().cancel(fails));
    assert_eq!(sim.run(group.as_mut().try_all(|| unreachable!())), Ok(()));
}

#[test]
fn a_task_that_panics_takes_neither_the_error_nor_the_others_with_it() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let alive = Cell::new(0);
    let task = async |n: u64| {
        let _alive = Alive::new(&alive);
        clock.sleep(secs(n)).await;
        assert_ne!(n, 2, "as planned");
        if n == 1 { Err(n) } else { Ok(n) }
    };
    let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
    for n in 1..=3 {
        group.as_mut().add(task(n)).unwrap();
    }
    let all = AssertUnwindSafe(|| sim.run(group.as_mut().try_all(|| ())));
    assert!(catch_unwind(all).is_err());
    assert_eq!((group.len(), alive.get()), (2, 1));
    assert_eq!(sim.run(group.as_mut().try_all(|| ())), Err(1));
}

#[test]
fn an_error_is_kept_also_when_telling_the_others_panics() {
    static SLOTS: WakeSlots<1> = WakeSlots::new();
    let sim = Sim::new();
    let mut group = pin!(TaskGroup::<Ready<Result<(), u8>>, 1, _>::new(&SLOTS));
    group.as_mut().add(ready(Err(1))).unwrap();
    let all = AssertUnwindSafe(|| sim.run(group.as_mut().try_all(|| panic!("as planned"))));
    assert!(catch_unwind(all).is_err());
    assert_eq!(sim.run(group.as_mut().try_all(|| ())), Err(1));
}

#[test]
fn at_the_first_error_the_others_are_dropped_at_once() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let alive = Cell::new(0);
    let task = async |n: u64, answer: Result<(), u64>| {
        let _alive = Alive::new(&alive);
        clock.sleep(secs(n)).await;
        answer
    };
    sim.run(async {
        let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
        for (n, answer) in [(1, Ok(())), (2, Err(2)), (3, Err(3))] {
            group.as_mut().add(task(n, answer)).unwrap();
        }
        // Dropped at each poll and called again: nothing is lost.
        assert_eq!(drop_after(1, group.as_mut().try_all_or_cancel()).await, None);
        assert_eq!(impatiently(async || group.as_mut().try_all_or_cancel().await).await, Err(2));
        assert_eq!(clock.now(), Instant::from_micros(2_000_000));
        assert!(alive.get() == 0 && group.is_empty());
        assert_eq!(group.as_mut().try_all_or_cancel().await, Ok(()));
    });
}

#[test]
fn an_error_that_try_all_kept_is_the_first_for_cancelling_too() {
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    let sim = Sim::new();
    let clock = sim.clock();
    let task = async |n: u64| {
        clock.sleep(secs(n)).await;
        Err::<(), u64>(n)
    };
    sim.run(async {
        let mut group = pin!(TaskGroup::<_, 2>::new(&SLOTS));
        for n in [1, 60] {
            group.as_mut().add(task(n)).unwrap();
        }
        assert_eq!(clock.timeout(secs(2), group.as_mut().try_all(|| ())).await.ok(), None);
        assert_eq!(group.as_mut().try_all_or_cancel().await, Err(1));
        assert_eq!(clock.now(), Instant::from_micros(2_000_000));
    });
}
