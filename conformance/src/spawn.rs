//! Tasks, and the owners of tasks.

use core::future::{Future, pending, poll_fn};
use core::pin::pin;
use core::task::Poll;

use tickwire_traits::{Duration, Exit, JoinHandle, Spawn, Timer, TimerQueue, yield_now};

use crate::helpers::{Witness, poll_once, settle, until};
use crate::scratch::Count;
use crate::verdict::expect;
use crate::{Bench, Scratch, Verdict};

const NAP: Duration = Duration::from_millis(2);

pub(crate) async fn the_end_of_a_task_is_reported_after_its_drop(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let mut task = bench.spawner().spawn(nap(clock.clone(), scratch))?;
    let early = clock.timeout(NAP / 2, &mut task).await;
    expect(early != Ok(Exit::Cancelled), "a task was cancelled without a request")?;
    if early.is_err() {
        expect(task.await == Exit::Completed, "a task that returned was cancelled")?;
    }
    expect(scratch.done.get() == 1, "the end of a task was reported before it ended")?;
    expect(
        scratch.dropped.get() == 1,
        "the end of a task was reported before its future was dropped",
    )
}

pub(crate) async fn a_task_is_finished_when_its_future_is_gone(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let mut task = bench.spawner().spawn(nap(clock.clone(), scratch))?;
    expect(!task.is_finished(), "a task that had not begun was finished")?;
    let ends = until(&clock, || task.is_finished()).await;
    expect(ends, "a task that returned is not finished")?;
    expect(scratch.dropped.get() == 1, "a task was finished before its future was dropped")?;
    let other = bench.spawner().spawn(pending())?;
    expect(task.is_finished(), "an exit that was not read was lost to another task")?;
    other.cancel().await;
    expect((&mut task).await == Exit::Completed, "a task that returned was cancelled")?;
    expect(task.is_finished(), "a task whose exit was read is not finished")
}

pub(crate) async fn cancel_has_dropped_the_task_when_it_resolves(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let spawner = bench.spawner();
    let mut cancelled = 0;
    let mut is_gone = |exit, what| {
        cancelled += 1;
        expect(exit == Exit::Cancelled, "a cancelled task completed")?;
        expect(scratch.dropped.get() == cancelled, what)
    };

    let task = spawner.spawn(hold(&scratch.done, scratch))?;
    is_gone(task.cancel().await, "cancel did not drop a task that had not begun")?;

    scratch.done.set(0);
    let task = spawner.spawn(hold(&scratch.done, scratch))?;
    expect(until(&clock, || scratch.done.get() == 1).await, "a task did not begin")?;
    is_gone(task.cancel().await, "cancel did not drop a waiting task")?;

    let sleeper = clock.clone();
    let witness = Witness(&scratch.dropped);
    let task = spawner.spawn(async move {
        let _witness = witness;
        sleeper.sleep(NAP).await;
        pending().await
    })?;
    yield_now().await;
    is_gone(task.cancel().await, "cancel did not drop a sleeping task")?;

    let witness = Witness(&scratch.dropped);
    let task = spawner.spawn(async move {
        let _witness = witness;
        loop {
            yield_now().await;
        }
    })?;
    yield_now().await;
    is_gone(task.cancel().await, "cancel did not drop a task that was awake")?;

    scratch.done.set(0);
    let task = spawner.spawn(nap(clock.clone(), scratch))?;
    expect(until(&clock, || scratch.done.get() == 1).await, "a task did not end")?;
    settle(&clock).await;
    expect(task.cancel().await == Exit::Completed, "a task that had returned was cancelled")
}

pub(crate) async fn a_cancel_that_is_dropped_cancels(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    for polls in [0, 1] {
        let (begun, dropped) = (polls + 1, polls + 1);
        let task = bench.spawner().spawn(hold(&scratch.done, scratch))?;
        expect(until(&clock, || scratch.done.get() == begun).await, "a task did not begin")?;
        {
            let mut cancel = pin!(task.cancel());
            for _ in 0..polls {
                let _ = poll_once(&mut cancel).await;
            }
        }
        let gone = until(&clock, || scratch.dropped.get() == dropped).await;
        expect(gone, "a dropped cancel did not cancel")?;
    }
    Ok(())
}

pub(crate) async fn dropping_a_handle_cancels(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    for task in 1..=2 {
        let mut handle = bench.spawner().spawn(hold(&scratch.done, scratch))?;
        expect(until(&clock, || scratch.done.get() == task).await, "a task did not begin")?;
        if task == 2 {
            expect(poll_once(&mut handle).await.is_pending(), "a waiting task has ended")?;
        }
        drop(handle);
        let gone = until(&clock, || scratch.dropped.get() == task).await;
        expect(gone, "dropping a handle did not cancel its task")?;
    }
    Ok(())
}

pub(crate) async fn a_detached_task_goes_on(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    bench.spawner().spawn(nap(clock.clone(), scratch))?.detach();
    expect(until(&clock, || scratch.done.get() == 1).await, "detaching a task stopped it")?;
    expect(until(&clock, || scratch.dropped.get() == 1).await, "a detached task was not dropped")
}

pub(crate) async fn a_cancelled_task_takes_its_own_tasks_along(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let spawner = bench.spawner();
    let parent = bench.spawner().spawn(async move {
        let _child = spawner.spawn(hold(&scratch.done, scratch));
        hold(&scratch.done, scratch).await;
    })?;
    expect(until(&clock, || scratch.done.get() == 2).await, "a task's own task did not begin")?;
    parent.cancel().await;
    let gone = until(&clock, || scratch.dropped.get() == 2).await;
    expect(gone, "a task outlived its owner")
}

/// Returns a future that counts its beginning, and waits forever.
pub(crate) fn hold(
    begun: &'static Count,
    scratch: &'static Scratch,
) -> impl Future<Output = ()> + 'static {
    // Not in the body: the future may be dropped before its first poll.
    let witness = Witness(&scratch.dropped);
    async move {
        let _witness = witness;
        begun.add();
        pending().await
    }
}

/// Returns a future that sleeps and counts its end. Its witness drops with the future.
fn nap<C: TimerQueue + 'static>(
    clock: C,
    scratch: &'static Scratch,
) -> impl Future<Output = ()> + 'static {
    let witness = Witness(&scratch.dropped);
    let deadline = clock.now() + NAP;
    poll_fn(move |cx| {
        let _held = &witness;
        if clock.now() < deadline {
            clock.schedule_wake(deadline, cx.waker());
            return Poll::Pending;
        }
        scratch.done.add();
        Poll::Ready(())
    })
}
