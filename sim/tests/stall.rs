//! The report of a simulation that cannot continue.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::{Poll, Waker};

use embedded_hal::digital::PinState;
use embedded_hal_async::digital::Wait;
use tickwire_sim::{Sim, SimSpawner, Stall, StallKind, Wire, waits_for};
use tickwire_traits::{Clock, Duration, Instant, JoinHandle, Spawn, Timer, TimerQueue};

fn millis(ms: u64) -> Instant {
    Instant::from_millis(ms)
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
        clock.sleep(Duration::from_millis(5)).await;
        // The deadline belongs to no task, so no task drops it.
        clock.schedule_wake(millis(3_600_000), Waker::noop());
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
    // Reads the flag, and stores no waker.
    let forgetful = poll_fn(|_| if flag.get() { Poll::Ready(()) } else { Poll::Pending });
    assert_eq!(sim.try_run(forgetful).unwrap_err().kind, StallKind::LostWake);
    drop(task);
}

/// Never ends, and never sleeps.
async fn yields_forever() {
    poll_fn(|cx| {
        waits_for(|| "nothing in particular");
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

/// Checks that `main` is a spin, and that the number of polls until it is found is
/// proportional to the number of tasks.
#[track_caller]
fn check_spin(sim: &Sim, main: impl Future, tasks: u64) -> Stall {
    let Err(stall) = sim.try_run(main) else { panic!("it ended") };
    assert_eq!(stall.kind, StallKind::Spin);
    assert!(sim.polls() <= 100_000 + 102 * (tasks + 1), "{} polls", sim.polls());
    stall
}

#[test]
fn a_task_that_keeps_waking_while_time_stands_still_spins() {
    let sim = Sim::new().with_spin_limit(500);
    let stall = sim.try_run(yields_forever()).unwrap_err();
    assert_eq!(stall.kind, StallKind::Spin);
    assert_eq!(stall.tasks[0].waits_for, ["nothing in particular"]);
    assert_eq!((stall.tasks[0].polls, sim.polls()), (601, 601));
    assert!(stall.to_string().contains("main, polled 601 times, waits for nothing"), "{stall}");
}

#[test]
fn any_number_of_tasks_may_run_at_one_instant() {
    const TASKS: u32 = 100_000;
    let sim = Sim::new();
    let (clock, spawner) = (sim.clock(), sim.spawner());
    let sleep = || {
        let clock = clock.clone();
        spawner.spawn(async move { clock.sleep(Duration::from_micros(5)).await }).unwrap()
    };
    sim.run(async {
        // Even if the task had many turns itself.
        for _ in 0..1_000 {
            let mut woken = false;
            poll_fn(|cx| {
                cx.waker().wake_by_ref();
                if std::mem::replace(&mut woken, true) { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
        let tasks: Vec<_> = (0..TASKS).map(|_| sleep()).collect();
        for task in tasks {
            task.await;
        }
    });
    assert_eq!(clock.now(), Instant::from_micros(5));
}

#[test]
fn a_spin_is_found_among_many_tasks() {
    for tasks in [0, 1, 10, 1_000] {
        // One spins, and all others sleep.
        let sim = Sim::new();
        let clock = sim.clock();
        let others: Vec<_> = (0..tasks)
            .map(|_| {
                let clock = clock.clone();
                sim.spawner().spawn(async move { clock.sleep(Duration::from_secs(1)).await })
            })
            .collect();
        let stall = check_spin(&sim, yields_forever(), tasks);
        assert_eq!(stall.tasks[0].polls, 100_101);
        assert!(stall.tasks[1..].iter().all(|task| task.polls == 1));
        drop(others);
        // All of them spin.
        let sim = Sim::new();
        let others: Vec<_> = (0..tasks).map(|_| sim.spawner().spawn(yields_forever())).collect();
        check_spin(&sim, yields_forever(), tasks);
        drop(others);
    }
}

#[test]
fn two_tasks_that_wake_each_other_spin() {
    let sim = Sim::new();
    let places = Rc::new([const { RefCell::new(None::<Waker>) }; 2]);
    let player = |own: usize| {
        let places = places.clone();
        poll_fn::<(), _>(move |cx| {
            *places[own].borrow_mut() = Some(cx.waker().clone());
            let other = places[1 - own].borrow_mut().take();
            if let Some(other) = other {
                other.wake();
            }
            Poll::Pending
        })
    };
    let other = sim.spawner().spawn(player(1));
    check_spin(&sim, player(0), 1);
    drop(other);
}

#[test]
fn tasks_that_spawn_the_next_and_end_spin() {
    fn next(spawner: SimSpawner) {
        let again = spawner.clone();
        spawner.spawn(async move { next(again) }).unwrap().detach();
    }
    let sim = Sim::new();
    let spawner = sim.spawner();
    check_spin(
        &sim,
        async {
            next(spawner);
            pending::<()>().await
        },
        1,
    );
    // Or one that spawns and awaits them.
    let sim = Sim::new();
    let again = async {
        loop {
            sim.spawner().spawn(async {}).unwrap().await;
        }
    };
    check_spin(&sim, again, 1_000);
}

#[test]
fn time_that_goes_on_is_no_spin() {
    let sim = Sim::new().with_spin_limit(10);
    let clock = sim.clock();
    sim.run(async {
        for _ in 0..10_000 {
            clock.pass(Duration::from_micros(1));
            sim.spawner().spawn(async {}).unwrap().await;
        }
    });
}

#[test]
fn what_one_waits_for_may_be_found_by_asking() {
    let stall = Sim::new().try_run(poll_fn::<(), _>(|_| {
        waits_for(|| {
            waits_for(|| "a word");
            // A simulation inside the simulation: its first poll is recorded here too.
            let inner = Sim::new().try_run(poll_fn::<(), _>(|_| {
                waits_for(|| "a voice");
                Poll::Pending
            }));
            assert_eq!(inner.unwrap_err().tasks[0].waits_for, ["a voice"]);
            "an end"
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
            waits_for(|| -> String { panic!("as requested") });
            Poll::Pending
        }))
    }));
    assert!(run.is_err());
    waits_for(|| -> String { unreachable!("the stall has ended") });
}

#[test]
fn a_clock_from_elsewhere_is_named() {
    /// A clock that never moves.
    #[derive(Debug)]
    struct Sundial;
    impl Clock for Sundial {
        fn now(&self) -> Instant {
            Instant::EPOCH
        }
    }
    impl TimerQueue for Sundial {
        fn schedule_wake(&self, _: Instant, _: &Waker) {}
    }
    let (sim, other) = (Sim::new(), Sim::new());
    let stall = sim.try_run(other.clock().sleep(Duration::from_millis(5))).unwrap_err();
    assert_eq!(stall.kind, StallKind::Deadlock);
    let sleep = "t+5ms by a `tickwire_sim::clock::SimClock`";
    assert_eq!(stall.tasks[0].waits_for, ["the clock of another simulation", sleep]);
    let stall = sim.try_run(Sundial.sleep_until(millis(5))).unwrap_err();
    let [what] = &stall.tasks[0].waits_for[..] else { panic!("{stall}") };
    assert!(what.starts_with("t+5ms by a `stall::") && what.ends_with("::Sundial`"), "{what}");
    // The simulation's own clock is not foreign.
    let clock = sim.clock();
    let sleeper = async move { clock.sleep(Duration::from_millis(5)).await };
    let sleeper = sim.spawner().spawn(sleeper).unwrap();
    let stall = sim.try_run(yields_forever()).unwrap_err();
    assert_eq!(stall.kind, StallKind::Spin);
    assert_eq!(stall.tasks[1].waits_for, [sleep]);
    drop(sleeper);
}

#[test]
fn a_simulation_goes_on_after_a_stall() {
    let sim = Sim::new();
    assert!(sim.try_run(pending::<()>()).is_err());
    sim.run(sim.clock().sleep(Duration::from_millis(5)));
    assert_eq!(sim.clock().now(), millis(5));
}

#[test]
fn runs_that_end_at_one_instant_are_no_spin_however_many() {
    let sim = Sim::new().with_spin_limit(1_000);
    for _ in 0..5_000 {
        let mut yielded = false;
        let once = poll_fn(|cx| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        });
        assert!(sim.try_run(once).is_ok());
    }
}
