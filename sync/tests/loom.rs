//! Every order in which threads can come to a primitive.
//!
//! All primitives are generic over their raw mutex, so no other build of them is
//! needed: here they get one that Loom sees. A lock is one point at which threads
//! may change, as a critical section is one at which an interrupt may come.
#![cfg(not(any(miri, light_tests)))] // It changes stacks by hand.
#![deny(unsafe_code)]

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use loom::cell::Cell;
use loom::future::block_on;
use loom::model::Builder;
use loom::thread;
use tickwire_sync::{
    Barrier, BoundedSemaphore, Broker, CancelToken, Condition, Event, Flag, Full, Message, Mutex,
    Promise, Queue, RetriggerableDelay, RingQueue, Semaphore,
};
use tickwire_traits::{Clock, Duration, Instant, TimerQueue};

#[path = "support/section.rs"]
#[allow(unsafe_code)] // SECTION
mod section;

use section::Section;
use tickwire_sync::RawMutex;

/// How often threads are interrupted in a model, at the most, beside the times
/// that they wait by themselves. The known ways to lose a wake-up need one or two
/// interruptions; to allow any number takes hours.
const INTERRUPTIONS: usize = 4;

/// Runs a model in every order of its threads.
fn every_order(model: impl Fn() + Send + Sync + 'static) {
    every_order_of(INTERRUPTIONS, model);
}

fn every_order_of(interruptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(interruptions);
    builder.check(model);
}

type Waits<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Lets `wake` meet each way of waiting. One call of it is enough for one who
/// waits, whatever others did before.
fn wakes<S: Send + Sync + 'static>(
    make: fn() -> S,
    wait: for<'a> fn(&'a S) -> Waits<'a>,
    wake: fn(&S),
) {
    wakes_of(INTERRUPTIONS, make, wait, wake);
}

fn wakes_of<S: Send + Sync + 'static>(
    interruptions: usize,
    make: fn() -> S,
    wait: for<'a> fn(&'a S) -> Waits<'a>,
    wake: fn(&S),
) {
    // Who comes.
    every_order_of(interruptions, move || {
        let shared = Arc::new(make());
        let waker = spawn(&shared, wake);
        block_on(wait(&shared));
        waker.join().unwrap();
    });
    // Who was there, left, and comes again.
    every_order_of(interruptions, move || {
        let shared = Arc::new(make());
        let waker = spawn(&shared, wake);
        let mut waiting = wait(&shared);
        if poll_once(waiting.as_mut()).is_pending() {
            drop(waiting);
            block_on(wait(&shared));
        }
        waker.join().unwrap();
    });
    // Who asks with another waker.
    every_order_of(interruptions, move || {
        let shared = Arc::new(make());
        let waker = spawn(&shared, wake);
        let mut waiting = wait(&shared);
        if poll_once(waiting.as_mut()).is_pending() {
            block_on(waiting);
        }
        waker.join().unwrap();
    });
    // Two, of whom one leaves; or gets it, and passes it on.
    every_order_of(interruptions, move || {
        let shared = Arc::new(make());
        let stays = spawn(&shared, move |shared| block_on(wait(shared)));
        let leaves = spawn(&shared, move |shared| {
            let got = poll_once(wait(shared).as_mut());
            if got.is_ready() {
                wake(shared);
            }
        });
        wake(&shared);
        leaves.join().unwrap();
        stays.join().unwrap();
    });
}

fn spawn<S: Send + Sync + 'static, T: 'static>(
    shared: &Arc<S>,
    f: impl FnOnce(&S) -> T + 'static,
) -> thread::JoinHandle<T> {
    let shared = shared.clone();
    thread::spawn(move || f(&shared))
}

#[test]
fn a_setting_of_a_flag_is_never_lost() {
    wakes(Flag::<Section>::new, |flag| Box::pin(flag.wait()), Flag::set);
}

