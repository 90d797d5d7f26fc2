//! Misuse of the primitives: too often, for zero tasks, and leaked futures. The tests of
//! mutex, event, flag, semaphore and group are with the rest of theirs.
#![forbid(unsafe_code)]

#[path = "support/forget.rs"]
mod forget;
#[path = "support/poll.rs"]
mod poll;

use std::cell::Cell;
use std::future::{Future, Ready, ready};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use forget::forget;
use poll::poll;
use tickwire_sim::Sim;
use tickwire_sync::{
    Barrier, BoundedSemaphore, CancelToken, Cancelled, Condition, Full, Message, Mutex,
    NoopRawMutex, OverRelease, Promise, Queue, RetriggerableDelay, RingQueue, TaskGroup, WakeSlots,
};
use tickwire_traits::{Duration, Instant};

type Raw = NoopRawMutex;

/// Polls each future once, and asserts that all are pending.
#[track_caller]
fn pending<F: Future, const N: usize>(waiting: [F; N]) -> [Pin<Box<F>>; N] {
    waiting.map(|waits| {
        let mut waits = Box::pin(waits);
        assert!(poll(&mut waits).is_pending());
        waits
    })
}

#[test]
fn a_promise_is_kept_once() {
    let promise = Promise::<Raw, u32>::new();
    assert_eq!((promise.set(1), promise.set(2)), (Ok(()), Err(Full(2))));
    assert_eq!(promise.into_inner(), Some(1));
}

#[test]
fn a_message_that_is_set_twice_has_the_second_value_and_one_missed() {
    let message = Message::<Raw, u32>::new();
    let mut listener = message.listener();
    message.set(1);
    message.set(2);
    assert_eq!((message.get(), poll(&mut Box::pin(message.wait()))), (Some(2), Poll::Ready(2)));
    assert_eq!(poll(&mut Box::pin(listener.next())), Poll::Ready(2));
    assert_eq!(listener.missed(), 1);
    message.clear();
    message.clear();
    assert_eq!(message.get(), None);
}

#[test]
fn cancelled_twice_is_cancelled() {
    let token = CancelToken::<Raw>::new();
    let [mut waits] = pending([token.cancelled()]);
    token.cancel();
    token.cancel();
    assert!(token.is_cancelled() && poll(&mut waits).is_ready());
    // A cancelled token does not discard a ready result.
    let ends = token.run_until_cancelled(ready(7));
    assert_eq!(poll(&mut Box::pin(ends)), Poll::Ready(Ok(7)));
    let never = token.run_until_cancelled(std::future::pending::<()>());
    assert_eq!(poll(&mut Box::pin(never)), Poll::Ready(Err(Cancelled)));
    assert_eq!(Cancelled.to_string(), "cancelled");
}

#[test]
fn a_delay_that_is_stopped_twice_is_stopped() {
    let sim = Sim::new();
    let delay = RetriggerableDelay::<Raw, _>::new(sim.clock());
    delay.trigger(Duration::from_micros(u64::MAX)); // Forever.
    assert_eq!(delay.deadline().map(Instant::as_micros), Some(u64::MAX));
    assert_eq!((delay.stop(), delay.stop()), (true, false));
    delay.clear();
    delay.trigger_at(Instant::EPOCH); // In the past.
    assert!(delay.has_expired() && !delay.stop() && !delay.has_expired());
}

#[test]
fn a_barrier_for_zero_is_always_open() {
    let barrier = Barrier::<Raw>::new(0);
    for _ in 0..3 {
        assert!(barrier.trigger());
        assert_eq!(poll(&mut Box::pin(barrier.wait_with(|| 7))), Poll::Ready(Some(7)));
        assert!(matches!(poll(&mut Box::pin(barrier.wait())), Poll::Ready(it) if it.is_leader()));
        assert_eq!(barrier.arrived(), 0);
    }
}

