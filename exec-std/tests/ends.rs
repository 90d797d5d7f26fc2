//! Panics, errors, and tasks that remain at the end: each sentence of that section in the
//! crate's documentation.

mod patience;

use std::cell::RefCell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::{future, thread};

use futures_lite::future::{block_on, poll_once, yield_now};
use patience::within_two_minutes;
use tickwire_exec_std::{StdClock, StdSpawner, run};
use tickwire_traits::{Clock, Duration, Exit, JoinHandle, Spawn, SpawnError, Timer, TimerQueue};

const CLOCK: StdClock = StdClock::new();
const NAP: Duration = Duration::from_millis(5);

type Log = Rc<RefCell<Vec<&'static str>>>;

/// Logs its name when dropped.
struct Witness(&'static str, Log);

impl Drop for Witness {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

/// Spawns a task that waits forever.
fn spawn_waiting(spawner: StdSpawner, name: &'static str, log: &Log) {
    let witness = Witness(name, log.clone());
    let task = async move {
        let _witness = witness;
        pending::<()>().await;
    };
    spawner.spawn(task).unwrap().detach();
}

/// A panic payload that panics with another one when dropped.
struct Bomb(u32);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 > 0 {
            panic_any(Bomb(self.0 - 1));
        }
    }
}

#[test]
fn a_panic_of_main_goes_on_through_run_after_the_tasks_have_been_dropped() {
    let log = Log::default();
    let ended = catch_unwind(AssertUnwindSafe(|| {
        run(async |spawner| {
            let _main = Witness("main", log.clone());
            spawn_waiting(spawner, "first", &log);
            spawn_waiting(spawner, "second", &log);
            yield_now().await;
            panic_any("of main");
        })
    }));
    assert_eq!(ended.unwrap_err().downcast_ref(), Some(&"of main"));
    assert_eq!(*log.borrow(), ["main", "second", "first"]);
    assert_eq!(run(async |_| 7), 7, "the thread may run again");
}

#[test]
fn a_panic_of_a_task_ends_that_task_alone() {
    run(async |spawner| {
        let bad = async {
            yield_now().await;
            panic_any(Bomb(3));
        };
        spawner.spawn(bad).unwrap().detach();
        spawner.spawn(async { panic_any(Bomb(3)) }).unwrap().detach();
        let good = spawner.spawn(CLOCK.sleep(NAP)).unwrap();
        assert_eq!(good.await, Exit::Completed);
    });
}

#[test]
fn a_task_that_awaits_one_that_panicked_panics_once() {
    run(async |spawner| {
        let mut bad = spawner.spawn(async { panic_any(42) }).unwrap();
        yield_now().await;
        let thrown = catch_unwind(AssertUnwindSafe(|| block_on(&mut bad))).unwrap_err();
        assert_eq!(thrown.downcast_ref(), Some(&42));
        assert_eq!(bad.await, Exit::Cancelled, "it has no more to say");
    });
}

#[test]
fn a_handle_that_is_dropped_unheard_drops_the_panic() {
    run(async |spawner| {
        for detach in [false, true] {
            let bad = spawner.spawn(async { panic_any(Bomb(2)) }).unwrap();
            yield_now().await;
            if detach { bad.detach() } else { drop(bad) }
        }
        CLOCK.sleep(NAP).await;
    });
}

#[test]
fn what_a_panic_has_thrown_is_dropped_with_the_last_that_could_ask_for_it() {
    run(async |spawner| {
        let thrown = Arc::new(());
        for drops_late in [false, true] {
            let payload = thrown.clone();
            let task = spawner.spawn(async { panic_any(payload) }).unwrap();
            if drops_late {
                yield_now().await;
            }
            drop(task);
            CLOCK.sleep(NAP).await;
            assert_eq!(Arc::strong_count(&thrown), 1, "after the panic: {drops_late}");
        }
    });
}

#[test]
fn a_panic_of_a_tasks_destructor_is_the_tasks() {
    run(async |spawner| {
        struct Bad;
        impl Drop for Bad {
            fn drop(&mut self) {
                panic_any("of a destructor");
            }
        }
        let bad = Bad;
        let task = async move {
            let _bad = bad;
            pending::<()>().await;
        };
        let task = spawner.spawn(task).unwrap();
        yield_now().await;
        let (sender, receiver) = std::sync::mpsc::channel();
        let awaits = async move {
            task.cancel().await;
            sender.send(()).unwrap();
        };
        let mut awaits = spawner.spawn(awaits).unwrap();
        CLOCK.sleep(NAP).await;
        let thrown = catch_unwind(AssertUnwindSafe(|| block_on(&mut awaits))).unwrap_err();
        assert_eq!(thrown.downcast_ref(), Some(&"of a destructor"));
        assert!(receiver.recv().is_err(), "it went through the task that awaits");
    });
}

