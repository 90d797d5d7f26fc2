//! Wakers that embassy did not make.
//!
//! The features of all crates built together select the timer queue. Each test is for one
//! of the two, and does nothing with the other.

mod host;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread;

use embassy_time_queue_utils::Queue;
use futures_util::stream::{FuturesUnordered, StreamExt};
use host::run;
use tickwire_exec_embassy::EmbassyClock;
use tickwire_sync::{TaskGroup, WakeSlots};
use tickwire_traits::{Clock, Duration, Timer};

const CLOCK: EmbassyClock = EmbassyClock;

/// Embassy's own queue is a pointer; the generic one contains its entries.
const TAKES_ANY: bool = size_of::<Queue>() > size_of::<usize>();

struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

/// The feature enables the generic queue.
const _: () = assert!(TAKES_ANY || !cfg!(feature = "any-waker"));

#[test]
fn embassys_own_queue_says_what_is_wrong_with_the_first_foreign_waker() {
    if TAKES_ANY {
        return;
    }
    let waker = Waker::from(Arc::new(Nobody));
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let sleep = pin!(CLOCK.sleep(Duration::from_millis(1)));
        sleep.poll(&mut Context::from_waker(&waker)).is_pending()
    }));
    let panic = panic.expect_err("it took the waker");
    let said = panic.downcast_ref::<String>().expect("a text");
    assert!(said.contains("Found waker not created by the Embassy executor"), "{said}");
    assert!(said.contains("Unless the generic timer queue is enabled"), "{said}");
}

#[test]
fn the_children_of_groups_sleep() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();

    if !TAKES_ANY {
        return;
    }
    run(async |_| {
        let mut group = pin!(TaskGroup::<_, 3, _>::new(&SLOTS));
        let unordered = FuturesUnordered::new();
        for millis in [6, 2, 4] {
            group
                .as_mut()
                .add(async move {
                    CLOCK.sleep(Duration::from_millis(millis)).await;
                    millis
                })
                .unwrap();
            unordered.push(async move {
                CLOCK.sleep(Duration::from_millis(millis)).await;
                millis
            });
        }
        // In any order: on a busy machine, several are due at once.
        let mut ended = Vec::new();
        while let Some((_, millis)) = group.as_mut().next().await {
            ended.push(millis);
        }
        let mut unordered = unordered.collect::<Vec<_>>().await;
        ended.sort_unstable();
        unordered.sort_unstable();
        assert_eq!((ended, unordered), (vec![2, 4, 6], vec![2, 4, 6]));
    });
}

#[test]
fn a_sleep_needs_no_executor_of_embassys() {
    struct Unpark(thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    if !TAKES_ANY {
        return;
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let start = CLOCK.now();
    let mut sleep = pin!(CLOCK.sleep(Duration::from_millis(3)));
    while sleep.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
        thread::park();
    }
    assert!(CLOCK.now() - start >= Duration::from_millis(3));
}
