//! Faults of the tutorial's primitives that these do not have. The original fails each
//! test.
#![forbid(unsafe_code)]

#[path = "support/poll.rs"]
mod poll;

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};

use futures_util::future::{self, join, join3};
use poll::{poll, poll_by};
use tickwire_sim::Sim;
use tickwire_sync::{
    Agent, Barrier, Broker, Condition, CriticalSectionRawMutex, Event, Flag, Message, Mutex,
    NoopRawMutex, Queue, RetriggerableDelay, RingQueue, TaskGroup, WaitAll, WaitAny, WakeSlots,
    Winner2, from_fn, try_gather,
};
use tickwire_traits::{Clock, Duration, Instant, Timer};

type Raw = NoopRawMutex;

const MS: Duration = Duration::from_millis(1);

// In the original, a cancelled waiter still counted, and two tasks opened a barrier for
// three.
#[test]
fn a_barrier_for_three_does_not_open_for_two_and_one_that_left() {
    let barrier = Barrier::<Raw>::new(3);
    let mut leaves = Box::pin(barrier.wait());
    assert!(poll(&mut leaves).is_pending());
    drop(leaves);
    let [mut one, mut two, mut three] = [(); 3].map(|()| Box::pin(barrier.wait()));
    assert!(poll(&mut one).is_pending() && poll(&mut two).is_pending());
    assert!(poll(&mut three).is_ready());
    assert!(poll(&mut one).is_ready() && poll(&mut two).is_ready());
}

// In the original, the cancelled waiter stayed in the list, consumed the next
// notification, and raised that the lock was not acquired, which hid the cancellation.
#[test]
fn a_cancelled_waiter_for_a_condition_consumes_no_notification() {
    let (mutex, changed) = (Mutex::<Raw, ()>::new(()), Condition::<Raw>::new());
    let wait = async || {
        let guard = mutex.lock().await;
        let _guard = changed.wait(guard).await;
    };
    // Not notified yet, and notified but not run yet.
    for notified in [false, true] {
        let (mut cancelled, mut waits) = (Box::pin(wait()), Box::pin(wait()));
        assert!(poll(&mut cancelled).is_pending() && poll(&mut waits).is_pending());
        if notified {
            changed.notify_one();
        }
        drop(cancelled);
        assert!(mutex.try_with(|()| ()).is_some());
        if !notified {
            changed.notify_one();
        }
        assert!(poll(&mut waits).is_ready());
    }
}

// In the original, the newest waiter came first.
#[test]
fn a_condition_notifies_the_longest_waiter_first() {
    let (mutex, changed) = (Mutex::<Raw, ()>::new(()), Condition::<Raw>::new());
    let mut waiting = [(); 3].map(|()| {
        Box::pin(async {
            let guard = mutex.lock().await;
            drop(changed.wait(guard).await);
        })
    });
    for waiting in &mut waiting {
        assert!(poll(waiting).is_pending());
    }
    changed.notify_many(2);
    assert_eq!(waiting.each_mut().map(|waiting| poll(waiting).is_ready()), [true, true, false]);
}

// In the original, WaitAny hung when a member failed, and WaitAll left the others
// running.
#[test]
fn a_member_that_fails_is_heard_and_ends_the_others() {
    let sim = Sim::new();
    let clock = sim.clock();
    let alive = Rc::new(());
    let works = || {
        let (alive, clock) = (alive.clone(), clock.clone());
        async move {
            let _alive = alive;
            clock.sleep(MS * 1_000).await;
            Ok(1)
        }
    };
    let fails = || async {
        clock.sleep(MS).await;
        Err::<i32, _>("broken")
    };
    assert_eq!(sim.run(try_gather((works(), fails()))), Err("broken"));
    let any = WaitAny((from_fn(works), from_fn(fails)));
    assert_eq!(sim.run(any.wait()), Winner2::Second(Err("broken")));
    assert_eq!(Rc::strong_count(&alive), 1);
    assert_eq!(clock.now(), Instant::from_millis(2));
}

