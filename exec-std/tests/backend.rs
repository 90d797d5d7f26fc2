//! Guarantees of the hosted backend, on a real clock.

mod patience;

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::{thread, time};

use futures_lite::future::poll_once;
use patience::within_two_minutes;
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{
    Clock, Delay, Duration, Exit, Instant, JoinHandle, Spawn, Timer, TimerQueue,
};

const CLOCK: StdClock = StdClock::new();

#[test]
fn sleeps_are_never_short() {
    run(async |_| {
        for micros in [1, 10, 100, 1_000, 3_000] {
            let start = time::Instant::now();
            CLOCK.sleep(Duration::from_micros(micros)).await;
            assert!(start.elapsed() >= time::Duration::from_micros(micros), "{micros} us");
        }
        let start = time::Instant::now();
        embedded_hal_async::delay::DelayNs::delay_ns(&mut Delay(CLOCK), 1_500).await;
        assert!(start.elapsed() >= time::Duration::from_nanos(1_500));
    });
}

#[test]
fn spawned_tasks_run_beside_main() {
    run(async |spawner| {
        let count = Rc::new(Cell::new(0));
        let counted = count.clone();
        let task = spawner.spawn(async move {
            for _ in 0..3 {
                CLOCK.sleep(Duration::from_millis(2)).await;
                counted.set(counted.get() + 1);
            }
        });
        assert_eq!(task.unwrap().await, Exit::Completed);
        assert_eq!(count.get(), 3);
    });
}

#[test]
fn tasks_with_equal_deadlines_wake_in_order() {
    // All tasks have to be asleep before the deadline, so a busy machine may need longer.
    let woken = (0..10).find_map(|attempt| woken_in_order(Duration::from_millis(5 << attempt)));
    assert_eq!(woken, Some((0..20).collect()));
}

/// Lets 20 tasks sleep until the same deadline. Returns the order of their ends; none if
/// the deadline came before all of them slept.
fn woken_in_order(span: Duration) -> Option<Vec<u32>> {
    run(async |spawner| {
        let order = Rc::new(RefCell::new(Vec::new()));
        let late = Rc::new(Cell::new(false));
        let deadline = CLOCK.now() + span;
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let (order, late) = (order.clone(), late.clone());
                let task = async move {
                    let mut sleep = pin!(CLOCK.sleep_until(deadline));
                    late.set(late.get() | poll_once(&mut sleep).await.is_some());
                    sleep.await;
                    order.borrow_mut().push(n);
                };
                spawner.spawn(task).unwrap()
            })
            .collect();
        for task in tasks {
            task.await;
        }
        (!late.get()).then(|| order.take())
    })
}

#[test]
fn dropping_a_handle_cancels_and_detaching_does_not() {
    run(async |spawner| {
        let alive = Rc::new(());
        let hold = |witness: Rc<()>| async move {
            pending::<()>().await;
            drop(witness);
        };
        drop(spawner.spawn(hold(alive.clone())).unwrap());
        spawner.spawn(hold(alive.clone())).unwrap().detach();
        CLOCK.sleep(Duration::from_millis(5)).await;
        assert_eq!(Rc::strong_count(&alive), 2, "one dropped, one detached");
        let third = spawner.spawn(hold(alive.clone())).unwrap();
        assert_eq!(third.cancel().await, Exit::Cancelled);
        assert_eq!(Rc::strong_count(&alive), 2, "dropped before anyone hears of it");
    });
}

#[test]
fn tasks_that_are_left_are_dropped_before_run_returns_the_newest_first() {
    struct Log(u32, Rc<RefCell<Vec<u32>>>);

    impl Drop for Log {
        fn drop(&mut self) {
            self.1.borrow_mut().push(self.0);
        }
    }

    let dropped = Rc::new(RefCell::new(Vec::new()));
    run(async |spawner| {
        for n in 0..4 {
            let log = Log(n, dropped.clone());
            let task = async move {
                let _log = log;
                CLOCK.sleep(Duration::from_millis(5)).await;
            };
            spawner.spawn(task).unwrap().detach();
            // The number of an ended task is reused.
            spawner.spawn(async {}).unwrap().await;
        }
    });
    assert_eq!(*dropped.borrow(), [3, 2, 1, 0]);
    run(async |_| CLOCK.sleep(Duration::from_millis(20)).await);
    assert_eq!(dropped.borrow().len(), 4);
}

