//! The condition: which waiters are notified, how often, and which are polled.
#![forbid(unsafe_code)]

#[path = "support/poll.rs"]
mod poll;

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;

use futures_util::future::{Either, select};
use poll::poll;
use tickwire_sim::Sim;
use tickwire_sync::{Condition, Mutex, NoopRawMutex};
use tickwire_traits::{Duration, JoinHandle, Spawn, Timer};

type Raw = NoopRawMutex;

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_notified_waiter_that_finds_nothing_waits_on_and_notifies_no_other() {
    let sim = Sim::new();
    let (clock, spawner) = (sim.clock(), sim.spawner());
    let shared = Rc::new((Mutex::<Raw, u32>::new(0), Condition::<Raw>::new()));
    let looks = Rc::new(Cell::new(0));
    for _ in 0..3 {
        let (shared, looks) = (shared.clone(), looks.clone());
        let wait = async move {
            let (number, changed) = &*shared;
            let look = |number: &mut u32| {
                looks.set(looks.get() + 1);
                number.checked_sub(1).map(|left| *number = left)
            };
            changed.wait_until(number, look).await;
        };
        spawner.spawn(wait).unwrap().detach();
    }
    let (number, changed) = &*shared;
    sim.run(async {
        clock.sleep(MS).await;
        assert_eq!(looks.replace(0), 3);
        let notify = |count| {
            changed.notify_many(count);
            clock.sleep(MS)
        };
        notify(1).await;
        assert_eq!(looks.replace(0), 1, "nothing has changed");
        notify(3).await;
        assert_eq!(looks.replace(0), 3);
        number.with(|number| *number += 2).await;
        notify(1).await;
        assert_eq!((looks.replace(0), number.with(|number| *number).await), (1, 1));
        notify(2).await;
        assert_eq!((looks.replace(0), number.with(|number| *number).await), (2, 0));
        notify(0).await;
        assert_eq!(looks.get(), 0);
    });
}

#[test]
fn a_notification_without_a_waiter_is_not_kept() {
    let (mutex, changed) = (Mutex::<Raw, ()>::new(()), Condition::<Raw>::new());
    changed.notify_one();
    changed.notify_many(u32::MAX);
    changed.notify_many(u32::MAX);
    changed.notify_all();
    let mut waits = Box::pin(async {
        drop(changed.wait(mutex.lock().await).await);
    });
    assert!(poll(&mut waits).is_pending());
}

#[test]
fn a_panic_in_ready_leaves_the_lock_and_the_queue_unchanged() {
    let (mutex, changed) = (Mutex::<Raw, bool>::new(false), Condition::<Raw>::new());
    let mut panics = Box::pin(changed.wait_until(&mutex, |set| {
        assert!(!*set, "as planned");
        None::<()>
    }));
    let mut waits = Box::pin(changed.wait_until(&mutex, |set| set.then_some(())));
    assert!(poll(&mut panics).is_pending() && poll(&mut waits).is_pending());
    mutex.try_with(|set| *set = true).unwrap();
    changed.notify_one();
    let look = std::panic::AssertUnwindSafe(|| poll(&mut panics));
    assert!(std::panic::catch_unwind(look).is_err());
    drop(panics);
    assert!(poll(&mut waits).is_ready(), "the notification passes to the next");
}

#[test]
fn the_loser_of_a_select_leaves_the_queue_and_the_lock() {
    let sim = Sim::new();
    let clock = sim.clock();
    let (mutex, changed) = (Mutex::<Raw, ()>::new(()), Condition::<Raw>::new());
    sim.run(async {
        let wait = async || drop(changed.wait(mutex.lock().await).await);
        let timed_out = match select(pin!(wait()), pin!(clock.sleep(MS))).await {
            Either::Left(_) => false,
            Either::Right(_) => true,
        };
        assert!(timed_out && mutex.try_with(|()| ()).is_some());
        let notify = async {
            clock.sleep(MS).await;
            changed.notify_one();
        };
        futures_util::future::join(wait(), notify).await;
    });
}
