//! Every future, dropped at each of its polls and at all of them, and with wakers that
//! use the primitive when touched.
#![deny(unsafe_code)]

#[path = "support/hooks.rs"]
#[allow(unsafe_code)] // NUMBERED, ALONE
mod hooks;
#[path = "support/idle.rs"]
mod idle;
#[path = "support/poll.rs"]
mod poll;

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::join;
use hooks::{Strict, Touch};
use poll::{poll, poll_by};
use tickwire_sim::{Sim, SimClock, drop_after, impatiently};
use tickwire_sync::{
    Barrier, CancelToken, Condition, Event, Flag, Full, Message, Mutex, NoopRawMutex, Promise,
    RetriggerableDelay, WaitAll, WaitAny, Winner2,
};
use tickwire_traits::{Duration, Timer};

type Raw = NoopRawMutex;

const MS: Duration = Duration::from_millis(1);

/// Drops `wait` at each of its polls in turn, alongside one that is not dropped, and runs
/// `wake` 1 ms later. Then passes `judge` the result, if `wait` resolved.
#[track_caller]
fn at_each_poll<S, T>(
    make: impl Fn(&SimClock) -> S,
    wait: impl AsyncFn(&S) -> T,
    wake: impl Fn(&S),
    judge: impl Fn(&S, Option<T>),
) {
    let resolved = |polls| {
        let sim = Sim::new();
        let clock = sim.clock();
        let shared = make(&clock);
        let later = async {
            clock.sleep(MS).await;
            wake(&shared);
        };
        let (output, ()) = sim.run(join(drop_after(polls, wait(&shared)), later));
        let resolved = output.is_some();
        judge(&shared, output);
        resolved
    };
    assert!(!resolved(1), "it resolves at once");
    assert!((2..20).any(resolved), "it never resolves");
}

/// Drops `wait` at all of its polls until it resolves; `wake` runs every millisecond.
#[track_caller]
fn at_every_poll<S, T>(
    make: impl Fn(&SimClock) -> S,
    mut wait: impl AsyncFnMut(&S) -> T,
    wake: impl Fn(&S),
) -> T {
    let sim = Sim::new();
    let clock = sim.clock();
    let shared = make(&clock);
    let later = async {
        for _ in 0..5 {
            clock.sleep(MS).await;
            wake(&shared);
        }
    };
    sim.run(join(impatiently(async || wait(&shared).await), later)).0
}

#[test]
fn a_barrier_counts_only_live_waiters() {
    let arrived = |barrier: &Barrier<Raw>, result: Option<_>| {
        // The trigger is one of two arrivals: the barrier opened if the dropped waiter
        // was the other.
        assert_eq!(barrier.arrived(), u16::from(result.is_none()));
    };
    let make = |_: &_| Barrier::<Raw>::new(2);
    let trigger = |it: &Barrier<_>| assert!(it.trigger() || it.arrived() == 1);
    at_each_poll(make, async |it| it.wait().await, trigger, arrived);
    let wait_with = async |it: &Barrier<Raw>| {
        assert_eq!(it.wait_with(|| 7).await, None);
        Barrier::<Raw>::new(1).wait().await
    };
    at_each_poll(make, wait_with, trigger, arrived);
}

#[test]
fn a_condition_leaves_the_lock_free() {
    type Shared = (Mutex<Raw, u32>, Condition<Raw>);

    let make = |_: &_| -> Shared { (Mutex::new(0), Condition::new()) };
    let wait = async |(mutex, changed): &Shared| {
        let guard = mutex.lock().await;
        *changed.wait(guard).await
    };
    let until = async |(mutex, changed): &Shared| {
        changed.wait_until(mutex, |number| (*number >= 2).then_some(*number)).await
    };
    let wake = |(mutex, changed): &Shared| {
        mutex.try_with(|number| *number += 2).unwrap();
        changed.notify_all();
    };
    let free = |(mutex, _): &Shared, result: Option<u32>| {
        assert_eq!(mutex.try_with(|number| *number), Some(2));
        assert_eq!(result.unwrap_or(2), 2);
    };
    at_each_poll(make, wait, wake, free);
    at_each_poll(make, until, wake, free);
    assert_eq!(at_every_poll(make, until, wake), 2);
}

#[test]
fn a_message_a_promise_and_a_token_stay_as_they_are() {
    at_each_poll(
        |_| Message::<Raw, u32>::new(),
        async |it| it.wait().await,
        |it| it.set(7),
        |it, value| assert_eq!((it.get(), value.unwrap_or(7)), (Some(7), 7)),
    );
    at_each_poll(
        |_| Message::<Raw, u32>::new(),
        async |it| it.listener().next().await,
        |it| it.set(7),
        |it, value| assert_eq!((it.get(), value.unwrap_or(7)), (Some(7), 7)),
    );
    at_each_poll(
        |_| Promise::<Raw, u32>::new(),
        async |it| *it.wait().await,
        |it| it.set(7).unwrap(),
        |it, value| assert_eq!((it.get(), value.unwrap_or(7)), (Some(&7), 7)),
    );
    at_each_poll(
        |_| CancelToken::<Raw>::new(),
        async |it| it.cancelled().await,
        CancelToken::cancel,
        |it, _| assert!(it.is_cancelled()),
    );
    at_each_poll(
        |_| CancelToken::<Raw>::new(),
        async |it| it.run_until_cancelled(std::future::pending::<()>()).await,
        CancelToken::cancel,
        |it, result| assert!(it.is_cancelled() && result.is_none_or(|result| result.is_err())),
    );
    let message = |_: &_| Message::<Raw, u32>::new();
    assert_eq!(at_every_poll(message, async |it| it.wait().await, |it| it.set(7)), 7);
    let promise = |_: &_| Promise::<Raw, u32>::new();
    let set = |it: &Promise<_, _>| assert!(matches!(it.set(7), Ok(()) | Err(Full(7))));
    assert_eq!(at_every_poll(promise, async |it| *it.wait().await, set), 7);
    let token = |_: &_| CancelToken::<Raw>::new();
    at_every_poll(token, async |it| it.cancelled().await, CancelToken::cancel);
    let until = async |it: &CancelToken<Raw>| {
        it.run_until_cancelled(std::future::pending::<()>()).await.unwrap_err()
    };
    at_every_poll(token, until, CancelToken::cancel);
}