#[test]
fn left_tasks_are_dropped_by_age_and_not_by_number() {
    struct Log(u32, Rc<RefCell<Vec<u32>>>);

    impl Drop for Log {
        fn drop(&mut self) {
            self.1.borrow_mut().push(self.0);
        }
    }

    let dropped = Rc::new(RefCell::new(Vec::new()));
    run(async |spawner| {
        let wait = |n| {
            let log = Log(n, dropped.clone());
            let task = async move {
                let _log = log;
                pending().await
            };
            spawner.spawn(task).unwrap()
        };
        let tasks = [wait(0), wait(1)];
        let [first, second] = tasks;
        first.cancel().await;
        // The third task has the number of the first.
        let third = wait(2);
        second.detach();
        third.detach();
    });
    assert_eq!(*dropped.borrow(), [0, 2, 1]);
}

/// A task's number and memory are reused, but not its state.
#[test]
fn a_task_in_the_place_of_another_is_a_task_of_its_own() {
    let ended = within_two_minutes(|| {
        run(async |spawner| {
            let alive = Rc::new(());
            let wait = || {
                let held = alive.clone();
                let task = async move {
                    let _held = held;
                    pending::<()>().await;
                };
                spawner.spawn(task).unwrap()
            };
            let wake_itself_and_end = || {
                spawner.spawn(poll_fn(|cx| {
                    cx.waker().wake_by_ref();
                    Poll::Ready(())
                }))
            };
            // Ends of earlier tasks, before or after their first poll.
            let before: [&dyn Fn(); 4] = [
                &|| wake_itself_and_end().unwrap().detach(),
                &|| spawner.spawn(async {}).unwrap().detach(),
                &|| drop(wait()),
                &|| drop(wake_itself_and_end().unwrap()),
            ];
            for round in 0..20 {
                for each in before.iter().cycle().skip(round % 4).take(2) {
                    each();
                    CLOCK.sleep(Duration::from_micros(1)).await;
                    assert_eq!(Rc::strong_count(&alive), 1, "in round {round}");
                    // Three tasks that wait have three places.
                    let three = [wait(), wait(), wait()];
                    CLOCK.sleep(Duration::from_micros(1)).await;
                    assert_eq!(Rc::strong_count(&alive), 4, "in round {round}");
                    drop(three);
                    CLOCK.sleep(Duration::from_micros(1)).await;
                }
            }
            // A deadline that a task gave up does not wake the next task.
            let limit = Duration::from_millis(2);
            let gives_up = async move {
                let _ = CLOCK.timeout(limit, futures_lite::future::yield_now()).await;
            };
            assert_eq!(spawner.spawn(gives_up).unwrap().await, Exit::Completed);
            let polls = Rc::new(Cell::new(0));
            let counted = polls.clone();
            let waits = poll_fn(move |_| {
                counted.set(counted.get() + 1);
                Poll::Pending
            });
            let waits = spawner.spawn(waits).unwrap();
            CLOCK.sleep(limit + limit).await;
            assert_eq!((polls.get(), waits.cancel().await), (1, Exit::Cancelled));
            // A task that yields is polled each time.
            let yields = async {
                for _ in 0..3 {
                    futures_lite::future::yield_now().await;
                }
            };
            assert_eq!(spawner.spawn(yields).unwrap().await, Exit::Completed);
        });
    });
    assert!(ended.is_some());
}

#[test]
fn a_wake_from_another_thread_is_heard() {
    let woken = run(async |_| {
        let mut started = false;
        poll_fn(|cx| {
            if std::mem::replace(&mut started, true) {
                return Poll::Ready(true);
            }
            let waker = cx.waker().clone();
            thread::spawn(move || {
                thread::sleep(time::Duration::from_millis(5));
                waker.wake();
            });
            Poll::Pending
        })
        .await
    });
    assert!(woken);
}

struct CountWakes(AtomicUsize);

impl Wake for CountWakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_waker_that_is_not_ours_is_woken_once() {
    // On a busy machine a thousand polls may take longer than the sleep.
    let wakes = (0..10).find_map(|attempt| wakes_of(Duration::from_millis(20 << attempt)));
    assert_eq!(wakes, Some(1));
}

