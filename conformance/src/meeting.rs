//! Code built on tasks and time: timeouts, `select`, groups, locks and queues.

use core::cell::Cell;
use core::future::{pending, ready};
use core::pin::pin;

use futures_util::future::{Either, select};
use tickwire_sync::TaskGroup;
use tickwire_traits::{Clock, Duration, Instant, JoinHandle, Spawn, Timer};

use crate::helpers::{FEW, Witness, counted, until};
use crate::verdict::expect;
use crate::{Bench, TASKS, Unmet, Verdict};

pub(crate) async fn a_timeout_keeps_what_is_ready(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let thrown_away = "a timeout discarded a result that was ready";
    expect(clock.timeout_at(Instant::EPOCH, ready(7)).await == Ok(7), thrown_away)?;
    expect(clock.timeout(Duration::ZERO, ready(7)).await == Ok(7), thrown_away)?;
    // Both at once.
    let deadline = clock.now() + Duration::from_millis(3);
    let both = clock.timeout_at(deadline, clock.sleep_until(deadline)).await;
    expect(both.is_ok(), thrown_away)?;
    // A task that ends while this one does not poll it.
    let scratch = bench.scratch();
    let task = bench.spawner().spawn(async { scratch.go.set() })?;
    task.detach();
    expect(until(&clock, || scratch.go.is_set()).await, "a task did not run")?;
    let waited = clock.timeout_at(Instant::EPOCH, scratch.go.wait()).await;
    expect(waited.is_ok(), thrown_away)?;
    let never = clock.timeout(Duration::from_millis(1), pending::<()>()).await;
    expect(never.is_err(), "a timeout did not end a future that never ends")
}

pub(crate) async fn a_select_drops_its_losers(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let start = clock.now();
    for round in 1..=10 {
        let short = clock.sleep(Duration::from_micros(500));
        let long = clock.sleep(Duration::from_secs(5));
        let first = if round % 2 == 0 {
            matches!(select(short, long).await, Either::Left(_))
        } else {
            matches!(select(long, short).await, Either::Right(_))
        };
        expect(first, "the longer of two sleeps ended first")?;
    }
    expect(clock.now() - start >= Duration::from_millis(5), "a sleep was short")?;
    let polls = Cell::new(0);
    counted(&polls, clock.sleep(Duration::from_millis(5))).await;
    expect(polls.get() <= FEW, "the losers of a select keep waking the task")
}

pub(crate) async fn a_group_cancels_one_child(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let start = clock.now();
    let nap = |millis: u64| {
        // Not in the body: a child may be dropped before its first poll.
        let witness = Witness(&scratch.dropped);
        let clock = &clock;
        async move {
            let _witness = witness;
            clock.sleep_until(start + Duration::from_millis(millis)).await;
            millis
        }
    };
    let mut group = pin!(TaskGroup::<_, 3>::new(&scratch.slots));
    let mut ids = [None; 3];
    for (id, millis) in ids.iter_mut().zip([9, 3, 4_000]) {
        *id = group.as_mut().add(nap(millis)).ok();
    }
    let [Some(_), Some(_), Some(longest)] = ids else {
        return Err(Unmet::Failed("a dropped group kept its slots"));
    };
    // A late task may find both due, and returns them in any order.
    let Some((_, first)) = group.as_mut().next().await else {
        return Err(Unmet::Failed("a child of a group is missing"));
    };
    expect(group.as_mut().cancel(longest), "a child could not be cancelled")?;
    expect(scratch.dropped.get() == 2, "a cancelled child was not dropped")?;
    let last = group.as_mut().next().await.map(|(_, millis)| millis);
    expect(last == Some(12 - first), "the sibling of a cancelled child did not sleep on")?;
    expect(clock.now() >= start + Duration::from_millis(9), "a foreign waker was woken early")?;
    expect(group.is_empty(), "a child of a group has ended twice")
}

pub(crate) async fn a_mutex_is_handed_over_in_line(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let Some(guard) = scratch.lock.try_lock() else {
        return Err(Unmet::Failed("a task that should have ended holds a lock"));
    };
    for (nth, polls) in scratch.polls.iter().enumerate() {
        let busy = clock.clone();
        let task = bench.spawner().spawn(async move {
            polls.add();
            let _guard = scratch.lock.lock().await;
            busy.sleep(Duration::from_micros(300)).await;
            if scratch.lock.try_lock().is_some() {
                scratch.early.add();
            }
            scratch.log.push(nth as u8);
            scratch.done.add();
        })?;
        task.detach();
        // Each task queues before the next begins, whatever the executor's order.
        expect(until(&clock, || polls.get() == 1).await, "a task did not begin")?;
    }
    expect(scratch.done.get() == 0, "two tasks hold one lock")?;
    drop(guard);
    let ended = until(&clock, || scratch.done.get() == TASKS as u32).await;
    expect(ended, "a lock was not granted to its waiter")?;
    expect(scratch.early.get() == 0, "two tasks hold one lock")?;
    expect(scratch.log.is([0, 1, 2, 3]), "a lock was not granted in queue order")
}

pub(crate) async fn a_queue_keeps_order_between_tasks(bench: &impl Bench) -> Verdict {
    let (clock, queue) = (bench.clock(), &bench.scratch().queue);
    let slow = clock.clone();
    let _sender = bench.spawner().spawn(async move {
        for item in 0..40 {
            // The ends wait alternately.
            if item % 8 == 0 {
                slow.sleep(Duration::from_millis(1)).await;
            }
            queue.push(item).await;
        }
    })?;
    for item in 0..40 {
        if item % 10 == 5 {
            clock.sleep(Duration::from_millis(1)).await;
        }
        expect(queue.pop().await == item, "a queue lost an item, or its order")?;
    }
    expect(queue.is_empty(), "a queue contains an item that was not pushed")
}
