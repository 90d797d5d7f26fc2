//! Notification of all or several waiters.

use std::pin::pin;
use std::sync::Arc;
use std::task::Waker;

use loom::cell::Cell;
use loom::future::block_on;
use tickwire_sync::{
    Barrier, Broker, CancelToken, Condition, Event, Flag, Full, Message, Mutex, Promise,
    RetriggerableDelay,
};
use tickwire_traits::{Clock, Duration, Instant, TimerQueue};

use crate::section::Section;
use crate::{Waits, every_order, every_order_of, poll_once, spawn, wakes, wakes_of};

#[test]
fn an_event_is_heard_by_all() {
    wakes(Event::<Section>::new, |event| Box::pin(event.wait()), Event::set);
    // Even two tasks that wait while the event is cleared again.
    every_order(|| {
        let event = Arc::new(Event::<Section>::new());
        let mut one = pin!(event.wait());
        let mut two = pin!(event.wait());
        assert!(poll_once(one.as_mut()).is_pending() && poll_once(two.as_mut()).is_pending());
        let set = spawn(&event, |event| {
            event.set();
            event.clear();
        });
        block_on(two);
        block_on(one);
        set.join().unwrap();
    });
}

#[test]
fn a_message_is_read_whole_by_all() {
    wakes(
        Message::<Section, [u32; 2]>::new,
        |message| Box::pin(async { assert_eq!(message.wait().await, [1, 1]) }),
        |message| message.set([1, 1]),
    );
    every_order(|| {
        let message = Arc::new(Message::<Section, u32>::new());
        let mut listener = message.listener();
        let set = spawn(&message, |message| (1..=2).for_each(|value| message.set(value)));
        let first = block_on(listener.next());
        if first == 1 {
            assert_eq!(block_on(listener.next()), 2);
        }
        assert_eq!(listener.missed(), first - 1);
        set.join().unwrap();
    });
}

#[test]
fn a_promise_is_kept_once_and_heard_by_all() {
    wakes(
        Promise::<Section, u32>::new,
        |promise| Box::pin(async { assert_eq!(promise.wait().await, &7) }),
        |promise| assert!(matches!(promise.set(7), Ok(()) | Err(Full(7)))),
    );
    every_order(|| {
        let promise = Arc::new(Promise::<Section, u32>::new());
        let other = spawn(&promise, |promise| promise.set(1).is_ok());
        let ours = promise.set(2).is_ok();
        assert_eq!(promise.get(), Some(if ours { &2 } else { &1 }));
        assert_eq!(other.join().unwrap(), !ours);
    });
}

#[test]
fn a_request_to_stop_reaches_its_task_anywhere() {
    wakes(CancelToken::<Section>::new, |token| Box::pin(token.cancelled()), CancelToken::cancel);
    every_order(|| {
        let token = Arc::new(CancelToken::<Section>::new());
        let cancel = spawn(&token, CancelToken::cancel);
        let never = std::future::pending::<()>();
        assert!(block_on(token.run_until_cancelled(never)).is_err());
        cancel.join().unwrap();
    });
}

#[test]
fn a_barrier_opens_for_live_waiters() {
    every_order(|| {
        let barrier = Arc::new(Barrier::<Section>::new(2));
        let other = spawn(&barrier, |barrier| block_on(barrier.wait()).is_leader());
        let done = Cell::new(false);
        let last = block_on(barrier.wait_with(|| done.set(true))).is_some();
        assert_eq!(done.get(), last);
        assert_eq!(other.join().unwrap(), !last);
        assert_eq!(barrier.arrived(), 0);
    });
    // A dropped waiter does not count, unless the round was complete.
    every_order(|| {
        let barrier = Arc::new(Barrier::<Section>::new(2));
        let leaves = spawn(&barrier, |barrier| poll_once(pin!(barrier.wait())).is_ready());
        let triggered_last = barrier.trigger();
        let came_last = leaves.join().unwrap();
        assert!(!(triggered_last && came_last));
        assert_eq!(barrier.arrived(), u16::from(!triggered_last && !came_last));
    });
    // Two rounds: no waiter counts for the previous round.
    every_order(|| {
        let barrier = Arc::new(Barrier::<Section>::new(2));
        let other = spawn(&barrier, |barrier| {
            block_on(barrier.wait());
            block_on(barrier.wait());
        });
        block_on(barrier.wait());
        block_on(barrier.wait());
        other.join().unwrap();
    });
    // The next round may complete before a closure has returned: all continue.
    every_order(|| {
        let barrier = Arc::new(Barrier::<Section>::new(2));
        let mut first = pin!(barrier.wait());
        assert!(poll_once(first.as_mut()).is_pending());
        let other = spawn(&barrier, |barrier| {
            barrier.trigger();
            barrier.trigger();
        });
        block_on(barrier.wait_with(|| barrier.trigger()));
        block_on(first);
        other.join().unwrap();
    });
}

