//! Semaphores: permits in order, and never more than exist.
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
use std::error::Error;
use std::pin::pin;
use std::rc::Rc;

use forget::forget;
use futures_util::future::{self, Either};
use hooks::{Strict, Touch};
use poll::{poll, poll_by};
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_sync::{BoundedSemaphore, NoopRawMutex, OverRelease, Semaphore};
use tickwire_traits::{Clock, Duration, Instant, Timer};

type Local = Semaphore<NoopRawMutex>;
type LocalBounded = BoundedSemaphore<NoopRawMutex>;

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_waiter_is_polled_at_the_start_and_when_it_has_its_permit() {
    idle::each_is_polled_twice(
        || (Rc::new(Local::new(0)), Rc::new(Cell::new(0))),
        |(semaphore, waiting)| async move {
            waiting.set(waiting.get() + 1);
            semaphore.acquire().await.forget();
        },
        |(semaphore, waiting)| async move { semaphore.release(waiting.get()).unwrap() },
    );
}

#[test]
fn tasks_that_ask_again_at_once_have_equal_shares() {
    const TURNS: i32 = if cfg!(miri) { 10 } else { 1_000 };

    let sim = Sim::new();
    let clock = sim.clock();
    let semaphore = Local::new(1);
    let shares = [const { Cell::new(0) }; 3];
    let work = async |share: &Cell<i32>| {
        while clock.now() < Instant::from_millis(3 * TURNS as u64) {
            let _permit = semaphore.acquire().await;
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
fn a_small_request_does_not_overtake_a_large_one() {
    let semaphore = Local::new(2);
    let mut much = Box::pin(semaphore.acquire_many(3));
    let mut little = Box::pin(semaphore.acquire());
    assert!(poll(&mut much).is_pending());
    assert!(poll(&mut little).is_pending());
    assert!(semaphore.try_acquire().is_none() && semaphore.permits() == 2);
    // When the large request is dropped, those behind it continue.
    drop(much);
    assert!(poll(&mut little).is_ready());
}

#[test]
fn nothing_is_asked_for_in_turn_too() {
    let semaphore = Local::new(0);
    assert!(semaphore.try_acquire_many(0).is_some());
    let mut one = Box::pin(semaphore.acquire());
    assert!(poll(&mut one).is_pending());
    let mut none = Box::pin(semaphore.acquire_many(0));
    assert!(poll(&mut none).is_pending());
    assert!(semaphore.try_acquire_many(0).is_none());
    semaphore.release(1).unwrap();
    assert!(poll(&mut none).is_ready() && poll(&mut one).is_ready());
}

#[test]
fn more_permits_than_can_be_counted_are_refused() {
    let semaphore = Local::new(u32::MAX - 1);
    assert_eq!(semaphore.release(3), Err(OverRelease { excess: 2 }));
    assert_eq!(semaphore.permits(), u32::MAX - 1);
    assert_eq!(semaphore.release(1), Ok(()));
    assert_eq!(semaphore.release(1), Err(OverRelease { excess: 1 }));
    assert_eq!(semaphore.release(0), Ok(()));
}

#[test]
fn a_permit_that_comes_back_when_the_count_is_full_changes_nothing() {
    let semaphore = Local::new(1);
    let permit = semaphore.try_acquire().unwrap();
    semaphore.release(u32::MAX).unwrap();
    drop(permit);
    assert_eq!(semaphore.permits(), u32::MAX);
}

#[test]
fn bounded_permits_are_released_only_after_they_were_forgotten() {
    let semaphore = LocalBounded::new(2);
    assert_eq!(semaphore.release(1), Err(OverRelease { excess: 1 }));
    // A permit returns when its guard is dropped, so it cannot be released as well.
    let permit = semaphore.try_acquire_many(2).unwrap();
    assert_eq!(semaphore.release(1), Err(OverRelease { excess: 1 }));
    permit.forget();
    assert_eq!(semaphore.release(3), Err(OverRelease { excess: 1 }));
    assert_eq!((semaphore.release(2), semaphore.permits()), (Ok(()), 2));
    let error = semaphore.release(1).unwrap_err();
    assert_eq!(error.to_string(), "released 1 permits too many");
    assert!(error.source().is_none());
}

#[test]
fn permits_that_are_dropped_at_any_poll_come_back() {
    let had = |polls| {
        let sim = Sim::new();
        let clock = sim.clock();
        let semaphore = Local::new(2);
        let hold = async {
            let _permit = semaphore.acquire().await;
            clock.sleep(MS).await;
        };
        let had = async { drop_after(polls, semaphore.acquire_many(2)).await.is_some() };
        let (_, had) = sim.run(future::join(hold, had));
        assert_eq!(semaphore.permits(), 2);
        had
    };
    assert!(!had(1) && (2..9).any(had));
}

#[test]
fn a_wait_that_is_dropped_repeatedly_gets_uncontended_permits() {
    let sim = Sim::new();
    let clock = sim.clock();
    let semaphore = Local::new(0);
    let release = async {
        for _ in 0..4 {
            clock.sleep(MS).await;
            semaphore.release(1).unwrap();
        }
    };
    let get = async {
        impatiently(async || semaphore.acquire_many(3).await).await.forget();
        impatiently(async || semaphore.acquire().await).await.forget();
    };
    sim.run(future::join(release, get));
    assert_eq!(semaphore.permits(), 0);
}

#[test]
fn a_waker_may_use_the_semaphore_whenever_it_is_touched() {
    let semaphore = Rc::new(Semaphore::<Strict>::new(1));
    let touches = Rc::new(RefCell::new(Vec::new()));
    let waker = hooks::waker({
        let (semaphore, touches) = (semaphore.clone(), touches.clone());
        move |touch| {
            touches.borrow_mut().push(touch);
            drop(semaphore.try_acquire());
            drop(poll(&mut Box::pin(semaphore.acquire())));
            if touch == Touch::Woken {
                semaphore.release(1).unwrap();
            }
        }
    });
    let held = semaphore.try_acquire().unwrap();
    let mut one = Box::pin(semaphore.acquire_many(2));
    let mut two = Box::pin(semaphore.acquire());
    assert!(poll_by(&mut one, &waker).is_pending());
    assert!(poll(&mut one).is_pending());
    assert!(poll_by(&mut one, &waker).is_pending());
    assert!(poll_by(&mut two, &waker).is_pending());
    drop(two);
    semaphore.release(1).unwrap();
    drop(held);
    let held = poll_by(&mut one, &waker).map(|permit| permit.count());
    assert_eq!(held, std::task::Poll::Ready(2));
    use Touch::{Cloned, Dropped, Woken};
    assert_eq!(*touches.borrow(), [Cloned, Dropped, Cloned, Cloned, Dropped, Woken, Dropped]);
    assert_eq!(semaphore.permits(), 3);
}

#[test]
fn a_leaked_future_keeps_its_grant() {
    let semaphore = Local::new(0);
    let mut forgotten = Box::pin(semaphore.acquire());
    let mut after = Box::pin(semaphore.acquire());
    assert!(poll(&mut forgotten).is_pending());
    assert!(poll(&mut after).is_pending());
    forget(forgotten);
    semaphore.release(1).unwrap();
    assert!(poll(&mut after).is_pending());
    semaphore.release(1).unwrap();
    assert!(poll(&mut after).is_ready());
}

#[test]
fn the_loser_of_a_select_leaves_the_queue() {
    let sim = Sim::new();
    let clock = sim.clock();
    let semaphore = Local::new(1);
    sim.run(async {
        let two = semaphore.acquire_many(2);
        let timed_out = match future::select(pin!(two), pin!(clock.sleep(MS))).await {
            Either::Left(_) => false,
            Either::Right(_) => true,
        };
        assert!(timed_out);
        // The large request was queued before this one, and has been dropped.
        let (permit, ()) = future::join(semaphore.acquire(), clock.sleep(MS)).await;
        assert_eq!(permit.count(), 1);
    });
}
