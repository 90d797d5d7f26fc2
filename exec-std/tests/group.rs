//! Children of a group that sleep: their wakers are not the run loop's.

mod patience;

use std::pin::pin;
use std::time;

use futures_lite::future::{block_on, poll_once};
use patience::within_two_minutes;
use tickwire_exec_std::{StdClock, run};
use tickwire_sync::{HeapSlots, TaskGroup, WakeSlots, gather};
use tickwire_traits::{Clock, Duration, Timer};

const CLOCK: StdClock = StdClock::new();

/// Sleeps, and returns its own length in milliseconds.
async fn nap(millis: u64) -> u64 {
    let start = CLOCK.now();
    CLOCK.sleep(Duration::from_millis(millis)).await;
    assert!(CLOCK.now() - start >= Duration::from_millis(millis), "it was short");
    millis
}

/// In the order of their deadlines, wherever those have not all come: none is early.
#[test]
fn children_that_sleep_end_each_by_its_own_deadline() {
    static SLOTS: WakeSlots<3> = WakeSlots::new();
    let ended = within_two_minutes(|| {
        run(async |_| {
            let mut group = pin!(TaskGroup::<_, 3>::new(&SLOTS));
            for millis in [60, 20, 40] {
                group.as_mut().add(nap(millis)).unwrap();
            }
            let mut ended = Vec::new();
            while let Some((_, millis)) = group.as_mut().next().await {
                ended.push(millis);
            }
            ended.sort_unstable();
            ended
        })
    });
    assert_eq!(ended, Some(vec![20, 40, 60]));
    assert_eq!(SLOTS.free(), 3);
}

#[test]
fn a_thousand_children_sleep_one_after_another_with_slots_on_the_heap() {
    let ended = within_two_minutes(|| {
        run(async |_| {
            let mut group = pin!(TaskGroup::<_, 100, _>::with_home(HeapSlots));
            let mut ended = 0;
            for n in 0..1_000 {
                if group.len() == group.capacity() {
                    group.as_mut().next().await.unwrap();
                    ended += 1;
                }
                group.as_mut().add(nap(n % 7)).unwrap();
            }
            while group.as_mut().next().await.is_some() {
                ended += 1;
            }
            ended
        })
    });
    assert_eq!(ended, Some(1_000));
}

#[test]
fn gathered_children_sleep_as_their_parent_does() {
    let all = within_two_minutes(|| run(async |_| gather((nap(3), nap(1), nap(2))).await));
    assert_eq!(all, Some((3, 1, 2)));
}

/// For looking at, not for judging: `cargo test --release -- --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn what_a_sleep_of_a_child_costs() {
    static SLOTS: WakeSlots<1> = WakeSlots::new();
    let overshoot = |start: time::Instant| start.elapsed().as_micros() - 1_000;
    let median = |mut micros: Vec<u128>| {
        micros.sort_unstable();
        (micros[micros.len() / 2], micros[micros.len() * 99 / 100])
    };
    run(async |_| {
        let (mut direct, mut child) = (Vec::new(), Vec::new());
        let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
        for _ in 0..1_000 {
            let start = time::Instant::now();
            CLOCK.sleep(Duration::from_millis(1)).await;
            direct.push(overshoot(start));
            let start = time::Instant::now();
            group.as_mut().add(CLOCK.sleep(Duration::from_millis(1))).unwrap();
            group.as_mut().next().await;
            child.push(overshoot(start));
        }
        println!(
            "over 1 ms, median and 99 %, in us: direct {:?}, child of a group {:?}",
            median(direct),
            median(child)
        );
    });
}

#[test]
fn a_group_that_its_task_and_another_executor_poll_in_turn_sleeps_under_both() {
    let ended = within_two_minutes(|| {
        run(async |_| {
            let naps = async || nap(2).await + nap(2).await + nap(2).await;
            let inner = async || {
                let mut inner = pin!(TaskGroup::<_, 1, _>::with_home(HeapSlots));
                inner.as_mut().add(naps()).unwrap();
                inner.as_mut().next().await.unwrap().1
            };
            let mut outer = pin!(TaskGroup::<_, 1, _>::with_home(HeapSlots));
            outer.as_mut().add(inner()).unwrap();
            // The inner group has the same parent before and after, the outer has not.
            assert!(poll_once(outer.as_mut().next()).await.is_none());
            block_on(outer.as_mut().next()).unwrap().1
        })
    });
    assert_eq!(ended, Some(6));
}