#[test]
#[cfg_attr(miri, ignore = "it counts for long, and there is nothing else to see")]
fn a_barrier_for_as_many_as_can_be_counted_opens_for_that_many() {
    let barrier = Barrier::<Raw>::new(u16::MAX);
    let [mut waits] = pending([barrier.wait()]);
    assert!((2..u16::MAX).all(|_| !barrier.trigger()));
    assert_eq!(barrier.arrived(), u16::MAX - 1);
    assert!(barrier.trigger() && poll(&mut waits).is_ready());
    assert_eq!(barrier.arrived(), 0);
}

#[test]
fn the_last_one_may_panic_before_a_barrier_opens() {
    let barrier = Barrier::<Raw>::new(2);
    let [mut waits] = pending([barrier.wait()]);
    let mut last = Box::pin(barrier.wait_with(|| panic!("as planned")));
    let panics = std::panic::AssertUnwindSafe(|| poll(&mut last));
    assert!(std::panic::catch_unwind(panics).is_err());
    assert!(poll(&mut waits).is_ready());
    assert_eq!(barrier.arrived(), 0);
}

#[test]
fn zero_slots_are_never_free() {
    static SLOTS: WakeSlots<0> = WakeSlots::new();
    let mut group = Box::pin(TaskGroup::<Ready<u8>, 2>::new(&SLOTS));
    assert_eq!(group.as_mut().add(ready(7)).unwrap_err().0.into_inner(), 7);
    assert_eq!((SLOTS.free(), group.len()), (0, 0));
}

#[test]
fn a_permit_that_is_forgotten_by_the_wrong_name_is_lost() {
    let semaphore = BoundedSemaphore::<Raw>::new(2);
    mem::forget(semaphore.try_acquire());
    assert_eq!(semaphore.release(1), Err(OverRelease { excess: 1 }));
    assert_eq!(semaphore.permits(), 1);
}

#[test]
fn room_that_is_forgotten_is_lost() {
    let queue = Queue::<Raw, u32, 2>::new();
    let Poll::Ready(room) = poll(&mut Box::pin(queue.reserve())) else { panic!("there is room") };
    mem::forget(room);
    assert_eq!((queue.try_push(1), queue.try_push(2)), (Ok(()), Err(Full(2))));
    assert_eq!((queue.try_pop(), queue.try_push(3)), (Some(1), Ok(())));
}

#[test]
fn a_future_leaked_at_a_queue_keeps_the_room_granted_to_it() {
    #[track_caller]
    fn check<F: Future>(queue: &Queue<Raw, u32, 1>, forgotten: F) {
        queue.try_push(1).unwrap();
        let [forgotten] = pending([forgotten]);
        let [mut waits] = pending([queue.push(2)]);
        forget(forgotten);
        assert_eq!(queue.try_pop(), Some(1));
        assert!(poll(&mut waits).is_pending() && queue.is_empty());
        assert_eq!(queue.try_push(3), Err(Full(3)));
    }

    let [one, two] = [(); 2].map(|()| Queue::new());
    check(&one, one.push(9));
    check(&two, two.reserve());
    let [forgotten, mut joins] = pending([one.join(), one.join()]);
    forget(forgotten);
    one.task_done().unwrap();
    assert!(poll(&mut joins).is_ready());
}

#[test]
fn a_future_leaked_at_a_ring_keeps_one_item() {
    let ring = RingQueue::<Raw, u32, 2>::new();
    let [forgotten, mut waits] = pending([ring.pop(), ring.pop()]);
    forget(forgotten);
    assert_eq!((ring.push(1), ring.try_pop()), (None, None));
    assert!(poll(&mut waits).is_pending());
    assert_eq!((ring.push(2), poll(&mut waits)), (None, Poll::Ready(1)));
    // One item always remains, granted to the leaked future: the oldest in order.
    assert_eq!((ring.try_pop(), ring.len()), (None, 1));
    assert_eq!((ring.push(3), ring.try_pop()), (None, Some(2)));
}