// In the original, all members that could be were consumed, and one was reported.
#[test]
fn of_two_flags_only_the_one_reported_is_cleared() {
    let (one, two) = (Flag::<Raw>::new(), Flag::<Raw>::new());
    let any = WaitAny((&one, &two));
    let sim = Sim::new();
    let set_both = async {
        one.set();
        two.set();
    };
    let (first, ()) = sim.run(join(any.wait(), set_both));
    assert_eq!(first, Winner2::First(()));
    assert_eq!(sim.run(any.wait()), Winner2::Second(()));
    assert!(!one.is_set() && !two.is_set());
    // A wait for both, dropped with one of them taken, has consumed neither.
    one.set();
    assert!(poll(&mut Box::pin(WaitAll((&one, &two)).wait())).is_pending());
    assert!(one.is_set());
}

// In the original, a delay stopped before anything else ran still expired.
#[test]
fn a_delay_that_is_stopped_at_once_does_not_expire() {
    let sim = Sim::new();
    let clock = sim.clock();
    let delay = RetriggerableDelay::<Raw, _>::new(clock.clone());
    let mut waits = Box::pin(delay.wait());
    assert!(poll(&mut waits).is_pending());
    delay.trigger(MS);
    assert!(delay.stop());
    sim.run(clock.sleep(MS * 10));
    assert!(!delay.has_expired() && poll(&mut waits).is_pending());
}

// In the original, stopping the delay from its own callback raised that a task cannot
// cancel itself.
#[test]
fn a_delay_may_be_stopped_and_triggered_by_its_waiter() {
    let sim = Sim::new();
    let clock = sim.clock();
    let delay = RetriggerableDelay::<Raw, _>::new(clock.clone());
    delay.trigger(MS);
    sim.run(async {
        delay.wait().await;
        assert!(!delay.stop());
        delay.trigger(MS);
        delay.wait().await;
    });
    assert_eq!(clock.now(), Instant::from_millis(2));
}

// In the original, the event of an expiry stayed set, and the next wait ended
// immediately.
#[test]
fn a_delay_that_is_triggered_again_has_not_expired() {
    let sim = Sim::new();
    let clock = sim.clock();
    let delay = RetriggerableDelay::<Raw, _>::new(clock.clone());
    delay.trigger(MS);
    sim.run(clock.sleep(MS * 2));
    assert!(delay.has_expired());
    delay.trigger(MS);
    assert!(!delay.has_expired());
    sim.run(delay.wait());
    assert_eq!(clock.now(), Instant::from_millis(3));
}

// In the original, the event was seen only after a task had waited, clearing left it set,
// and a second wait hung.
#[test]
fn an_event_set_by_an_interrupt_is_set_until_it_is_cleared() {
    static EVENT: Event<CriticalSectionRawMutex> = Event::new();

    EVENT.set();
    assert!(EVENT.is_set());
    let sim = Sim::new();
    sim.run(EVENT.wait());
    sim.run(EVENT.wait());
    EVENT.clear();
    assert!(!EVENT.is_set() && poll(&mut Box::pin(EVENT.wait())).is_pending());
}

// In the original, a second wait hung, and a cleared message was still delivered.
#[test]
fn a_message_is_had_by_every_wait_until_it_is_cleared() {
    static MESSAGE: Message<CriticalSectionRawMutex, u32> = Message::new();

    MESSAGE.set(7);
    assert!(MESSAGE.is_set());
    let sim = Sim::new();
    assert_eq!((sim.run(MESSAGE.wait()), sim.run(MESSAGE.wait())), (7, 7));
    MESSAGE.clear();
    assert!(poll(&mut Box::pin(MESSAGE.wait())).is_pending());
}

// In the original, setting it with two waiters ran scheduler code in the interrupt.
#[test]
fn setting_a_message_for_several_wakes_them_and_runs_none() {
    let message = Message::<Raw, u32>::new();
    let mut waiting = [(); 3].map(|()| Box::pin(message.wait()));
    for waiting in &mut waiting {
        assert!(poll(waiting).is_pending());
    }
    message.set(7);
    assert_eq!(waiting.each_mut().map(poll), [Poll::Ready(7); 3]);
}