#[test]
fn a_panic_of_a_detached_task_is_dropped_when_the_task_ends() {
    run(async |spawner| {
        let thrown = Arc::new(());
        let payload = thrown.clone();
        spawner.spawn(async { panic_any(payload) }).unwrap().detach();
        yield_now().await;
        assert_eq!(Arc::strong_count(&thrown), 1);
    });
}

#[test]
fn an_error_of_main_is_what_run_returns() {
    let ended: Result<(), &str> = run(async |_| Err("no such device"));
    assert_eq!(ended, Err("no such device"));
}

#[test]
fn a_task_that_is_left_can_neither_spawn_nor_run() {
    struct Tries(StdSpawner, Rc<RefCell<Option<(SpawnError, bool)>>>);
    impl Drop for Tries {
        fn drop(&mut self) {
            let spawned = self.0.spawn(async {}).map(JoinHandle::detach);
            let ran = catch_unwind(|| run(async |_| ())).is_ok();
            *self.1.borrow_mut() = Some((spawned.unwrap_err(), ran));
        }
    }
    let seen = Rc::default();
    run(async |spawner| {
        let tries = Tries(spawner, Rc::clone(&seen));
        let task = async move {
            let _tries = tries;
            pending::<()>().await;
        };
        spawner.spawn(task).unwrap().detach();
    });
    assert_eq!(seen.take(), Some((SpawnError::NotRunning, false)));
}

#[test]
fn a_left_task_whose_destructor_panics_keeps_no_other_from_being_dropped() {
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            panic_any(Bomb(1));
        }
    }
    let log = Log::default();
    run(async |spawner| {
        spawn_waiting(spawner, "first", &log);
        let bad = Bad;
        let task = async move {
            let _bad = bad;
            pending::<()>().await;
        };
        spawner.spawn(task).unwrap().detach();
        spawn_waiting(spawner, "third", &log);
    });
    assert_eq!(*log.borrow(), ["third", "first"]);
}

#[test]
fn a_handle_that_outlives_the_run_says_cancelled() {
    let keep = Rc::new(RefCell::new(None));
    run(async |spawner| {
        let task = spawner.spawn(pending()).unwrap();
        *keep.borrow_mut() = Some(task);
    });
    assert_eq!(block_on(keep.take().unwrap()), Exit::Cancelled);
}

#[test]
fn wakers_that_outlive_the_run_do_nothing() {
    let wakers = Rc::new(RefCell::new(Vec::new()));
    let keep = |wakers: Rc<RefCell<Vec<Waker>>>| {
        future::poll_fn(move |cx| {
            wakers.borrow_mut().push(cx.waker().clone());
            Poll::Ready(())
        })
    };
    run(async |spawner| {
        keep(wakers.clone()).await;
        spawner.spawn(keep(wakers.clone())).unwrap().await;
        let waiting = keep(wakers.clone());
        let task = async move {
            waiting.await;
            pending().await
        };
        spawner.spawn(task).unwrap().detach();
        yield_now().await;
    });
    let wakers = wakers.take();
    assert_eq!(wakers.len(), 3);
    for waker in &wakers {
        waker.wake_by_ref();
    }
    thread::spawn(move || wakers.into_iter().for_each(Waker::wake)).join().unwrap();
    assert_eq!(run(async |_| CLOCK.timeout(NAP, async { 7 }).await), Ok(7));
}

struct Throws(AtomicUsize);

impl Wake for Throws {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
        panic_any(Bomb(3));
    }
}

#[test]
fn a_waker_that_panics_ends_nobody_elses_wait_in_a_run_or_out_of_it() {
    let ended = within_two_minutes(|| {
        let throws = Arc::new(Throws(AtomicUsize::new(0)));
        let bad = Waker::from(throws.clone());
        CLOCK.schedule_wake(CLOCK.now() + NAP, &bad);
        block_on(CLOCK.sleep(NAP + NAP));
        run(async |spawner| {
            CLOCK.schedule_wake(CLOCK.now() + NAP, &bad);
            CLOCK.sleep(NAP + NAP).await;
            // `main` waits for a task, and the loop itself wakes it.
            let mut task = pin!(spawner.spawn(yield_now()).unwrap());
            assert!(task.as_mut().poll(&mut Context::from_waker(&bad)).is_pending());
            CLOCK.sleep(NAP).await;
            assert_eq!(poll_once(task).await, Some(Exit::Completed));
        });
        // The helper may not have woken the last one yet.
        while throws.0.load(Ordering::SeqCst) < 3 {
            block_on(CLOCK.sleep(NAP));
        }
    });
    assert!(ended.is_some());
}
