//! Any or all of several events: the winner, the taken events, and the restored ones.
#![forbid(unsafe_code)]

#[path = "support/forget.rs"]
mod forget;
#[path = "support/poll.rs"]
mod poll;

use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use forget::forget;
use futures_util::future::{Either, join, select};
use poll::poll;
use tickwire_sim::{Sim, impatiently};
use tickwire_sync::{
    CancelToken, Event, EventLike, Flag, Message, NoopRawMutex, Queue, RetriggerableDelay, WaitAll,
    WaitAny, Winner2, Winner3, Winner4, Winner5, Winner6, from_fn, from_fn_mut,
};
use tickwire_traits::{Clock, Duration, Timer};

type Raw = NoopRawMutex;
type Signal = Flag<Raw>;

const MS: Duration = Duration::from_millis(1);

fn signals<const N: usize>() -> [Signal; N] {
    std::array::from_fn(|_| Signal::new())
}

fn set<const N: usize>(signals: &[Signal; N]) -> [bool; N] {
    signals.each_ref().map(Signal::is_set)
}

/// Waits once, and asserts that the wait resolves.
#[track_caller]
fn now<E: EventLike>(event: &E) -> E::Output {
    match poll(&mut Box::pin(event.wait())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it has not happened"),
    }
}

/// Waits once, asserts that the wait is pending, and drops it.
#[track_caller]
fn in_vain(event: &impl EventLike) {
    assert!(poll(&mut Box::pin(event.wait())).is_pending());
}

#[test]
fn the_winner_is_returned_by_type_and_the_others_stay() {
    let all = signals::<6>();
    let [a, b, c, d, e, f] = &all;
    all.iter().for_each(Flag::set);
    // The events win one after another, until none is left.
    assert_eq!(now(&WaitAny((a, b, c, d, e, f))), Winner6::First(()));
    assert_eq!(set(&all), [false, true, true, true, true, true]);
    assert_eq!(now(&WaitAny((a, b, c, d, e, f))), Winner6::Second(()));
    assert_eq!(now(&WaitAny((a, b, c, d, e, f))), Winner6::Third(()));
    assert_eq!(now(&WaitAny((a, b, c, d, e))), Winner5::Fourth(()));
    assert_eq!(now(&WaitAny((a, b, c, d, e))), Winner5::Fifth(()));
    assert_eq!(now(&WaitAny((a, b, c, d, e, f))), Winner6::Sixth(()));
    in_vain(&WaitAny((a, b, c, d, e, f)));
    c.set();
    assert_eq!(now(&WaitAny((a, b, c))), Winner3::Third(()));
    d.set();
    assert_eq!(now(&WaitAny((a, b, c, d))), Winner4::Fourth(()));
}

#[test]
fn the_winner_of_an_array_is_returned_by_its_index() {
    let all = signals::<3>();
    let any = WaitAny(all.each_ref());
    all[1].set();
    all[2].set();
    assert_eq!((now(&any), now(&any)), ((1, ()), (2, ())));
    let mut waits = Box::pin(any.wait());
    assert!(poll(&mut waits).is_pending());
    all[2].set();
    all[0].set();
    assert_eq!(poll(&mut waits), Poll::Ready((0, ())));
    drop(waits);
    assert_eq!(set(&all), [false, false, true], "what was handed to a loser is there again");
}

#[test]
fn all_come_in_their_order_whatever_the_order_in_which_they_happen() {
    let messages = [(); 3].map(|()| Message::<Raw, u32>::new());
    let [a, b, c] = &messages;
    let array = WaitAll(messages.each_ref());
    let tuple = WaitAll((a, b, c));
    let (mut array, mut tuple) = (Box::pin(array.wait()), Box::pin(tuple.wait()));
    for (message, value) in [(c, 3), (a, 1)] {
        message.set(value);
        assert!(poll(&mut array).is_pending() && poll(&mut tuple).is_pending());
        message.clear(); // The event has happened all the same.
    }
    b.set(2);
    assert_eq!(poll(&mut array), Poll::Ready([1, 2, 3]));
    assert_eq!(poll(&mut tuple), Poll::Ready((1, 2, 3)));
}

#[test]
fn a_wait_dropped_with_some_events_taken_restores_them() {
    let all = signals::<4>();
    let [a, b, c, d] = &all;
    b.set();
    in_vain(&WaitAll((a, b, c, d)));
    in_vain(&WaitAll(all.each_ref()));
    assert_eq!(set(&all), [false, true, false, false]);
}

#[test]
fn nested_waits_restore_their_events() {
    let all = signals::<4>();
    let [a, b, c, d] = &all;
    a.set();
    b.set();
    in_vain(&WaitAll((WaitAll((a, b)), c)));
    in_vain(&WaitAll((WaitAll([a, b]), c)));
    assert_eq!(set(&all), [true, true, false, false]);
    // Clears only the winner.
    a.clear();
    in_vain(&WaitAll((WaitAny((a, b)), c)));
    in_vain(&WaitAll((WaitAny([a, b]), c)));
    in_vain(&WaitAll((&WaitAny([a, b]), c)));
    assert_eq!(set(&all), [false, true, false, false]);
    // Clears all events, at any depth.
    c.set();
    let deep = WaitAny((WaitAll((a, d)), WaitAll((WaitAny([a, b]), c))));
    assert_eq!(now(&deep), Winner2::Second(((1, ()), ())));
    assert_eq!(set(&all), [false; 4]);
}

