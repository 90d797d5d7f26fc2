//! Slots for tasks, if their number is limited.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use tickwire_traits::{Duration, Exit, JoinHandle, Spawn, Timer};

use crate::helpers::{FEW, Witness, settle, until};
use crate::scratch::Count;
use crate::spawn::hold;
use crate::verdict::expect;
use crate::{Bench, Scratch, TASKS, Unmet, Verdict};

pub(crate) async fn a_full_pool_refuses_and_recovers(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let Some(slots) = bench.slots() else { return Err(Unmet::Skipped("there is always a slot")) };
    let slots = slots as u32;
    let spawner = bench.spawner();
    for round in 1..=2 {
        scratch.go.clear();
        scratch.dropped.set(0);
        let kept = spawner.spawn(wait(scratch))?;
        for _ in 1..slots {
            spawner.spawn(wait(scratch))?.detach();
        }
        // Twice: a refusal changes nothing.
        for refused in 1..=2 {
            let more = spawner.spawn(wait(scratch));
            expect(more.is_err(), "the pool has more slots than declared")?;
            expect(scratch.dropped.get() == refused, "a refused task was not dropped")?;
        }
        expect(kept.cancel().await == Exit::Cancelled, "a cancelled task completed")?;
        let again = spawner.spawn(wait(scratch));
        expect(again.is_ok(), "a cancelled task did not free its slot")?;
        drop(again);
        let gone = until(&clock, || scratch.dropped.get() == 4).await;
        expect(gone, "dropping a handle did not cancel its task")?;
        spawner.spawn(wait(scratch))?.detach();
        scratch.go.set();
        let gone = until(&clock, || scratch.dropped.get() == 4 + slots).await;
        expect(gone, "the tasks of a full pool did not end")?;
        expect(scratch.done.get() == round * slots, "a task of a full pool did not run")?;
        settle(&clock).await;
    }
    Ok(())
}

pub(crate) async fn slots_are_used_again(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let spawner = bench.spawner();
    for round in 1..=250 {
        let exit = spawner.spawn(count(&scratch.done))?.await;
        expect(exit == Exit::Completed, "a task that returned was cancelled")?;
        let exit = spawner.spawn(hold(&scratch.early, scratch))?.cancel().await;
        expect(exit == Exit::Cancelled, "a cancelled task completed")?;
        drop(spawner.spawn(hold(&scratch.early, scratch))?);
        spawner.spawn(count(&scratch.done))?.detach();
        let ended = || scratch.done.get() == 2 * round && scratch.dropped.get() == 2 * round;
        expect(until(&clock, ended).await, "a task did not end")?;
    }
    Ok(())
}

pub(crate) async fn a_late_wake_of_the_dead_is_harmless(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let first = bench.spawner().spawn(async {
        poll_fn(|cx| {
            scratch.waker.park(cx.waker());
            scratch.done.add();
            Poll::Pending
        })
        .await
    })?;
    expect(until(&clock, || scratch.done.get() == 1).await, "a task did not begin")?;
    first.cancel().await;
    let Some(late) = scratch.waker.take() else {
        return Err(Unmet::Failed("a task had no waker"));
    };
    late.wake_by_ref();
    for next in &scratch.polls {
        bench.spawner().spawn(wait_counted(next, scratch))?.detach();
    }
    let begun = || scratch.polls.iter().all(|polls| polls.get() >= 1);
    let begun = until(&clock, begun).await;
    expect(begun, "the waker of an ended task prevented another from beginning")?;
    late.wake_by_ref();
    clock.sleep(Duration::from_millis(5)).await;
    late.wake();
    scratch.go.set();
    let ended = until(&clock, || scratch.dropped.get() == TASKS as u32).await;
    expect(ended, "the waker of an ended task prevented the wake of another")?;
    let polls = scratch.polls.iter().map(Count::get).max();
    expect(polls <= Some(FEW), "the waker of an ended task keeps waking another")
}

async fn count(done: &'static Count) {
    done.add();
}

/// Returns a future that waits for the release, and counts its end.
fn wait(scratch: &'static Scratch) -> impl Future<Output = ()> + 'static {
    // Not in the body: the future may be dropped before its first poll.
    let witness = Witness(&scratch.dropped);
    async move {
        let _witness = witness;
        scratch.go.wait().await;
        scratch.done.add();
    }
}

async fn wait_counted(polls: &'static Count, scratch: &'static Scratch) {
    let _witness = Witness(&scratch.dropped);
    let mut wait = pin!(scratch.go.wait());
    poll_fn(|cx| {
        polls.add();
        wait.as_mut().poll(cx)
    })
    .await;
}
