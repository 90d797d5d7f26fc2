//! What the simulation promises: order, time, and an honest end.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::{Poll, Waker};

use embedded_hal::digital::PinState;
use embedded_hal_async::digital::Wait;
use tickwire_sim::{Sim, SimTask, StallKind, Wire, waits_for};
use tickwire_traits::{Clock, Duration, Exit, Instant, JoinHandle, Spawn, Timer, TimerQueue};

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

#[test]
fn tasks_run_in_the_order_of_waking_also_among_equal_deadlines() {
    // Forty tasks, mixed 30 and 50 ms: those of a time in the order of creation.
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
fn a_deadlock_tells_the_time_and_what_each_task_waits_for() {
    let sim = Sim::new();
    let clock = sim.clock();
    let door = Wire::named("door", clock.clone(), PinState::High);
    let mut pin = door.input();
    let guard = sim.spawner().spawn_named("guard", async move {
        let _ = pin.wait_for_low().await;
    });
    let stall = sim.try_run(async {
        clock.sleep(Duration::from_millis(1_500)).await;
        guard.await
    });
    let stall = stall.unwrap_err();
    assert_eq!((stall.kind, stall.at), (StallKind::Deadlock, millis(1_500)));
    let report = stall.to_string();
    assert!(report.contains("t+1.5s"), "{report}");
    assert!(report.contains("guard waits for low on wire `door`"), "{report}");
    assert!(report.contains("main waits for the end of another task"), "{report}");
}

#[test]
fn a_deadlock_is_at_the_last_poll_whatever_deadlines_are_left() {
    let sim = Sim::new();
    let clock = sim.clock();
    let stall = sim.try_run(async {
        let sleeper = clock.clone();
        let task = async move { sleeper.sleep(Duration::from_secs(3_600)).await };
        let task = sim.spawner().spawn(task).unwrap();
        clock.sleep(Duration::from_millis(5)).await;
        task.cancel().await;
        pending::<()>().await
    });
    assert_eq!(stall.unwrap_err().at, millis(5));
    assert_eq!(clock.now(), Instant::from_millis(3_600_000));
}

#[test]
fn who_was_not_woken_but_could_go_on_is_a_lost_wake_up() {
    let sim = Sim::new();
    let flag = Rc::new(Cell::new(false));
    let (clock, setter) = (sim.clock(), flag.clone());
    let set = async move {
        clock.sleep(Duration::from_millis(1)).await;
        setter.set(true);
    };
    let task = sim.spawner().spawn(set).unwrap();
    // Looks at the flag, and leaves no waker with anybody.
    let forgetful = poll_fn(|_| if flag.get() { Poll::Ready(()) } else { Poll::Pending });
    assert_eq!(sim.try_run(forgetful).unwrap_err().kind, StallKind::LostWake);
    drop(task);
}

#[test]
fn who_keeps_waking_while_time_stands_still_spins() {
    let sim = Sim::new().with_spin_limit(500);
    let stall = sim.try_run(poll_fn::<(), _>(|cx| {
        waits_for(|| "nothing in particular".into());
        cx.waker().wake_by_ref();
        Poll::Pending
    }));
    let stall = stall.unwrap_err();
    assert_eq!(stall.kind, StallKind::Spin);
    assert_eq!(stall.tasks[0].waits_for, ["nothing in particular"]);
}

#[test]
fn what_one_waits_for_may_be_found_by_asking() {
    let stall = Sim::new().try_run(poll_fn::<(), _>(|_| {
        waits_for(|| {
            waits_for(|| "a word".into());
            // A simulation in the simulation: its first poll is heard here too.
            let inner = Sim::new().try_run(poll_fn::<(), _>(|_| {
                waits_for(|| "a voice".into());
                Poll::Pending
            }));
            assert_eq!(inner.unwrap_err().tasks[0].waits_for, ["a voice"]);
            "an end".into()
        });
        Poll::Pending
    }));
    assert_eq!(stall.unwrap_err().tasks[0].waits_for, ["a word", "a voice", "an end"]);
}

#[test]
fn a_panic_while_being_asked_leaves_nobody_asking() {
    let sim = Sim::new();
    let run = catch_unwind(AssertUnwindSafe(|| {
        sim.try_run(poll_fn::<(), _>(|_| {
            waits_for(|| panic!("as it was told to"));
            Poll::Pending
        }))
    }));
    assert!(run.is_err());
    waits_for(|| unreachable!("nobody asks any more"));
}

#[test]
fn a_simulation_goes_on_after_a_stall() {
    let sim = Sim::new();
    assert!(sim.try_run(pending::<()>()).is_err());
    sim.run(sim.clock().sleep(Duration::from_millis(5)));
    assert_eq!(sim.clock().now(), millis(5));
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

/// A task that never ends, and a flag that says that it was dropped.
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
    // It spawns while it is dropped.
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
    // Who waits for it elsewhere hears.
    assert_eq!(Sim::new().run(handle), Exit::Cancelled);
    let (task, dropped) = endless();
    spawner.spawn(task).unwrap().detach();
    assert!(dropped.get(), "nobody would poll it");
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
        panic!("as it was told to");
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