#[test]
fn to_clear_them_clears_each_that_can_be() {
    let sim = Sim::new();
    let (event, flag, message) = (Event::<Raw>::new(), Signal::new(), Message::<Raw, u8>::new());
    let delay = RetriggerableDelay::<Raw, _>::new(sim.clock());
    let token = CancelToken::<Raw>::new();
    let each = || [event.is_set(), flag.is_set(), message.is_set(), delay.has_expired()];
    let happen = || {
        event.set();
        flag.set();
        message.set(1);
        delay.trigger(Duration::ZERO);
        assert_eq!(each(), [true; 4]);
    };
    token.cancel();
    happen();
    WaitAny((&event, &flag, &message, &delay, &token)).clear();
    assert_eq!(each(), [false; 4]);
    happen();
    WaitAll((&event, &flag, &message, &delay, &token)).clear();
    assert_eq!(each(), [false; 4]);
    happen();
    WaitAll((WaitAny([&event]), WaitAll([&flag]), WaitAny((&message, &delay)))).clear();
    assert_eq!(each(), [false; 4]);
    // A cancellation is permanent, and a future cannot be undone.
    assert!(token.is_cancelled());
    from_fn(|| ready(())).clear();
}

#[test]
fn of_none_none_is_first_and_all_have_happened() {
    let none: [&Signal; 0] = [];
    in_vain(&WaitAny(none));
    assert_eq!(now(&WaitAll(none)), []);
}

#[test]
fn a_member_that_panics_takes_nothing_with_it() {
    let all = signals::<2>();
    let [a, b] = &all;
    let panics = from_fn(|| async { panic!("as planned") });
    a.set();
    b.set();
    let both = WaitAll((a, &panics, b));
    assert!(catch_unwind(AssertUnwindSafe(|| poll(&mut Box::pin(both.wait())))).is_err());
    let any = WaitAny((&panics, a));
    let first: Result<Poll<Winner2<(), ()>>, _> =
        catch_unwind(AssertUnwindSafe(|| poll(&mut Box::pin(any.wait()))));
    assert!(first.is_err());
    assert_eq!(set(&all), [true, true]);
}

#[test]
fn a_leaked_wait_keeps_its_place_in_each_queue() {
    let all = signals::<2>();
    let any = WaitAny(all.each_ref());
    let mut forgotten = Box::pin(any.wait());
    assert!(poll(&mut forgotten).is_pending());
    forget(forgotten);
    all.iter().for_each(Flag::set);
    in_vain(&any);
    all[1].set();
    assert_eq!(now(&any), (1, ()));
    let both = WaitAll(all.each_ref());
    all[0].set();
    let mut forgotten = Box::pin(both.wait());
    assert!(poll(&mut forgotten).is_pending());
    forget(forgotten);
    assert_eq!(set(&all), [false, false]);
}

#[test]
fn a_wait_that_is_dropped_repeatedly_loses_no_event() {
    let sim = Sim::new();
    let clock = sim.clock();
    let (left, right) = (Signal::new(), Signal::new());
    let items = Queue::<Raw, u32, 1>::new();
    let happen = async {
        for item in 0..5 {
            clock.sleep(MS).await;
            items.try_push(item).unwrap();
            clock.sleep(MS).await;
            left.set();
            clock.sleep(MS).await;
            right.set();
        }
    };
    let see = async {
        let item = from_fn(|| items.pop());
        let any = WaitAny((&item, WaitAll((&left, &right))));
        for item in 0..5 {
            let first = impatiently(async || any.wait().await).await;
            assert_eq!(first, Winner2::First(item));
            let second = impatiently(async || any.wait().await).await;
            assert_eq!(second, Winner2::Second(((), ())));
        }
    };
    sim.run(join(happen, see));
}

#[test]
fn the_loser_of_a_select_leaves_every_queue() {
    let sim = Sim::new();
    let clock = sim.clock();
    let all = signals::<2>();
    let (any, both) = (WaitAny(all.each_ref()), WaitAll(all.each_ref()));
    sim.run(async {
        all[0].set();
        match select(pin!(both.wait()), pin!(clock.sleep(MS))).await {
            Either::Left(_) => panic!("one has not happened"),
            Either::Right(_) => {}
        }
        match select(pin!(pending::<()>()), pin!(any.wait())).await {
            Either::Left(_) => unreachable!("it is never over"),
            Either::Right((first, _)) => assert_eq!(first, (0, ())),
        }
        let later = async {
            clock.sleep(MS).await;
            all[1].set();
        };
        assert_eq!(join(any.wait(), later).await.0, (1, ()));
    });
}

#[test]
fn a_closure_with_state_serves_one_wait_at_a_time_and_then_the_next() {
    let lines = Queue::<Raw, u8, 4>::new();
    let mut popped = 0;
    let next = from_fn_mut(async || {
        let line = lines.pop().await;
        popped += 1;
        (line, popped)
    });
    let mut first = Box::pin(next.wait());
    let mut second = Box::pin(next.wait());
    assert!(poll(&mut first).is_pending() && poll(&mut second).is_pending());
    lines.try_push(b'a').unwrap();
    assert!(poll(&mut second).is_pending(), "the first has the closure");
    drop(first);
    assert_eq!(poll(&mut second), Poll::Ready((b'a', 1)));
    lines.try_push(b'b').unwrap();
    assert_eq!(now(&next), (b'b', 2));
}

#[test]
fn a_second_wait_for_a_closure_with_state_wakes_when_the_first_resolves() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut calls = 0;
    let tick = from_fn_mut(async || {
        clock.sleep(MS).await;
        calls += 1;
        calls
    });
    assert_eq!(sim.run(join(tick.wait(), tick.wait())), (1, 2));
    let at = clock.now() + MS;
    let due = from_fn_mut(async || clock.sleep_until(at).await);
    sim.run(impatiently(async || due.wait().await));
}
