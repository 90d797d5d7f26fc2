//! The event: releases every current waiter, each once.
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
use std::pin::{Pin, pin};
use std::rc::Rc;

use forget::forget;
use futures_util::future::{self, Either};
use hooks::{Strict, Touch};
use poll::{poll, poll_by};
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_sync::{Event, NoopRawMutex};
use tickwire_traits::{Duration, Timer};

type Local = Event<NoopRawMutex>;

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_waiter_is_polled_at_the_start_and_when_the_event_is_set() {
    idle::each_is_polled_twice(
        || Rc::new(Local::new()),
        |event| async move { event.wait().await },
        |event| async move { event.set() },
    );
}

#[test]
fn setting_it_twice_is_as_good_as_once() {
    let event = Local::default();
    let mut waiting = Box::pin(event.wait());
    assert!(poll(&mut waiting).is_pending());
    event.set();
    event.set();
    assert!(event.is_set());
    assert!(poll(&mut waiting).is_ready());
    event.clear();
    assert!(!event.is_set());
    assert!(poll(&mut Box::pin(event.wait())).is_pending());
    assert_eq!(format!("{event:?}"), "Event { is_set: false }");
}

#[test]
fn a_released_waiter_stays_released_whatever_happens_before_it_runs() {
    let event = Local::new();
    let mut waiting = Box::pin(event.wait());
    assert!(poll(&mut waiting).is_pending());
    for _ in 0..3 {
        event.set();
        event.clear();
    }
    let mut late = Box::pin(event.wait());
    assert!(poll(&mut late).is_pending());
    assert!(poll(&mut waiting).is_ready());
    assert!(poll(&mut late).is_pending());
}

#[test]
fn a_wait_that_is_dropped_at_any_poll_takes_nothing_from_others() {
    let through = |polls| {
        let sim = Sim::new();
        let clock = sim.clock();
        let event = Local::new();
        let set = async {
            clock.sleep(MS).await;
            event.set();
            event.clear();
        };
        let dropped = drop_after(polls, event.wait());
        let ((), dropped, ()) = sim.run(future::join3(event.wait(), dropped, set));
        dropped.is_some()
    };
    assert!(!through(1) && (2..9).any(through));
}

#[test]
fn an_event_that_stays_set_reaches_a_wait_that_is_dropped_repeatedly() {
    let sim = Sim::new();
    let clock = sim.clock();
    let event = Local::new();
    let set = async {
        clock.sleep(MS).await;
        event.set();
    };
    sim.run(future::join(impatiently(async || event.wait().await), set));
}

#[test]
fn a_waker_may_use_the_event_whenever_it_is_touched() {
    let event = Rc::new(Event::<Strict>::new());
    let touches = Rc::new(Cell::new(0));
    let waker = hooks::waker({
        let (event, touches) = (event.clone(), touches.clone());
        move |_| {
            touches.set(touches.get() + 1);
            let set = event.is_set();
            event.set();
            event.clear();
            let _ = poll(&mut Box::pin(event.wait()));
            if set {
                event.set();
            }
        }
    });
    let mut waiting = [(); 3].map(|()| Box::pin(event.wait()));
    // The next waiter's first poll releases each one but the last.
    for waiting in &mut waiting {
        assert!(poll_by(waiting, &waker).is_pending());
    }
    let before = touches.get();
    event.set();
    assert_eq!(touches.get() - before, 2); // The last is woken, and its waker dropped.
    for waiting in &mut waiting {
        assert!(poll_by(waiting, &waker).is_ready());
    }
    assert!(event.is_set());
}

#[test]
fn a_waker_may_drop_other_waiters_being_woken() {
    type Waits = Pin<Box<dyn Future<Output = ()>>>;
    let event = Rc::new(Event::<Strict>::new());
    let others = Rc::new(RefCell::new(Vec::<Waits>::new()));
    let waker = hooks::waker({
        let others = others.clone();
        move |touch| {
            if touch == Touch::Woken {
                drop(others.take());
            }
        }
    });
    let wait = |event: Rc<Event<Strict>>| async move { event.wait().await };
    let mut first = Box::pin(wait(event.clone()));
    assert!(poll_by(&mut first, &waker).is_pending());
    for _ in 0..3 {
        let mut other: Waits = Box::pin(wait(event.clone()));
        assert!(poll(&mut other).is_pending());
        others.borrow_mut().push(other);
    }
    let mut last = Box::pin(wait(event.clone()));
    assert!(poll(&mut last).is_pending());
    event.set();
    event.clear();
    assert!(others.borrow().is_empty());
    assert!(poll(&mut first).is_ready() && poll(&mut last).is_ready());
}

#[test]
fn a_leaked_future_blocks_no_other() {
    let event = Local::new();
    let mut waiting = [(); 3].map(|()| Box::pin(event.wait()));
    for waiting in &mut waiting {
        assert!(poll(waiting).is_pending());
    }
    let [mut first, forgotten, mut last] = waiting;
    forget(forgotten);
    event.set();
    assert!(poll(&mut first).is_ready() && poll(&mut last).is_ready());
}

#[test]
fn an_event_may_be_dropped_before_a_leaked_queued_future() {
    let event = Box::new(Local::new());
    let mut forgotten = Box::pin(event.wait());
    assert!(poll(&mut forgotten).is_pending());
    forget(forgotten);
    drop(event);
}

#[test]
fn the_loser_of_a_select_leaves_the_queue() {
    let sim = Sim::new();
    let clock = sim.clock();
    let event = Local::new();
    sim.run(async {
        let timed_out = match future::select(pin!(event.wait()), pin!(clock.sleep(MS))).await {
            Either::Left(_) => false,
            Either::Right(_) => true,
        };
        assert!(timed_out);
        let set = async { event.set() };
        future::join3(event.wait(), event.wait(), set).await;
    });
}