// In the original, the flag was raised before the item was visible: a task that ran in
// between slept on. Loom tries all orders; this is the one that failed.
#[test]
fn a_task_finds_its_item_already_while_it_is_woken() {
    static QUEUE: Queue<CriticalSectionRawMutex, u32, 2> = Queue::new();

    struct Looks;

    impl Wake for Looks {
        fn wake(self: Arc<Self>) {
            assert_eq!(QUEUE.len(), 1);
        }
    }

    let mut waits = Box::pin(QUEUE.pop());
    assert!(poll_by(&mut waits, &Waker::from(Arc::new(Looks))).is_pending());
    QUEUE.try_push(7).unwrap();
    assert_eq!(poll(&mut waits), Poll::Ready(7));
}

// In the original, a job that raised killed the worker: the task that requested it hung,
// and so did all later ones.
#[test]
fn a_job_that_fails_or_panics_is_answered_and_the_next_one_is_done() {
    static SLOTS: WakeSlots<1> = WakeSlots::new();
    let sim = Sim::new();
    let job = async |number: u32| match number {
        2 => panic!("as planned"),
        3 => Err("broken"),
        _ => Ok(number * number),
    };
    let mut worker = pin!(TaskGroup::<_, 1>::new(&SLOTS));
    let mut assign = |number| {
        worker.as_mut().add(job(number)).unwrap();
        let answer = catch_unwind(AssertUnwindSafe(|| sim.run(worker.as_mut().next())));
        answer.map(|ended| ended.unwrap().1).map_err(drop)
    };
    assert_eq!([1, 2, 3, 4].map(&mut assign), [Ok(Ok(1)), Err(()), Ok(Err("broken")), Ok(Ok(16))]);
}

// In the original, one of several consumers got all items.
#[test]
fn consumers_of_a_ring_have_equal_shares() {
    const SHARE: u32 = if cfg!(miri) { 5 } else { 100 };

    let sim = Sim::new();
    let clock = sim.clock();
    let ring = RingQueue::<Raw, u32, 4>::new();
    let shares = [const { Cell::new(0) }; 3];
    let consume = async |share: &Cell<u32>| {
        loop {
            ring.pop().await;
            share.set(share.get() + 1);
        }
    };
    let consumers = join3(consume(&shares[0]), consume(&shares[1]), consume(&shares[2]));
    let produce = async {
        for item in 0..3 * SHARE {
            assert_eq!(ring.push(item), None);
            clock.sleep(MS).await;
        }
    };
    sim.run(future::select(pin!(consumers), pin!(produce)));
    assert_eq!(shares.map(Cell::into_inner), [SHARE; 3]);
}

// In the original, storing an item raised an exception that it was not stored.
#[test]
fn an_item_that_overwrites_another_is_stored_and_the_other_given_back() {
    let ring = RingQueue::<Raw, u32, 2>::new();
    assert_eq!([ring.push(1), ring.push(2), ring.push(3)], [None, None, Some(1)]);
    assert_eq!([ring.try_pop(), ring.try_pop(), ring.try_pop()], [Some(2), Some(3), None]);
    assert_eq!(ring.overwritten(), 1);
}

// In the original, the documented import gave the module, not the broker.
#[test]
fn a_broker_is_had_by_the_import_that_its_docs_name() {
    let heard = RefCell::new(Vec::new());
    let agent =
        |topic: &&str, message: &u32| heard.borrow_mut().push((topic.to_string(), *message));
    let broker = Broker::<Raw, &str, dyn Agent<&str, u32>, 2>::new();
    broker.subscribe("a", &agent).unwrap();
    broker.publish("a", &1);
    broker.publish("b", &2);
    assert_eq!(heard.take(), [("a".to_owned(), 1)]);
}