#[test]
fn an_event_is_heard_by_all() {
    wakes(Event::<Section>::new, |event| Box::pin(event.wait()), Event::set);
    // Also by two who wait while it is cleared again.
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
fn a_permit_is_never_lost() {
    wakes(
        || Semaphore::<Section>::new(0),
        |semaphore| Box::pin(async { semaphore.acquire().await.forget() }),
        |semaphore| semaphore.release(1).unwrap(),
    );
    wakes(
        || {
            let semaphore = BoundedSemaphore::<Section>::new(2);
            semaphore.try_acquire_many(2).unwrap().forget();
            semaphore
        },
        |semaphore| Box::pin(async { semaphore.acquire().await.forget() }),
        |semaphore| semaphore.release(1).unwrap(),
    );
    // Who wants little waits behind who wants much, until that one leaves.
    every_order(|| {
        let semaphore = Arc::new(Semaphore::<Section>::new(1));
        let much = spawn(&semaphore, |semaphore| {
            assert!(poll_once(pin!(semaphore.acquire_many(2))).is_pending());
        });
        block_on(semaphore.acquire()).forget();
        much.join().unwrap();
        assert_eq!(semaphore.permits(), 0);
    });
}

#[test]
fn one_at_a_time_has_the_lock_and_it_is_never_lost() {
    type Counted = Mutex<Section, Cell<u32>>;

    fn count(count: &mut Cell<u32>) {
        count.set(count.get() + 1); // Loom sees who else does.
    }

    every_order(|| {
        let mutex = Arc::new(Counted::new(Cell::new(0)));
        let other = spawn(&mutex, |mutex| block_on(mutex.lock(count)));
        let leaves = spawn(&mutex, |mutex| poll_once(pin!(mutex.lock(count))).is_ready());
        let guard = block_on(mutex.lock_assuming_cancel_safe());
        guard.set(guard.get() + 1);
        drop(guard);
        other.join().unwrap();
        let expected = 2 + u32::from(leaves.join().unwrap());
        assert_eq!(mutex.try_lock(|count| count.get()), Some(expected));
    });
    // It is given back to one who asks with another waker, and to one who left and
    // came again.
    every_order(|| {
        let mutex = Arc::new(Counted::new(Cell::new(0)));
        let guard = mutex.try_lock_assuming_cancel_safe().unwrap();
        let asks_again = spawn(&mutex, |mutex| {
            let mut waits = pin!(mutex.lock(count));
            if poll_once(waits.as_mut()).is_pending() {
                block_on(waits);
            }
        });
        let comes_again = spawn(&mutex, |mutex| {
            if poll_once(pin!(mutex.lock(count))).is_pending() {
                block_on(mutex.lock(count));
            }
        });
        drop(guard);
        asks_again.join().unwrap();
        comes_again.join().unwrap();
        assert_eq!(mutex.try_lock(|count| count.get()), Some(2));
    });
}

#[test]
fn an_item_is_there_before_anybody_is_woken_for_it() {
    type Small = Queue<Section, u32, 1>;

    wakes(
        Small::new,
        |queue| Box::pin(async { assert_eq!(queue.pop().await, 1) }),
        |queue| queue.try_push(1).unwrap(),
    );
    // The same for room.
    wakes(
        || {
            let full = Small::new();
            full.try_push(1).unwrap();
            full
        },
        |queue| Box::pin(queue.push(1)),
        |queue| assert_eq!(queue.try_pop(), Some(1)),
    );
    every_order(|| {
        let queue = Arc::new(Small::new());
        let sends = spawn(&queue, |queue| {
            block_on(queue.push(1));
            block_on(queue.push(2));
        });
        assert_eq!([block_on(queue.pop()), block_on(queue.pop())], [1, 2]);
        sends.join().unwrap();
    });
}

#[test]
fn a_queue_is_joined_when_the_last_item_is_done_with() {
    wakes(
        || {
            let queue = Queue::<Section, (), 1>::new();
            queue.try_push(()).unwrap();
            queue
        },
        |queue| Box::pin(queue.join()),
        |queue| {
            let _ = queue.task_done();
        },
    );
}

#[test]
fn a_newest_item_is_there_before_anybody_is_woken_for_it() {
    type Newest = RingQueue<Section, u32, 1>;

    wakes(
        Newest::new,
        |queue| Box::pin(async { assert_eq!(queue.pop().await, 1) }),
        |queue| {
            queue.push(1);
        },
    );
    // It is overwritten under who was woken for it.
    every_order(|| {
        let queue = Arc::new(Newest::new());
        let push = spawn(&queue, |queue| (queue.push(1), queue.push(2)));
        let popped = block_on(queue.pop());
        let (before_first, before_second) = push.join().unwrap();
        assert_eq!(before_first, None);
        match popped {
            1 => assert_eq!((before_second, queue.try_pop()), (None, Some(2))),
            _ => assert_eq!((popped, before_second, queue.try_pop()), (2, Some(1), None)),
        }
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
fn who_is_told_to_stop_hears_it_wherever_it_is() {
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
fn a_barrier_opens_for_those_who_are_there() {
    every_order(|| {
        let barrier = Arc::new(Barrier::<Section>::new(2));
        let other = spawn(&barrier, |barrier| block_on(barrier.wait()).is_leader());
        let done = Cell::new(false);
        let last = block_on(barrier.wait_with(|| done.set(true))).is_some();
        assert_eq!(done.get(), last);
        assert_eq!(other.join().unwrap(), !last);
        assert_eq!(barrier.arrived(), 0);
    });
    // Who leaves is not counted, unless all had come.
    every_order(|| {
        let barrier = Arc::new(Barrier::<Section>::new(2));
        let leaves = spawn(&barrier, |barrier| poll_once(pin!(barrier.wait())).is_ready());
        let triggered_last = barrier.trigger();
        let came_last = leaves.join().unwrap();
        assert!(!(triggered_last && came_last));
        assert_eq!(barrier.arrived(), u16::from(!triggered_last && !came_last));
    });
    // Two rounds: nobody is taken for one of the round before.
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
}

#[test]
fn who_waits_for_a_condition_is_told_of_every_change() {
    // Each wait locks many times, so there are more orders than of others.
    const INTERRUPTIONS: usize = 2;

    type Shared = (Mutex<Section, bool>, Condition<Section>);

    fn new() -> Shared {
        (Mutex::new(false), Condition::new())
    }

    fn wait((mutex, changed): &Shared) -> Waits<'_> {
        Box::pin(changed.wait_until(mutex, |set| set.then_some(())))
    }

    wakes_of(INTERRUPTIONS, new, wait, |(mutex, changed)| {
        block_on(mutex.lock(|set| *set = true));
        changed.notify_one();
    });
    every_order_of(INTERRUPTIONS, || {
        let shared = Arc::new(new());
        let other = spawn(&shared, |shared| block_on(wait(shared)));
        let notify = spawn(&shared, |(mutex, changed)| {
            block_on(mutex.lock(|set| *set = true));
            changed.notify_all();
        });
        block_on(wait(&shared));
        other.join().unwrap();
        notify.join().unwrap();
    });
}

#[test]
fn who_subscribes_is_told_and_stays_until_it_leaves() {
    type Shared<const SUBS: usize> = Broker<'static, Section, u8, Flag<Section>, SUBS>;

    static ONE: Flag<Section> = Flag::new();
    static OTHER: Flag<Section> = Flag::new();

    // Each is told of a message once, if it was there.
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
    // Who takes a place that another leaves is not removed in its stead.
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

/// Its time never passes, and it wakes nobody: so that who waits longer than it
/// should waits for ever.
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
fn who_waits_for_a_delay_hears_that_it_is_over_sooner() {
    wakes(
        || {
            let delay = RetriggerableDelay::<Section, _>::new(Stopped);
            delay.trigger(Duration::from_secs(3_600));
            delay
        },
        |delay| Box::pin(delay.wait()),
        |delay| delay.trigger(Duration::ZERO),
    );
    // From stopped, and stopped again.
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