#[test]
fn a_waiter_is_notified_of_every_change() {
    // Each wait locks many times, so there are more orders than elsewhere.
    const INTERRUPTIONS: usize = 2;

    type Shared = (Mutex<Section, bool>, Condition<Section>);

    fn new() -> Shared {
        (Mutex::new(false), Condition::new())
    }

    fn wait((mutex, changed): &Shared) -> Waits<'_> {
        Box::pin(changed.wait_until(mutex, |set| set.then_some(())))
    }

    wakes_of(INTERRUPTIONS, new, wait, |(mutex, changed)| {
        block_on(mutex.with(|set| *set = true));
        changed.notify_one();
    });
    every_order_of(INTERRUPTIONS, || {
        let shared = Arc::new(new());
        let other = spawn(&shared, |shared| block_on(wait(shared)));
        let notify = spawn(&shared, |(mutex, changed)| {
            block_on(mutex.with(|set| *set = true));
            changed.notify_all();
        });
        block_on(wait(&shared));
        other.join().unwrap();
        notify.join().unwrap();
    });
}

#[test]
fn a_subscriber_is_notified_until_it_unsubscribes() {
    type Shared<const SUBS: usize> = Broker<'static, Section, u8, Flag<Section>, SUBS>;

    static ONE: Flag<Section> = Flag::new();
    static OTHER: Flag<Section> = Flag::new();

    // Each agent present is notified of a message once.
    every_order(|| {
        let broker = Arc::new(Shared::<2>::new());
        let comes = spawn(&broker, |broker| {
            assert!(broker.subscribe(1, &ONE).is_ok());
            let before = broker.publish(1, &()).delivered;
            assert!(broker.unsubscribe(1, &ONE));
            before
        });
        broker.subscribe(1, &OTHER).unwrap();
        let published = broker.publish(1, &());
        assert!((1..=2).contains(&published.delivered));
        assert!((1..=2).contains(&comes.join().unwrap()));
        assert!(OTHER.clear() && ONE.clear());
        assert_eq!((broker.publish(1, &()).delivered, broker.subscriptions()), (1, 1));
        assert!(OTHER.clear() && !ONE.clear());
    });
    // A subscription that takes a removed one's place is not removed in its stead.
    every_order(|| {
        let broker = Arc::new(Shared::<1>::new());
        broker.subscribe(1, &ONE).unwrap();
        let takes = spawn(&broker, |broker| {
            broker.unsubscribe_all(&ONE);
            broker.subscribe(2, &OTHER).unwrap();
        });
        broker.unsubscribe(1, &ONE);
        takes.join().unwrap();
        assert_eq!(broker.publish(2, &()).delivered, 1);
        assert!(OTHER.clear());
    });
}

/// A clock that stands still and wakes no task, so that a wait that is too long never
/// ends.
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Instant {
        Instant::from_millis(1)
    }

    fn resolution(&self) -> Duration {
        Duration::ZERO
    }
}

impl TimerQueue for Stopped {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        if at <= self.now() {
            waker.wake_by_ref();
        }
    }
}

#[test]
fn a_waiter_is_notified_of_an_earlier_deadline() {
    wakes(
        || {
            let delay = RetriggerableDelay::<Section, _>::new(Stopped);
            delay.trigger(Duration::from_secs(3_600));
            delay
        },
        |delay| Box::pin(delay.wait()),
        |delay| delay.trigger(Duration::ZERO),
    );
    // From stopped to stopped again.
    every_order(|| {
        let delay = Arc::new(RetriggerableDelay::<Section, _>::new(Stopped));
        let trigger = spawn(&delay, |delay| {
            delay.trigger(Duration::from_secs(3_600));
            delay.stop();
            delay.trigger(Duration::ZERO);
        });
        block_on(delay.wait());
        trigger.join().unwrap();
        assert!(delay.has_expired());
    });
}
