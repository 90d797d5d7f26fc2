//! Wakes at deadlines.

use core::cell::Cell;
use core::future::poll_fn;
use core::mem::replace;
use core::pin::pin;
use core::task::Poll;

use tickwire_sync::TaskGroup;
use tickwire_traits::{Clock, Duration, Instant, JoinHandle, Spawn, Timer, TimerQueue};

use crate::helpers::{FEW, counted, poll_once, until};
use crate::verdict::expect;
use crate::{Bench, TASKS, Unmet, Verdict};

pub(crate) async fn past_deadlines_resolve_at_once(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    for deadline in [Instant::EPOCH, clock.now()] {
        let polled = poll_once(clock.sleep_until(deadline)).await;
        expect(polled.is_ready(), "a past deadline was pending")?;
    }
    let polled = poll_once(clock.sleep(Duration::ZERO)).await;
    expect(polled.is_ready(), "a sleep of zero was pending")?;
    // Tests the queue itself: if it misses a past deadline, the check hangs.
    for ago in [Duration::ZERO, Duration::from_micros(1), Duration::MAX] {
        let mut asked = false;
        poll_fn(|cx| {
            if replace(&mut asked, true) {
                return Poll::Ready(());
            }
            clock.schedule_wake(clock.now() - ago, cx.waker());
            Poll::Pending
        })
        .await;
    }
    Ok(())
}

pub(crate) async fn sleeps_are_never_early(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    for span in spans(clock.resolution()) {
        let start = bench.stopwatch();
        clock.sleep(span).await;
        expect(bench.stopwatch() - start >= span, "a sleep was short")?;
        let deadline = clock.now() + span;
        clock.sleep_until(deadline).await;
        expect(clock.now() >= deadline, "a sleep ended before its deadline")?;
    }
    Ok(())
}

pub(crate) async fn virtual_time_is_exact(bench: &impl Bench) -> Verdict {
    let (clock, step) = (bench.clock(), bench.timer_step());
    if !clock.resolution().is_zero() {
        return Err(Unmet::Skipped("the clock's time is real"));
    }
    let in_time = |deadline| {
        let now = clock.now();
        now == deadline || now > deadline && now - deadline < step
    };
    for span in spans(Duration::ZERO) {
        let deadline = clock.now() + span;
        clock.sleep(span).await;
        expect(in_time(deadline), "virtual time went past a deadline")?;
        let deadline = clock.now() + span;
        let mut group = pin!(TaskGroup::<_, TASKS>::new(&bench.scratch().slots));
        let added = group.as_mut().add(clock.sleep_until(deadline)).is_ok();
        expect(added, "a dropped group kept its slots")?;
        group.as_mut().next().await;
        expect(in_time(deadline), "virtual time went past the deadline of a child")?;
    }
    Ok(())
}

pub(crate) async fn sleeping_tasks_are_not_polled(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let polls = Cell::new(0);
    counted(&polls, clock.sleep(Duration::from_millis(20))).await;
    expect(polls.get() <= FEW, "a sleeping task was polled repeatedly")
}

pub(crate) async fn the_earlier_deadline_counts(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let (soon, late) = (Duration::from_millis(2), Duration::from_secs(3_600));
    let early = clock.timeout(soon, clock.sleep(late)).await;
    expect(early.is_err(), "the later of two deadlines came first")?;
    let early = clock.timeout(late, clock.sleep(soon)).await;
    expect(early.is_ok(), "the later of two deadlines came first")
}

pub(crate) async fn deadlines_that_never_come_do_no_harm(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let far = [u64::MAX, u64::MAX - 1, u64::MAX / 2, u64::MAX / 1_000, 1 << 50, 1 << 40];
    for at in far.map(Instant::from_micros) {
        let polls = Cell::new(0);
        let wait = counted(&polls, clock.sleep_until(at));
        let waited = clock.timeout(Duration::from_millis(2), wait).await;
        expect(waited.is_err(), "a deadline that never comes was reached")?;
        expect(polls.get() <= FEW, "a far deadline causes repeated polls")?;
    }
    Ok(())
}

pub(crate) async fn a_thousand_sleeps_in_one_task(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    for n in 0..1_000 {
        let span = Duration::from_micros(n * 7 % 61);
        let start = bench.stopwatch();
        clock.sleep(span).await;
        expect(bench.stopwatch() - start >= span, "one of a thousand sleeps was short")?;
    }
    Ok(())
}

pub(crate) async fn a_thousand_sleeps_in_four_tasks(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    for task in 0..TASKS as u64 {
        let clock = clock.clone();
        let sleeper = async move {
            for n in 0..250 {
                let span = Duration::from_micros(n * (task + 3) % 97);
                let start = clock.now();
                clock.sleep(span).await;
                if clock.now() - start < span {
                    scratch.early.add();
                }
                scratch.done.add();
            }
        };
        bench.spawner().spawn(sleeper)?.detach();
    }
    expect(until(&clock, || scratch.done.get() == 1_000).await, "a sleeping task was not woken")?;
    expect(scratch.early.get() == 0, "one of a thousand sleeps was short")
}

pub(crate) async fn dropped_sleeps_wake_once_at_most(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    for n in 0..1_000 {
        let polled = poll_once(clock.sleep(Duration::from_millis(2 + n % 30))).await;
        expect(polled.is_pending() || !clock.resolution().is_zero(), "a sleep was short")?;
    }
    let polls = Cell::new(0);
    let start = clock.now();
    counted(&polls, clock.sleep(Duration::from_millis(40))).await;
    expect(clock.now() - start >= Duration::from_millis(40), "a sleep was short")?;
    expect(polls.get() <= FEW, "dropped sleeps keep waking their task")
}

pub(crate) async fn ticks_are_even(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let period = Duration::from_millis(2);
    let mut ticker = clock.ticker(period);
    let mut due = ticker.tick().await.at;
    for _ in 0..10 {
        let tick = ticker.tick().await;
        expect(clock.now() >= tick.at, "a tick came early")?;
        due += Duration::from_micros((1 + tick.missed) * period.as_micros());
        expect(tick.at == due, "a tick is off the grid")?;
    }
    Ok(())
}

fn spans(tick: Duration) -> impl Iterator<Item = Duration> {
    let short = [Duration::ZERO, Duration::from_micros(1), tick, tick * 2, tick * 3];
    short.into_iter().chain([10, 99, 1_000, 4_999, 20_000].map(Duration::from_micros))
}
