//! The mutex: order, sleep, and misuse.
#![deny(unsafe_code)]

#[path = "support/forget.rs"]
mod forget;
#[path = "support/hooks.rs"]
#[allow(unsafe_code)] // NUMBERED, ALONE
mod hooks;
#[path = "support/idle.rs"]
mod idle;
#[path = "support/poll.rs"]
mod poll;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use forget::forget;
use futures_util::future::{self, Either};
use hooks::{Strict, Touch};
use poll::{poll, poll_by};
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_sync::{Mutex, NoopRawMutex};
use tickwire_traits::{Clock, Duration, Instant, Timer};

type Local<T> = Mutex<NoopRawMutex, T>;

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_waiter_is_polled_at_the_start_and_when_it_has_the_lock() {
    idle::each_is_polled_twice(
        || {
            let mutex = Rc::new(Local::new(0));
            let guard = Rc::new(RefCell::new(Some(Box::pin({
                let mutex = mutex.clone();
                async move {
                    let _guard = mutex.lock().await;
                    future::pending::<()>().await
                }
            }))));
            assert!(poll(guard.borrow_mut().as_mut().unwrap()).is_pending());
            (mutex, guard)
        },
        |(mutex, _)| async move { mutex.with(|count| *count += 1).await },
        |(_, guard)| async move { drop(guard.take()) },
    );
}

#[test]
fn tasks_that_lock_again_at_once_have_equal_shares() {
    const TURNS: i32 = if cfg!(miri) { 10 } else { 1_000 };

    let sim = Sim::new();
    let clock = sim.clock();
    let mutex = Local::new(());
    let shares = [const { Cell::new(0) }; 3];
    let work = async |share: &Cell<i32>| {
        while clock.now() < Instant::from_millis(3 * TURNS as u64) {
            let _guard = mutex.lock().await;
            clock.sleep(MS).await;
            share.set(share.get() + 1);
        }
    };
    sim.run(future::join3(work(&shares[0]), work(&shares[1]), work(&shares[2])));
    for share in shares {
        assert!((share.get() - TURNS).abs() <= 1.max(TURNS / 50), "{}", share.get());
    }
}

#[test]
fn the_lock_is_granted_before_the_next_task_runs() {
    let mutex = Local::new(0);
    let guard = mutex.try_lock().unwrap();
    let mut next = Box::pin(mutex.with(|data| *data));
    assert!(poll(&mut next).is_pending());
    drop(guard);
    assert!(mutex.try_with(|_| ()).is_none());
    assert_eq!(poll(&mut next), Poll::Ready(0));
    assert!(mutex.try_with(|_| ()).is_some());
}

#[test]
fn a_lock_that_is_dropped_at_any_poll_changes_nothing_or_all() {
    let whole = |polls| {
        let sim = Sim::new();
        let clock = sim.clock();
        let mutex = Local::new((0, 0));
        let hold = async || {
            let _guard = mutex.lock().await;
            clock.sleep(MS).await;
        };
        let change = |data: &mut (i32, i32)| {
            data.0 += 1;
            data.1 += 1;
        };
        let last = async {
            clock.sleep(MS * 5).await;
            mutex.with(|data| *data).await
        };
        let holders = future::join(hold(), hold());
        let changed = drop_after(polls, mutex.with(change));
        let (_, changed, data) = sim.run(future::join3(holders, changed, last));
        assert_eq!(data, if changed.is_some() { (1, 1) } else { (0, 0) });
        changed.is_some()
    };
    assert!(!whole(1) && (2..20).any(whole));
}

#[test]
fn a_wait_that_is_dropped_repeatedly_gets_an_uncontended_lock() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mutex = Local::new(1);
    let hold = async || {
        for _ in 0..5 {
            let _guard = mutex.lock().await;
            clock.sleep(MS).await;
        }
    };
    let impatient = async {
        clock.sleep(MS / 2).await;
        let doubled = impatiently(async || mutex.with(|data| *data * 2).await).await;
        let guard = impatiently(async || mutex.lock().await).await;
        doubled + *guard
    };
    assert_eq!(sim.run(future::join(hold(), impatient)).1, 3);
}

#[test]
fn a_waiter_is_woken_by_its_latest_waker() {
    let mutex = Local::new(());
    let woken = Rc::new(RefCell::new(Vec::new()));
    let waker = |name: &'static str| {
        let woken = woken.clone();
        hooks::waker(move |touch| {
            if touch == Touch::Woken {
                woken.borrow_mut().push(name);
            }
        })
    };
    let guard = mutex.try_lock();
    let mut waiting = Box::pin(mutex.with(|_| ()));
    assert!(poll_by(&mut waiting, &waker("first")).is_pending());
    assert!(poll_by(&mut waiting, &waker("second")).is_pending());
    drop(guard);
    assert_eq!(*woken.borrow(), ["second"]);
}