/// Polls a sleep a thousand times with a foreign waker. Returns the number of wakes; none
/// if the sleep ended before the last poll.
fn wakes_of(span: Duration) -> Option<usize> {
    let wakes = Arc::new(CountWakes(AtomicUsize::new(0)));
    let waker = Waker::from(wakes.clone());
    run(async |_| {
        let mut sleep = pin!(CLOCK.sleep(span));
        let cx = &mut Context::from_waker(&waker);
        let asleep = (0..1_000).all(|_| sleep.as_mut().poll(cx).is_pending());
        // A lost wake would make this wait forever.
        while asleep && wakes.0.load(Ordering::SeqCst) == 0 {
            CLOCK.sleep(Duration::from_millis(1)).await;
        }
        CLOCK.sleep(Duration::from_millis(20)).await;
        asleep.then(|| wakes.0.load(Ordering::SeqCst))
    })
}

#[test]
fn a_sleep_needs_no_run_loop_of_ours() {
    let start = time::Instant::now();
    futures_lite::future::block_on(async {
        CLOCK.sleep(Duration::from_millis(3)).await;
        CLOCK.sleep(Duration::from_millis(3)).await;
    });
    assert!(start.elapsed() >= time::Duration::from_millis(6));
}

#[test]
fn a_sleep_begun_under_a_run_loop_ends_without_it() {
    let mut sleep = Box::pin(async {
        CLOCK.sleep(Duration::from_millis(10)).await;
        CLOCK.now()
    });
    let begun = run(async |_| poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx))).await);
    assert!(begun.is_pending());
    assert!(futures_lite::future::block_on(sleep) > Instant::EPOCH);
}

#[test]
fn the_earliest_of_several_deadlines_counts_in_whatever_order_they_are_asked_for() {
    const SOON: Duration = Duration::from_millis(1);
    const HOUR: Duration = Duration::from_secs(3_600);
    let ended = within_two_minutes(|| {
        run(async |_| {
            assert!(CLOCK.timeout(SOON, CLOCK.sleep(HOUR)).await.is_err());
            assert!(CLOCK.timeout(HOUR, CLOCK.sleep(SOON)).await.is_ok());
        });
    });
    assert!(ended.is_some());
}

#[test]
fn a_deadline_stays_when_many_behind_it_are_given_up() {
    const HOUR: Duration = Duration::from_secs(3_600);
    let ended = within_two_minutes(|| {
        run(async |spawner| {
            let mut sleep = pin!(CLOCK.sleep(Duration::from_millis(50)));
            let _ = poll_once(&mut sleep).await;
            for _ in 0..200 {
                let gives_up = async {
                    let _ = CLOCK.timeout(HOUR, futures_lite::future::yield_now()).await;
                };
                assert_eq!(spawner.spawn(gives_up).unwrap().await, Exit::Completed);
            }
            sleep.await;
        });
    });
    assert!(ended.is_some());
}

#[test]
fn a_deadline_that_never_comes_is_no_overflow() {
    run(async |_| {
        CLOCK.schedule_wake(Instant::MAX, Waker::noop());
        let never = CLOCK.sleep(Duration::MAX);
        assert!(CLOCK.timeout(Duration::from_millis(2), never).await.is_err());
    });
}

#[test]
fn a_run_inside_of_a_run_panics_and_the_next_one_works() {
    let nested = catch_unwind(|| run(async |_| run(async |_| ())));
    assert!(nested.is_err());
    assert_eq!(run(async |_| 7), 7);
}

#[test]
fn a_run_goes_on_when_one_inside_of_it_was_refused() {
    let slept = within_two_minutes(|| {
        run(async |spawner| {
            let sleeper = spawner.spawn(CLOCK.sleep(Duration::from_millis(50))).unwrap();
            CLOCK.sleep(Duration::from_millis(1)).await; // It sleeps by now.
            assert!(catch_unwind(|| run(async |_| ())).is_err());
            sleeper.await
        })
    });
    assert_eq!(slept, Some(Exit::Completed));
}

#[test]
fn a_panic_in_a_task_ends_the_run_and_the_next_one_works() {
    let task = catch_unwind(AssertUnwindSafe(|| {
        run(async |spawner| {
            spawner.spawn(async { panic!("a task's") }).unwrap().await;
        });
    }));
    assert!(task.is_err());
    assert_eq!(run(async |_| 7), 7);
}
