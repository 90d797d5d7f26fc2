//! Wakes from other contexts, and wakers of other executors.

use core::cell::Cell;
use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

use tickwire_sync::TaskGroup;
use tickwire_traits::{Clock, Duration, Instant, Spawn, Timer};

use crate::helpers::{FEW, counted, until};
use crate::verdict::expect;
use crate::{Bench, TASKS, Unmet, Verdict};

pub(crate) async fn a_wake_from_elsewhere_is_heard(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let [polls, ..] = &scratch.polls;
    let _task = bench.spawner().spawn(poll_fn(|cx| {
        scratch.waker.park(cx.waker());
        polls.add();
        Poll::Pending
    }))?;
    expect(until(&clock, || polls.get() >= 1).await, "a task did not begin")?;
    for round in 1..=20 {
        let Some(waker) = scratch.waker.take() else {
            return Err(Unmet::Failed("a task had no waker"));
        };
        bench.wake_elsewhere(waker);
        // After the last wake too: a late one would wake a task of the next check.
        let woken = until(&clock, || polls.get() > round).await;
        expect(woken, "a task woken from elsewhere was not polled")?;
    }
    Ok(())
}

pub(crate) async fn foreign_wakers_sleep(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let polls = [const { Cell::new(0) }; TASKS];
    let nap = async |polls: &Cell<u32>, deadline: Instant| {
        counted(polls, clock.sleep_until(deadline)).await;
        clock.now() >= deadline
    };
    for _round in 0..3 {
        let start = clock.now();
        let mut group = pin!(TaskGroup::<_, TASKS>::new(&bench.scratch().slots));
        // The first child sleeps for longest.
        for (nth, polls) in polls.iter().enumerate() {
            let deadline = start + Duration::from_millis(3 * (TASKS - nth) as u64);
            let added = group.as_mut().add(nap(polls, deadline)).is_ok();
            expect(added, "a dropped group kept its slots")?;
        }
        while let Some((_, in_time)) = group.as_mut().next().await {
            expect(in_time, "a foreign waker did not sleep until its deadline")?;
        }
    }
    let polls = polls.iter().map(Cell::get).max();
    expect(polls <= Some(3 * FEW), "a foreign waker was woken repeatedly")
}

pub(crate) async fn foreign_wakers_are_woken_from_elsewhere(bench: &impl Bench) -> Verdict {
    let child = async || {
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            if polls > 10 {
                return Poll::Ready(());
            }
            bench.wake_elsewhere(cx.waker().clone());
            Poll::Pending
        })
        .await;
    };
    let mut group = pin!(TaskGroup::<_, 2>::new(&bench.scratch().slots));
    for _ in 0..2 {
        let added = group.as_mut().add(child()).is_ok();
        expect(added, "a dropped group kept its slots")?;
    }
    for _ in 0..2 {
        expect(group.as_mut().next().await.is_some(), "a child of a group is missing")?;
    }
    Ok(())
}

pub(crate) async fn wakers_outlive_their_group(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let slots = &bench.scratch().slots;
    for millis in 1..=5 {
        let mut group = pin!(TaskGroup::<_, TASKS>::new(slots));
        for _ in 0..TASKS {
            let added = group.as_mut().add(clock.sleep(Duration::from_millis(millis))).is_ok();
            expect(added, "a dropped group kept its slots")?;
        }
        // The children sleep, and are dropped.
        let ended = clock.timeout(Duration::ZERO, group.as_mut().next()).await;
        expect(ended.is_err() || !clock.resolution().is_zero(), "a foreign waker was woken early")?;
    }
    let polls = Cell::new(0);
    let deadline = clock.now() + Duration::from_millis(20);
    let mut group = pin!(TaskGroup::<_, 1>::new(slots));
    let added = group.as_mut().add(counted(&polls, clock.sleep_until(deadline))).is_ok();
    expect(added, "a dropped group kept its slots")?;
    group.as_mut().next().await;
    expect(clock.now() >= deadline, "a foreign waker was woken early")?;
    expect(polls.get() <= 2 * FEW, "the wakers of dropped children keep waking other tasks")
}
