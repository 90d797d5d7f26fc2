//! The flag: each setting releases one task, and none is lost.
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
use std::pin::pin;
use std::rc::Rc;

use forget::forget;
use futures_util::future::{self, Either};
use hooks::{Strict, Touch};
use poll::{poll, poll_by};
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_sync::{Flag, NoopRawMutex};
use tickwire_traits::{Duration, Timer};

type Local = Flag<NoopRawMutex>;

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_waiter_is_polled_at_the_start_and_when_it_is_released() {
    idle::each_is_polled_twice(
        || (Rc::new(Local::new()), Rc::new(Cell::new(0))),
        |(flag, waiting)| async move {
            waiting.set(waiting.get() + 1);
            flag.wait().await;
        },
        |(flag, waiting)| async move { (0..waiting.get()).for_each(|_| flag.set()) },
    );
}

#[test]
fn ten_thousand_settings_without_a_waiter_release_one() {
    let flag = Local::default();
    (0..10_000).for_each(|_| flag.set());
    assert!(poll(&mut Box::pin(flag.wait())).is_ready());
    assert!(poll(&mut Box::pin(flag.wait())).is_pending());
    assert!(!flag.is_set() && !flag.clear());
    flag.set();
    assert!(flag.is_set() && flag.clear() && !flag.is_set());
    assert_eq!(format!("{flag:?}"), "Flag { is_set: false }");
}

#[test]
fn settings_release_the_longest_waiter_first() {
    let flag = Local::new();
    let mut waiting = [(); 3].map(|()| Box::pin(flag.wait()));
    for waiting in &mut waiting {
        assert!(poll(waiting).is_pending());
    }
    flag.set();
    flag.set();
    assert!(!flag.is_set());
    assert_eq!(waiting.each_mut().map(|waiting| poll(waiting).is_ready()), [true, true, false]);
}

#[test]
fn a_wait_that_is_dropped_at_any_poll_loses_no_setting() {
    let through = |polls| {
        let sim = Sim::new();
        let clock = sim.clock();
        let flag = Local::new();
        let count = Cell::new(0);
        let patient = async {
            loop {
                flag.wait().await;
                count.set(count.get() + 1);
            }
        };
        let set = async {
            for _ in 0..3 {
                clock.sleep(MS).await;
                flag.set();
            }
            clock.sleep(MS).await;
        };
        let dropped = async {
            let through = drop_after(polls, flag.wait()).await.is_some();
            count.set(count.get() + i32::from(through));
            clock.sleep(MS * 10).await;
            through
        };
        let both = future::join(dropped, set);
        let through = match sim.run(future::select(pin!(both), pin!(patient))) {
            Either::Left(((through, ()), _)) => through,
            Either::Right(_) => unreachable!("it waits forever"),
        };
        assert_eq!(count.get(), 3);
        through
    };
    assert!(!through(1) && (2..9).any(through));
}

#[test]
fn a_wait_that_is_dropped_repeatedly_gets_every_setting() {
    let sim = Sim::new();
    let clock = sim.clock();
    let flag = Local::new();
    let set = async {
        for _ in 0..10 {
            clock.sleep(MS).await;
            flag.set();
        }
    };
    let get = async {
        for _ in 0..10 {
            impatiently(async || flag.wait().await).await;
        }
    };
    sim.run(future::join(get, set));
    assert!(!flag.is_set());
}

#[test]
fn a_waker_may_use_the_flag_whenever_it_is_touched() {
    let flag = Rc::new(Flag::<Strict>::new());
    let touches = Rc::new(RefCell::new(Vec::new()));
    let waker = hooks::waker({
        let (flag, touches) = (flag.clone(), touches.clone());
        move |touch| {
            touches.borrow_mut().push(touch);
            if flag.clear() {
                flag.set();
            }
            let _ = poll(&mut Box::pin(flag.wait()));
            if touch == Touch::Woken {
                flag.set();
            }
        }
    });
    let mut one = Box::pin(flag.wait());
    let mut two = Box::pin(flag.wait());
    assert!(poll_by(&mut one, &waker).is_pending());
    assert!(poll(&mut one).is_pending());
    assert!(poll_by(&mut one, &waker).is_pending());
    assert!(poll(&mut two).is_pending());
    flag.set(); // Its waker sets the flag for the other.
    assert!(poll(&mut one).is_ready() && poll(&mut two).is_ready());
    use Touch::{Cloned, Dropped, Woken};
    assert_eq!(*touches.borrow(), [Cloned, Dropped, Cloned, Woken, Dropped]);
}

#[test]
fn a_leaked_future_keeps_one_setting() {
    let flag = Local::new();
    let mut forgotten = Box::pin(flag.wait());
    let mut after = Box::pin(flag.wait());
    assert!(poll(&mut forgotten).is_pending());
    assert!(poll(&mut after).is_pending());
    forget(forgotten);
    flag.set();
    assert!(poll(&mut after).is_pending());
    flag.set();
    assert!(poll(&mut after).is_ready());
}

#[test]
fn the_loser_of_a_select_leaves_the_setting_to_others() {
    let sim = Sim::new();
    let (flag, other) = (Local::new(), Local::new());
    sim.run(async {
        flag.set();
        other.set();
        let first = match future::select(pin!(flag.wait()), pin!(other.wait())).await {
            Either::Left(_) => true,
            Either::Right(_) => false,
        };
        assert!(first);
        assert!(!flag.is_set() && other.is_set());
        future::join(other.wait(), async { flag.set() }).await;
    });
    assert!(flag.is_set());
}