#[test]
fn a_listener_sees_the_latest_setting_however_often_it_stops_listening() {
    let sim = Sim::new();
    let message = Message::<Raw, u32>::new();
    let mut listener = message.listener();
    assert_eq!(sim.run(drop_after(1, listener.next())), None);
    message.set(1);
    message.set(2);
    assert_eq!(sim.run(impatiently(async || listener.next().await)), 2);
    assert_eq!(listener.missed(), 1);
}

#[test]
fn a_delay_goes_on() {
    let make = |clock: &SimClock| {
        let delay = RetriggerableDelay::<Raw, _>::new(clock.clone());
        delay.trigger(MS * 3);
        delay
    };
    at_each_poll(
        make,
        async |it| it.wait().await,
        |it| it.trigger(MS),
        |it, through| assert_eq!(it.has_expired(), through.is_some()),
    );
    at_every_poll(make, async |it| it.wait().await, |_| ());
}

#[test]
fn a_wait_for_several_takes_none_until_it_resolves() {
    type Flags = (Flag<Raw>, Flag<Raw>);

    let make = |_: &_| Flags::default();
    let set_both = |(one, two): &Flags| {
        one.set();
        two.set();
    };
    at_each_poll(
        make,
        async |(one, two)| WaitAny((one, two)).wait().await,
        set_both,
        |(one, two), first| match first {
            Some(Winner2::First(())) => assert!(!one.is_set() && two.is_set()),
            Some(Winner2::Second(())) => assert!(one.is_set() && !two.is_set()),
            None => assert!(one.is_set() && two.is_set()),
        },
    );
    at_each_poll(
        make,
        async |(one, two)| WaitAll((one, two)).wait().await,
        set_both,
        |(one, two), both| assert_eq!([one.is_set(), two.is_set()], [both.is_none(); 2]),
    );
    at_every_poll(make, async |(one, two)| WaitAll((one, two)).wait().await, set_both);
}

#[test]
fn a_wait_for_a_barrier_or_a_condition_is_polled_twice() {
    idle::each_is_polled_twice(
        || (Rc::new(Event::<Raw>::new()), Rc::new(CancelToken::<Raw>::new())),
        |(event, token)| async move {
            let _ = token.run_until_cancelled(event.wait()).await;
        },
        |(_, token)| async move { token.cancel() },
    );
    idle::each_is_polled_twice(
        || Rc::new((Mutex::<Raw, ()>::new(()), Condition::<Raw>::new())),
        |shared| async move {
            let guard = shared.0.lock().await;
            drop(shared.1.wait(guard).await);
        },
        |shared| async move { shared.1.notify_all() },
    );
}

#[test]
fn a_waker_may_use_what_it_is_touched_by() {
    type All = (
        Barrier<Strict>,
        Condition<Strict>,
        Message<Strict, u32>,
        Promise<Strict, u32>,
        RetriggerableDelay<Strict, SimClock>,
    );

    let sim = Sim::new();
    let delay = RetriggerableDelay::new(sim.clock());
    let all: All = (Barrier::new(3), Condition::new(), Message::new(), Promise::new(), delay);
    let all = Rc::new(all);
    let mutex = Mutex::<Strict, ()>::new(());
    let woken = Rc::new(Cell::new(0));
    let waker = hooks::waker({
        let (all, woken) = (all.clone(), woken.clone());
        move |touch| {
            let (barrier, condition, message, promise, delay) = &*all;
            let _ = (barrier.arrived(), message.get(), promise.get(), delay.deadline());
            let _ = poll(&mut Box::pin(barrier.wait()));
            condition.notify_one();
            if touch == Touch::Woken {
                woken.set(woken.get() + 1);
                message.set(8);
                assert!(matches!(promise.set(8), Ok(()) | Err(Full(8))));
            }
        }
    });
    let (barrier, condition, message, promise, delay) = &*all;
    let mut at_barrier = Box::pin(barrier.wait());
    let mut at_message = Box::pin(message.wait());
    let mut at_promise = Box::pin(promise.wait());
    let mut at_delay = Box::pin(delay.wait());
    let mut at_condition = Box::pin(async {
        drop(condition.wait(mutex.lock().await).await);
    });
    assert!(poll_by(&mut at_message, &waker).is_pending());
    assert!(poll_by(&mut at_promise, &waker).is_pending());
    assert!(poll_by(&mut at_delay, &waker).is_pending());
    assert!(poll_by(&mut at_barrier, &waker).is_pending());
    assert!(poll_by(&mut at_condition, &waker).is_pending());
    message.set(7); // Which also sets the promise.
    barrier.trigger();
    barrier.trigger();
    delay.trigger(MS);
    condition.notify_all();
    assert!(poll_by(&mut at_message, &waker).is_ready());
    assert!(poll_by(&mut at_promise, &waker).is_ready());
    assert!(poll_by(&mut at_barrier, &waker).is_ready());
    assert!(poll_by(&mut at_condition, &waker).is_ready());
    assert!(poll_by(&mut at_delay, &waker).is_pending());
    assert!(woken.get() >= 5);
}
