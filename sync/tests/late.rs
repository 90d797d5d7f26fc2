//! Primitives with time limits on late executors: a cancelled wait passes its grant on,
//! and nothing is lost or done twice.

use std::cell::{Cell, RefCell};

use futures_util::future::join;
use tickwire_sim::{Pace, Sim, SimClock, at_every_pace};
use tickwire_sync::{
    Event, Flag, Message, Mutex, NoopRawMutex, Queue, RetriggerableDelay, Semaphore,
};
use tickwire_traits::{Clock, Duration, Timer};

const LIMIT: Duration = Duration::from_millis(5);

/// The number of rounds.
const ROUNDS: u32 = 50;

/// Repeats `work` with a time limit until it ends.
async fn insist<T>(clock: &SimClock, work: impl AsyncFn() -> T) -> T {
    loop {
        if let Ok(output) = clock.timeout(LIMIT, work()).await {
            return output;
        }
    }
}

/// Sleeps for 0 to 10 ms, sometimes shorter and sometimes longer than the limit.
async fn nap(clock: &SimClock, round: u32) {
    clock.sleep(Duration::from_micros(u64::from(round * 2_719 % 10_000))).await;
}

#[test]
fn each_item_of_a_queue_arrives_once_and_in_order() {
    let items = at_every_pace(|sim| {
        let clock = sim.clock();
        let queue = Queue::<NoopRawMutex, u32, 2>::new();
        let push = async {
            for round in 0..ROUNDS {
                nap(&clock, round).await;
                insist(&clock, async || queue.reserve().await).await.push(round);
            }
        };
        let pop = async {
            let mut items = Vec::new();
            for _ in 0..ROUNDS {
                items.push(insist(&clock, async || queue.pop().await).await);
            }
            items
        };
        let ((), items) = sim.run(join(push, pop));
        assert!(queue.is_empty());
        items
    });
    assert!(items.into_iter().eq(0..ROUNDS));
}

#[test]
fn a_lock_that_was_given_up_is_free() {
    let counted = at_every_pace(|sim| {
        let clock = sim.clock();
        let count = Mutex::<NoopRawMutex, _>::new(0);
        let user = async || {
            for round in 0..ROUNDS {
                let guard = insist(&clock, async || count.lock().await);
                let mut guard = guard.await;
                nap(&clock, round).await;
                *guard += 1;
            }
        };
        sim.run(join(join(user(), user()), user()));
        count.into_inner()
    });
    assert_eq!(counted, 3 * ROUNDS);
}

#[test]
fn permits_that_were_given_up_are_there() {
    let free = at_every_pace(|sim| {
        let clock = sim.clock();
        let permits = Semaphore::<NoopRawMutex>::new(3);
        let user = async |wanted| {
            for round in 0..ROUNDS {
                let permit = insist(&clock, async || permits.acquire_many(wanted).await).await;
                nap(&clock, round).await;
                drop(permit);
            }
        };
        sim.run(join(join(user(1), user(2)), user(3)));
        permits.permits()
    });
    assert_eq!(free, 3);
}

#[test]
fn a_signal_that_comes_with_the_limit_is_heard() {
    let heard = at_every_pace(|sim| {
        let clock = sim.clock();
        let (flag, done) = (Flag::<NoopRawMutex>::new(), Flag::<NoopRawMutex>::new());
        let heard = Cell::new(0);
        let set = async {
            for round in 0..ROUNDS {
                nap(&clock, round).await;
                flag.set();
                done.wait().await;
            }
        };
        let wait = async {
            for _ in 0..ROUNDS {
                insist(&clock, async || flag.wait().await).await;
                heard.set(heard.get() + 1);
                done.set();
            }
        };
        sim.run(join(set, wait));
        heard.get()
    });
    assert_eq!(heard, ROUNDS);
}

#[test]
fn an_event_and_a_message_stay_for_those_who_gave_up() {
    let read = at_every_pace(|sim: &Sim| {
        let clock = sim.clock();
        let (event, message) = (Event::<NoopRawMutex>::new(), Message::<NoopRawMutex, u32>::new());
        let set = async {
            clock.sleep(LIMIT * 3).await;
            message.set(7);
            event.set();
        };
        let wait = async {
            insist(&clock, async || event.wait().await).await;
            insist(&clock, async || message.wait().await).await
        };
        sim.run(join(set, wait)).1
    });
    assert_eq!(read, 7);
}

#[test]
fn a_delay_expires_by_the_clock_however_late_its_waiter_is() {
    for pace in Pace::ALL {
        let sim = pace.sim();
        let clock = sim.clock();
        let delay = RetriggerableDelay::<NoopRawMutex, _>::new(clock.clone());
        let log = RefCell::new(Vec::new());
        sim.run(async {
            for round in 0..ROUNDS {
                delay.trigger(LIMIT);
                let deadline = delay.deadline().unwrap();
                nap(&clock, round).await;
                // A delay stopped in time has not expired; an expired one has.
                let in_time = clock.now() < deadline;
                assert_eq!(delay.has_expired(), !in_time, "{pace:?}");
                if round % 2 == 0 {
                    assert_eq!(delay.stop(), in_time, "{pace:?}");
                } else {
                    delay.wait().await;
                    assert!(clock.now() >= deadline, "{pace:?}");
                    log.borrow_mut().push(round);
                }
            }
        });
        assert_eq!(log.borrow().len(), 25);
    }
}