#[test]
fn a_waker_may_use_the_mutex_whenever_it_is_touched() {
    let mutex = Rc::new(Mutex::<Strict, ()>::new(()));
    let touches = Rc::new(RefCell::new(Vec::new()));
    let waker = hooks::waker({
        let (mutex, touches) = (mutex.clone(), touches.clone());
        move |touch| {
            drop(mutex.try_lock());
            let mut waiting = Box::pin(mutex.with(|()| ()));
            let _ = poll(&mut waiting);
            touches.borrow_mut().push(touch);
        }
    });
    let guard = mutex.try_lock();
    let mut one = Box::pin(mutex.with(|()| ()));
    let mut two = Box::pin(mutex.with(|()| ()));
    assert!(poll_by(&mut one, &waker).is_pending());
    assert!(poll(&mut one).is_pending()); // Drops the first waker.
    assert!(poll_by(&mut one, &waker).is_pending());
    assert!(poll_by(&mut two, &waker).is_pending());
    drop(two);
    drop(guard);
    assert!(poll_by(&mut one, &waker).is_ready());
    use Touch::{Cloned, Dropped, Woken};
    assert_eq!(*touches.borrow(), [Cloned, Dropped, Cloned, Cloned, Dropped, Woken, Dropped]);
    assert!(mutex.try_with(|()| ()).is_some());
}

#[test]
fn a_waker_may_drop_the_next_waiter() {
    let mutex = Rc::new(Mutex::<Strict, ()>::new(()));
    type Waits = Option<Pin<Box<dyn Future<Output = ()>>>>;
    let next = Rc::new(RefCell::new(Waits::None));
    let waits = |mutex: Rc<Mutex<Strict, ()>>| async move { mutex.with(|()| ()).await };
    let waker = hooks::waker({
        let next = next.clone();
        move |touch| {
            if touch == Touch::Woken {
                drop(next.take());
            }
        }
    });
    let guard = mutex.try_lock();
    let mut one = Box::pin(mutex.with(|()| ()));
    assert!(poll_by(&mut one, &waker).is_pending());
    let mut boxed: Pin<Box<dyn Future<Output = ()>>> = Box::pin(waits(mutex.clone()));
    assert!(poll(&mut boxed).is_pending());
    next.replace(Some(boxed));
    drop(guard);
    assert!(next.borrow().is_none());
    drop(one);
    assert!(mutex.try_with(|()| ()).is_some());
}

#[test]
fn a_leaked_future_keeps_its_place_and_dangles_nowhere() {
    let mutex = Local::new(());
    let guard = mutex.try_lock();
    let mut forgotten = Box::pin(mutex.with(|()| ()));
    let mut before = Box::pin(mutex.with(|()| ()));
    let mut after = Box::pin(mutex.with(|()| ()));
    assert!(poll(&mut before).is_pending());
    assert!(poll(&mut forgotten).is_pending());
    assert!(poll(&mut after).is_pending());
    forget(forgotten);
    drop(guard);
    assert!(poll(&mut before).is_ready());
    // The lock was granted to a leaked future, which never releases it.
    assert!(poll(&mut after).is_pending());
    assert!(mutex.try_with(|()| ()).is_none());
    drop((before, after));
}

#[test]
fn a_leaked_guard_locks_forever() {
    let mut mutex = Local::new(3);
    std::mem::forget(mutex.try_lock());
    assert!(mutex.try_with(|_| ()).is_none());
    assert_eq!(*mutex.get_mut(), 3);
    assert_eq!(mutex.into_inner(), 3);
}

#[test]
fn a_closure_that_panics_leaves_the_mutex_unlocked() {
    let mutex = Local::new(1);
    let failed = catch_unwind(AssertUnwindSafe(|| {
        mutex.try_with(|data| {
            *data = 2;
            panic!("in the middle");
        })
    }));
    assert!(failed.is_err());
    assert_eq!(mutex.try_with(|data| *data), Some(2));
}

#[test]
fn the_loser_of_a_select_leaves_the_queue() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mutex = Local::new(());
    sim.run(async {
        let guard = mutex.lock().await;
        match future::select(pin!(mutex.with(|()| ())), pin!(clock.sleep(MS))).await {
            Either::Left(_) => panic!("it is locked"),
            Either::Right(((), _waiting)) => {}
        }
        drop(guard);
        let order = RefCell::new(Vec::new());
        let lock = async |name| mutex.with(|()| order.borrow_mut().push(name)).await;
        future::join(lock("a"), lock("b")).await;
        assert_eq!(order.take(), ["a", "b"]);
    });
    assert_eq!(format!("{mutex:?}"), "Mutex { data: () }");
}

#[test]
fn it_is_locked_while_a_task_holds_the_lock_or_was_granted_it() {
    let mutex = Local::new(());
    let guard = mutex.try_lock().unwrap();
    let mut waiting = Box::pin(mutex.lock());
    assert!(poll(&mut waiting).is_pending() && mutex.is_locked());
    drop(guard);
    assert!(mutex.is_locked(), "granted to the one that waits");
    drop(waiting);
    assert!(!mutex.is_locked());
}
