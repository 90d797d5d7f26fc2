//! A task that waits forever for a primitive reports it to its executor.

use std::future::{Future, pending};
use std::pin::pin;

use futures_util::StreamExt;
use tickwire_sim::{Sim, StallKind};
use tickwire_sync::{
    Barrier, BoundedSemaphore, CancelToken, Condition, Event, Flag, IrqFlag, Message, Mutex,
    NoopRawMutex, Promise, Queue, RetriggerableDelay, RingQueue, Semaphore, TaskGroup, WaitAny,
    WakeSlots, gather,
};
use tickwire_traits::{Interest, ReadinessExt};

type Raw = NoopRawMutex;

/// Checks the report of a task that only awaits `wait`.
#[track_caller]
fn check<F: Future>(wait: F, expected: &[&str]) {
    let Err(stall) = Sim::new().try_run(wait) else { panic!("it ended") };
    assert_eq!(stall.kind, StallKind::Deadlock);
    assert_eq!(stall.tasks[0].waits_for, expected);
}

#[test]
fn each_primitive_is_named() {
    let queue = Queue::<Raw, u8, 1>::new();
    check(queue.pop(), &["an item of a `Queue`"]);
    check(async { pin!(queue.stream()).next().await }, &["an item of a `Queue`"]);
    queue.try_push(1).unwrap();
    check(queue.push(2), &["room in a `Queue`"]);
    check(queue.reserve(), &["room in a `Queue`"]);
    check(queue.join(), &["all items of a `Queue` to be done with"]);
    check(RingQueue::<Raw, u8, 1>::new().pop(), &["an item of a `RingQueue`"]);

    let mutex = Mutex::<Raw, _>::new(());
    let guard = mutex.try_lock().unwrap();
    check(mutex.with(|()| ()), &["the lock of a `Mutex`"]);
    check(mutex.lock(), &["the lock of a `Mutex`"]);
    let condition = Condition::<Raw>::new();
    check(condition.wait(guard), &["a `Condition` to be notified"]);

    check(Semaphore::<Raw>::new(1).acquire_many(2), &["a permit of a semaphore"]);
    check(BoundedSemaphore::<Raw>::new(0).acquire(), &["a permit of a semaphore"]);
    check(Flag::<Raw>::new().wait(), &["a `Flag` to be set"]);
    let flag = IrqFlag::<Raw>::new();
    check(flag.claim().unwrap().ready(Interest::Read), &["an `IrqFlag` to be set"]);
    let either = "an `Event` or a `CancelToken` to be set";
    check(Event::<Raw>::new().wait(), &[either]);
    check(CancelToken::<Raw>::new().cancelled(), &[either]);
    let message = Message::<Raw, u8>::new();
    message.set(1);
    check(async { message.listener().next().await }, &["a `Message` to be set anew"]);
    message.clear();
    check(message.wait(), &["a `Message` to be set"]);
    check(Promise::<Raw, u8>::new().wait(), &["the value of a `Promise`"]);
    check(Barrier::<Raw>::new(2).wait(), &["a `Barrier` to open"]);
    let delay = RetriggerableDelay::<Raw, _>::new(Sim::new().clock());
    check(delay.wait(), &["a `RetriggerableDelay` to expire"]);
}

#[test]
fn all_that_a_task_waits_for_at_once_is_named() {
    let (flag, event) = (Flag::<Raw>::new(), Event::<Raw>::new());
    let both = ["a `Flag` to be set", "an `Event` or a `CancelToken` to be set"];
    check(async { gather((flag.wait(), event.wait())).await }, &both);
    check(async { WaitAny((&flag, &event)).wait().await }, &both);
    static SLOTS: WakeSlots<2> = WakeSlots::new();
    check(
        async {
            let mut group = pin!(TaskGroup::<_, 2, _>::new(&SLOTS));
            assert!(group.as_mut().add(pending::<()>()).is_ok());
            group.next().await
        },
        &["a task of a `TaskGroup`"],
    );
}

#[test]
fn a_delay_of_another_simulation_names_its_clock() {
    let other = Sim::new();
    let delay = RetriggerableDelay::<Raw, _>::new(other.clock());
    delay.trigger(tickwire_traits::Duration::from_millis(1));
    let expected = ["a `RetriggerableDelay` to expire", "the clock of another simulation"];
    check(delay.wait(), &expected);
}
