//! Turns of tasks while others are always ready.

mod patience;

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::Poll;
use std::{thread, time};

use futures_lite::future::yield_now;
use patience::within_two_minutes;
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{Clock, Duration, JoinHandle, Spawn, Timer};

const CLOCK: StdClock = StdClock::new();

/// Runs `busy` until a neighbor has slept ten times.
fn check(busy: impl AsyncFn(&Cell<u32>) + Send + 'static) {
    let ended = within_two_minutes(move || {
        run(async |spawner| {
            let turns = Rc::new(Cell::new(0));
            let neighbor = {
                let turns = turns.clone();
                async move {
                    loop {
                        CLOCK.sleep(Duration::from_micros(100)).await;
                        turns.set(turns.get() + 1);
                    }
                }
            };
            spawner.spawn(neighbor).unwrap().detach();
            while turns.get() < 10 {
                busy(&turns).await;
            }
        });
    });
    assert!(ended.is_some(), "the neighbor had no turn");
}

#[test]
fn a_ticker_whose_body_is_slower_than_its_period_leaves_others_their_turn() {
    check(async |turns| {
        let mut ticker = CLOCK.ticker(Duration::from_micros(1));
        while turns.get() < 10 {
            ticker.tick().await;
            // The next tick is due when the body ends, on any machine.
            let start = CLOCK.now();
            while CLOCK.now() - start < Duration::from_micros(2) {}
        }
    });
}

#[test]
fn a_sleeper_whose_time_has_come_waits_for_one_round_of_polls() {
    let ended = within_two_minutes(|| {
        run(async |spawner| {
            let slept = Rc::new(Cell::new(false));
            let mut late = 0;
            for _ in 0..50 {
                slept.set(false);
                let deadline = CLOCK.now() + Duration::from_micros(50);
                let sleeper = {
                    let slept = slept.clone();
                    async move {
                        CLOCK.sleep_until(deadline).await;
                        slept.set(true);
                    }
                };
                spawner.spawn(sleeper).unwrap().detach();
                yield_now().await;
                while CLOCK.now() < deadline {}
                let mut polls = 0;
                while !slept.get() {
                    yield_now().await;
                    polls += 1;
                }
                late = late.max(polls);
            }
            late
        })
    });
    assert!(ended.is_some_and(|polls| polls <= 2), "{ended:?} polls of another task");
}

#[test]
fn tasks_that_yield_forever_leave_others_their_turn() {
    check(async |_| yield_now().await);
}

#[test]
fn tasks_and_main_are_polled_in_the_order_of_waking() {
    let order = run(async |spawner| {
        let order = Rc::new(RefCell::new(Vec::new()));
        let wakers = Rc::new(RefCell::new(Vec::new()));
        let waits = |n| {
            let (order, wakers) = (order.clone(), wakers.clone());
            async move {
                let mut is_woken = false;
                poll_fn(|cx| {
                    if std::mem::replace(&mut is_woken, true) {
                        return Poll::Ready(());
                    }
                    wakers.borrow_mut().push(cx.waker().clone());
                    Poll::Pending
                })
                .await;
                order.borrow_mut().push(n);
            }
        };
        for n in 1..=3 {
            spawner.spawn(waits(n)).unwrap().detach();
        }
        yield_now().await;
        // `main` wakes itself between two tasks, all of which have higher numbers.
        let wakers = wakers.take();
        wakers[2].wake_by_ref();
        wakers[0].wake_by_ref();
        yield_now().await;
        order.borrow_mut().push(0);
        wakers[1].wake_by_ref();
        yield_now().await;
        order.take()
    });
    assert_eq!(order, [3, 1, 0, 2]);
}

/// Polls `waits` in a task while `main` yields forever.
#[track_caller]
fn check_neighbor<F: Future<Output = ()> + 'static>(waits: impl FnOnce() -> F + Send + 'static) {
    let ended = within_two_minutes(move || {
        run(async |spawner| {
            let has_ended = Rc::new(Cell::new(false));
            let noted = has_ended.clone();
            let waits = waits();
            let neighbor = async move {
                waits.await;
                noted.set(true);
            };
            spawner.spawn(neighbor).unwrap().detach();
            while !has_ended.get() {
                yield_now().await;
            }
        });
    });
    assert!(ended.is_some(), "the neighbor had no turn");
}

#[test]
fn a_task_that_another_thread_wakes_has_its_turn_beside_one_that_yields_forever() {
    check_neighbor(|| {
        let mut asked = false;
        poll_fn(move |cx| {
            if std::mem::replace(&mut asked, true) {
                return Poll::Ready(());
            }
            let waker = cx.waker().clone();
            thread::spawn(move || waker.wake());
            Poll::Pending
        })
    });
}

#[cfg(unix)]
#[test]
fn a_descriptor_is_looked_at_beside_a_task_that_yields_forever() {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;

    use embedded_io_async::Read;
    use tickwire_exec_std::Fd;

    check_neighbor(async || {
        let (mut far, near) = UnixStream::pair().unwrap();
        let mut near = Fd::new(near).unwrap();
        // The first read finds nothing.
        let other = thread::spawn(move || {
            thread::sleep(time::Duration::from_millis(5));
            far.write_all(b"1").unwrap();
            far
        });
        assert_eq!(near.read(&mut [0; 4]).await.unwrap(), 1);
        drop(other.join().unwrap());
    });
}

#[cfg(unix)]
#[test]
fn a_source_that_is_always_ready_leaves_others_their_turn() {
    use std::os::unix::net::UnixStream;

    use tickwire_exec_std::Fd;
    use tickwire_traits::{Interest, nb_ready};

    check(async |turns| {
        let (_far, near) = UnixStream::pair().unwrap();
        let mut near = Fd::new(near).unwrap();
        while turns.get() < 10 {
            let taken = nb_ready(&mut near, Interest::Write, || Ok::<_, nb::Error<()>>(7)).await;
            assert_eq!(taken.unwrap(), 7);
        }
    });
}
