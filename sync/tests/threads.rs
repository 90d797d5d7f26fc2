//! Threads that wait for one another, for race detectors.
#![forbid(unsafe_code)]

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tickwire_sync::{
    Barrier, Condition, CriticalSectionRawMutex, Event, Flag, Message, Mutex, Promise, Queue,
    RingQueue, Semaphore,
};

type Raw = CriticalSectionRawMutex;

/// The number of rounds per thread.
const ROUNDS: u32 = if cfg!(miri) { 5 } else { 2_000 };
const THREADS: u32 = 4;

/// Runs a future on this thread, which sleeps while the future is pending.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}

/// Polls a future once and drops it, like a task that gives up.
fn give_up<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Runs `work` on as many threads, each with its number.
fn together(work: impl Fn(u32) + Sync) {
    thread::scope(|scope| {
        for number in 0..THREADS {
            let work = &work;
            scope.spawn(move || work(number));
        }
    });
}

#[test]
fn a_mutex_counts_what_all_have_done() {
    let mutex = Mutex::<Raw, u32>::new(0);
    let given_up = AtomicU32::new(0);
    together(|_| {
        for _ in 0..ROUNDS {
            block_on(mutex.with(|count| *count += 1));
            if give_up(mutex.with(|count| *count += 1)).is_none() {
                given_up.fetch_add(1, Ordering::Relaxed);
            }
            let mut guard = block_on(mutex.lock());
            *guard += 1;
        }
    });
    assert_eq!(mutex.into_inner(), 3 * THREADS * ROUNDS - given_up.into_inner());
}

#[test]
fn what_goes_into_a_queue_comes_out_once() {
    let queue = Queue::<Raw, Box<u32>, 3>::new();
    let sum = AtomicU32::new(0);
    together(|number| {
        for round in 0..ROUNDS {
            if number % 2 == 0 {
                block_on(queue.push(Box::new(round)));
                continue;
            }
            let popped = give_up(queue.pop()).unwrap_or_else(|| block_on(queue.pop()));
            sum.fetch_add(*popped, Ordering::Relaxed);
            queue.task_done().unwrap();
        }
    });
    block_on(queue.join());
    assert_eq!(sum.into_inner(), THREADS / 2 * (0..ROUNDS).sum::<u32>());
    assert!(queue.is_empty());
}

#[test]
fn what_a_ring_loses_it_counts() {
    const LAST: u32 = u32::MAX;

    let ring = RingQueue::<Raw, Box<u32>, 2>::new();
    let given_back = AtomicU32::new(0);
    let push = |item| {
        let oldest = ring.push(Box::new(item));
        given_back.fetch_add(oldest.is_some().into(), Ordering::Relaxed);
    };
    thread::scope(|scope| {
        for _ in 1..THREADS {
            scope.spawn(|| {
                (0..ROUNDS).for_each(push);
                push(LAST);
            });
        }
        // The last pushed item is one of those, and is not overwritten.
        scope.spawn(|| while *block_on(ring.pop()) != LAST {});
    });
    assert_eq!(ring.overwritten(), given_back.into_inner());
}

#[test]
fn no_more_have_a_permit_than_there_are() {
    let semaphore = Semaphore::<Raw>::new(2);
    let inside = AtomicU32::new(0);
    together(|number| {
        for _ in 0..ROUNDS {
            drop(give_up(semaphore.acquire()));
            let wanted = 1 + number % 2;
            let permit = block_on(semaphore.acquire_many(wanted));
            assert!(inside.fetch_add(wanted, Ordering::Relaxed) + wanted <= 2);
            inside.fetch_sub(wanted, Ordering::Relaxed);
            drop(permit);
        }
    });
    assert_eq!(semaphore.permits(), 2);
}

#[test]
fn two_flags_pass_the_turn_back_and_forth() {
    let (ping, pong) = (Flag::<Raw>::new(), Flag::<Raw>::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                ping.set();
                block_on(pong.wait());
            }
        });
        for _ in 0..ROUNDS {
            if give_up(ping.wait()).is_none() {
                block_on(ping.wait());
            }
            pong.set();
        }
    });
    assert!(!ping.is_set() && !pong.is_set());
}

#[test]
fn no_thread_passes_a_barrier_early() {
    let barrier = Barrier::<Raw>::new(THREADS as u16);
    let rounds = AtomicU32::new(0);
    together(|_| {
        for round in 0..ROUNDS {
            assert!(rounds.load(Ordering::Relaxed) >= round);
            block_on(barrier.wait_with(|| rounds.fetch_add(1, Ordering::Relaxed)));
        }
    });
    assert_eq!((rounds.into_inner(), barrier.arrived()), (ROUNDS, 0));
}

#[test]
fn an_event_a_message_and_a_promise_reach_all_threads() {
    for round in 0..ROUNDS.min(200) {
        let event = Event::<Raw>::new();
        let message = Message::<Raw, u32>::new();
        let promise = Promise::<Raw, Box<u32>>::new();
        together(|number| {
            if number == 0 {
                event.set();
                message.set(round);
                promise.set(Box::new(round)).unwrap();
            } else {
                give_up(message.wait());
                assert_eq!(**block_on(promise.wait()), round);
                assert_eq!(block_on(message.wait()), round);
                block_on(event.wait());
            }
        });
    }
}

#[test]
fn a_waiter_for_a_number_is_notified_of_it() {
    let number = Mutex::<Raw, u32>::new(0);
    let changed = Condition::<Raw>::new();
    together(|own| {
        for round in 0..ROUNDS {
            let turn = round * THREADS + own;
            let next = |number: &mut u32| (*number == turn).then(|| *number += 1);
            if give_up(changed.wait_until(&number, next)).is_none() {
                block_on(changed.wait_until(&number, next));
            }
            changed.notify_all();
        }
    });
    assert_eq!(number.into_inner(), THREADS * ROUNDS);
}