#[test]
fn a_future_leaked_at_a_barrier_counts() {
    let barrier = Barrier::<Raw>::new(3);
    let [forgotten, mut waits] = pending([barrier.wait(), barrier.wait()]);
    forget(forgotten);
    assert!(barrier.trigger() && poll(&mut waits).is_ready());
    assert_eq!(barrier.arrived(), 0);
}

#[test]
fn a_future_leaked_at_a_condition_keeps_one_notification() {
    let (mutex, changed) = (Mutex::<Raw, ()>::new(()), Condition::<Raw>::new());
    let wait = async || drop(changed.wait(mutex.lock().await).await);
    let [forgotten, mut one, mut two] = pending([wait(), wait(), wait()]);
    forget(forgotten);
    assert!(mutex.try_with(|()| ()).is_some(), "it waits without the lock");
    changed.notify_one();
    assert!(poll(&mut one).is_pending());
    changed.notify_one();
    assert!(poll(&mut one).is_ready() && poll(&mut two).is_pending());
    changed.notify_all();
    assert!(poll(&mut two).is_ready());
}

#[test]
fn a_leaked_future_blocks_no_other_where_all_are_notified() {
    let sim = Sim::new();
    let message = Message::<Raw, u32>::new();
    let promise = Promise::<Raw, u32>::new();
    let token = CancelToken::<Raw>::new();
    let delay = RetriggerableDelay::<Raw, _>::new(sim.clock());
    let [forgotten, mut notified] = pending([message.wait(), message.wait()]);
    forget(forgotten);
    message.set(1);
    assert_eq!(poll(&mut notified), Poll::Ready(1));
    let [forgotten, mut notified] = pending([promise.wait(), promise.wait()]);
    forget(forgotten);
    promise.set(1).unwrap();
    assert_eq!(poll(&mut notified), Poll::Ready(&1));
    let [forgotten, mut notified] = pending([token.cancelled(), token.cancelled()]);
    forget(forgotten);
    token.cancel();
    assert!(poll(&mut notified).is_ready());
    let [forgotten, mut notified] = pending([delay.wait(), delay.wait()]);
    forget(forgotten);
    delay.trigger(Duration::ZERO);
    assert!(poll(&mut notified).is_ready());
    let seen = Cell::new(0);
    let mut listeners = [(); 2].map(|()| message.listener());
    let [one, two] = &mut listeners;
    let listen = async |listener: &mut tickwire_sync::Listener<'_, Raw, u32>| {
        seen.set(seen.get() + listener.next().await);
    };
    let [forgotten, mut notified] = pending([listen(one), listen(two)]);
    forget(forgotten);
    message.set(2);
    assert!(poll(&mut notified).is_ready());
    assert_eq!(seen.get(), 2);
}

#[test]
fn a_push_that_is_polled_after_it_resolved_panics_and_takes_no_room() {
    let queue = Queue::<Raw, _, 2>::new();
    let [mut at_once, mut full, mut waits] = [1, 2, 3].map(|item| Box::pin(queue.push(item)));
    assert!(poll(&mut at_once).is_ready() && poll(&mut full).is_ready());
    assert!(poll(&mut waits).is_pending());
    assert_eq!(queue.try_pop(), Some(1));
    assert!(poll(&mut waits).is_ready());
    assert_eq!([queue.try_pop(), queue.try_pop()], [Some(2), Some(3)]);
    for pushed in [at_once, full, waits] {
        let again = catch_unwind(AssertUnwindSafe(|| poll(&mut { pushed })));
        let panicked = again.expect_err("it is through again");
        assert_eq!(panicked.downcast_ref(), Some(&"not polled again after it resolved"));
    }
    assert_eq!([4, 5, 6].map(|item| queue.try_push(item)), [Ok(()), Ok(()), Err(Full(6))]);
}
