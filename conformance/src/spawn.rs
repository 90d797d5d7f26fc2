//! Tasks, and who owns them.

use core::future::{Future, pending, poll_fn};
use core::pin::pin;
use core::task::Poll;

use tickwire_traits::{Duration, Exit, JoinHandle, Spawn, Timer, TimerQueue, yield_now};

use crate::helpers::{Witness, poll_once, settle, until};
use crate::scratch::Count;
use crate::verdict::expect;
use crate::{Bench, Scratch, Verdict};

const NAP: Duration = Duration::from_millis(2);

/// Who awaits a task hears of its end when its future is gone. The waiting may be
/// given up and taken up again.
pub async fn the_end_of_a_task_is_told_after_its_drop(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let mut task = bench.spawner().spawn(nap(clock.clone(), scratch))?;
    let early = clock.timeout(NAP / 2, &mut task).await;
    expect(early != Ok(Exit::Cancelled), "a task that nobody cancelled was cancelled")?;
    if early.is_err() {
        expect(task.await == Exit::Completed, "a task that returned was cancelled")?;
    }
    expect(scratch.done.get() == 1, "the end of a task was told before it")?;
    expect(scratch.dropped.get() == 1, "the end of a task was told before its future was dropped")
}

/// A task is finished when its future is gone, and not before, whether its end was read
/// or not.
pub async fn a_task_is_finished_when_its_future_is_gone(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let mut task = bench.spawner().spawn(nap(clock.clone(), scratch))?;
    expect(!task.is_finished(), "a task was finished that had not begun")?;
    let ends = until(&clock, || task.is_finished()).await;
    expect(ends, "a task that returned is not finished")?;
    expect(scratch.dropped.get() == 1, "a task was finished before its future was dropped")?;
    expect((&mut task).await == Exit::Completed, "a task that returned was cancelled")?;
    expect(task.is_finished(), "a task whose end was read is not finished")
}

/// Whatever a task does when it is cancelled, its future is gone before anyone
/// hears of it.
pub async fn cancel_has_dropped_the_task_when_it_resolves(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let spawner = bench.spawner();
    let mut cancelled = 0;
    let mut is_gone = |exit, what| {
        cancelled += 1;
        expect(exit == Exit::Cancelled, "a task that was cancelled completed")?;
        expect(scratch.dropped.get() == cancelled, what)
    };

    let task = spawner.spawn(hold(&scratch.done, scratch))?;
    is_gone(task.cancel().await, "a task that had not begun was not dropped by cancel")?;

    scratch.done.set(0);
    let task = spawner.spawn(hold(&scratch.done, scratch))?;
    expect(until(&clock, || scratch.done.get() == 1).await, "a task did not begin")?;
    is_gone(task.cancel().await, "a task that waited was not dropped by cancel")?;

    let sleeper = clock.clone();
    let witness = Witness(&scratch.dropped);
    let task = spawner.spawn(async move {
        let _witness = witness;
        sleeper.sleep(NAP).await;
        pending().await
    })?;
    yield_now().await;
    is_gone(task.cancel().await, "a task that slept was not dropped by cancel")?;

    let witness = Witness(&scratch.dropped);
    let task = spawner.spawn(async move {
        let _witness = witness;
        loop {
            yield_now().await;
        }
    })?;
    yield_now().await;
    is_gone(task.cancel().await, "a task that was awake was not dropped by cancel")?;

    scratch.done.set(0);
    let task = spawner.spawn(nap(clock.clone(), scratch))?;
    expect(until(&clock, || scratch.done.get() == 1).await, "a task did not end")?;
    settle(&clock).await;
    expect(task.cancel().await == Exit::Completed, "a task that had returned was cancelled")
}

/// A cancel that was begun, or only called, and then dropped.
pub async fn a_cancel_that_is_dropped_cancels(bench: &impl Bench) -> Verdict {
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
        expect(gone, "a cancel that was dropped did not cancel")?;
    }
    Ok(())
}

/// A handle that goes takes its task along, also one that was awaited.
pub async fn dropping_a_handle_cancels(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    for task in 1..=2 {
        let mut handle = bench.spawner().spawn(hold(&scratch.done, scratch))?;
        expect(until(&clock, || scratch.done.get() == task).await, "a task did not begin")?;
        if task == 2 {
            expect(poll_once(&mut handle).await.is_pending(), "a task that waits has ended")?;
        }
        drop(handle);
        let gone = until(&clock, || scratch.dropped.get() == task).await;
        expect(gone, "dropping its handle did not cancel a task")?;
    }
    Ok(())
}

/// A task without an owner ends by itself.
pub async fn a_detached_task_goes_on(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    bench.spawner().spawn(nap(clock.clone(), scratch))?.detach();
    expect(until(&clock, || scratch.done.get() == 1).await, "detaching a task stopped it")?;
    expect(until(&clock, || scratch.dropped.get() == 1).await, "a detached task was not dropped")
}

/// What a task owns goes with it: other tasks too.
pub async fn a_cancelled_task_takes_its_own_tasks_along(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let spawner = bench.spawner();
    let parent = bench.spawner().spawn(async move {
        let _child = spawner.spawn(hold(&scratch.done, scratch));
        hold(&scratch.done, scratch).await;
    })?;
    expect(until(&clock, || scratch.done.get() == 2).await, "a task's own task did not begin")?;
    parent.cancel().await;
    let gone = until(&clock, || scratch.dropped.get() == 2).await;
    expect(gone, "a task outlived the one that owned it")
}

/// Counts its beginning, and waits for ever.
pub(crate) fn hold(
    begun: &'static Count,
    scratch: &'static Scratch,
) -> impl Future<Output = ()> + 'static {
    // Not in the body: it may be dropped before it begins.
    let witness = Witness(&scratch.dropped);
    async move {
        let _witness = witness;
        begun.add();
        pending().await
    }
}

/// Sleeps, and counts its end. What it holds goes with it, and not when it returns.
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
