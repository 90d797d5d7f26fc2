//! The number and order of polls.

use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;

use tickwire_traits::{Clock, Duration, Exit, JoinHandle, Spawn, Timer, yield_now};

use crate::helpers::{settle, until};
use crate::verdict::expect;
use crate::{Bench, Order, TASKS, Unmet, Verdict};

pub(crate) async fn a_wake_is_one_poll(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let [polls, ..] = &scratch.polls;
    let task = bench.spawner().spawn(poll_fn(|cx| {
        scratch.waker.park(cx.waker());
        polls.add();
        Poll::Pending
    }))?;
    expect(until(&clock, || polls.get() >= 1).await, "a task did not begin")?;
    for round in 1..=20 {
        settle(&clock).await;
        expect(polls.get() == round, "a task was polled more often than it was woken")?;
        let Some(waker) = scratch.waker.take() else {
            return Err(Unmet::Failed("a task had no waker"));
        };
        for _ in 0..round {
            waker.wake_by_ref();
        }
        waker.wake();
        expect(until(&clock, || polls.get() > round).await, "a woken task was not polled")?;
    }
    expect(task.cancel().await == Exit::Cancelled, "a cancelled task completed")
}

pub(crate) async fn a_wake_during_a_poll_counts(bench: &impl Bench) -> Verdict {
    let scratch = bench.scratch();
    let [polls, ..] = &scratch.polls;
    let task = bench.spawner().spawn(async {
        for _ in 0..100 {
            polls.add();
            yield_now().await;
        }
    })?;
    expect(task.await == Exit::Completed, "a task that returned was cancelled")?;
    expect(polls.get() == 100, "a task was not polled once per yield")
}

pub(crate) async fn yielding_tasks_take_turns(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    for polls in &scratch.polls {
        bench
            .spawner()
            .spawn(async {
                for _ in 0..200 {
                    let turn = polls.add();
                    let others = || scratch.polls.iter().map(|polls| polls.get());
                    if others().any(|other| turn.abs_diff(other) > 1) {
                        scratch.early.add();
                    }
                    yield_now().await;
                }
                scratch.done.add();
            })?
            .detach();
    }
    let ended = until(&clock, || scratch.done.get() == TASKS as u32).await;
    expect(ended, "a task that yields did not end")?;
    expect(scratch.early.get() == 0, "one task had two turns while another had none")
}

pub(crate) async fn equals_run_in_the_order_of_waking(bench: &impl Bench) -> Verdict {
    if bench.order() != Order::Fifo {
        return Err(Unmet::Skipped("the order is unspecified"));
    }
    let (clock, scratch) = (bench.clock(), bench.scratch());
    // All tasks have to sleep before the deadline, which a busy machine may delay.
    for attempt in 0..10 {
        scratch.reset();
        let deadline = clock.now() + Duration::from_millis(10 << attempt);
        for task in 0..TASKS as u8 {
            let clock = clock.clone();
            bench
                .spawner()
                .spawn(async move {
                    let mut sleep = clock.sleep_until(deadline);
                    poll_fn(|cx| {
                        if Pin::new(&mut sleep).poll(cx).is_ready() {
                            scratch.early.add();
                        }
                        Poll::Ready(())
                    })
                    .await;
                    sleep.await;
                    scratch.log.push(task);
                    scratch.done.add();
                })?
                .detach();
        }
        let ended = until(&clock, || scratch.done.get() == TASKS as u32).await;
        expect(ended, "a sleeping task was not woken")?;
        if scratch.early.get() == 0 {
            let in_order = scratch.log.is([0, 1, 2, 3]);
            return expect(in_order, "equal deadlines did not wake in the order of registration");
        }
    }
    Err(Unmet::Failed("tasks that were spawned together did not sleep within ten seconds"))
}
