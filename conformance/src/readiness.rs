//! Sources that can say when a try is worth it.

use core::convert::Infallible;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use embedded_io::ErrorType;
use futures_util::future::join;
use tickwire_traits::{
    Clock, Duration, Interest, PollEvery, Readiness, ReadinessExt, Timer, TimerQueue, yield_now,
};

use crate::helpers::poll_once;
use crate::verdict::expect;
use crate::{Bench, Scratch, Unmet, Verdict, watched};

/// Checks a source of a backend's own; [`run_all`](crate::run_all) has no way to it.
///
/// `raise` makes it ready to be read; `spend` is the try that uses this up. One that
/// loses a wake-up fails when [`PATIENCE`](crate::PATIENCE) is over.
///
/// # Errors
///
/// What the source did that it may not.
pub async fn of<R: Readiness>(
    clock: &impl TimerQueue,
    source: &mut R,
    raise: impl FnMut(),
    spend: impl FnMut(&mut R),
) -> Verdict {
    watched(clock, pin!(unwatched(clock, source, raise, spend))).await
}

/// The smallest source there can be, raised by a task and woken from elsewhere.
pub async fn a_signal_is_never_missed(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    unwatched(&clock, &mut Signal(scratch), || Signal::raise(scratch, bench), |_| ()).await
}

/// What is looked at every period is looked at on time, however often the wait is
/// dropped in between.
pub async fn a_period_goes_on_over_dropped_waits(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let period = Duration::from_millis(4);
    let mut source = PollEvery::new(clock.clone(), period);
    let start = clock.now();
    let mut waits = 0;
    // Each wait is shorter than the period: they end only if it goes on.
    while clock.timeout(period / 4, source.ready(Interest::Read)).await.is_err() {
        waits += 1;
        expect(waits < 10, "a wait that was dropped began its period anew")?;
    }
    expect(clock.now() - start >= period, "a period was short")
}

async fn unwatched<R: Readiness>(
    clock: &impl TimerQueue,
    source: &mut R,
    mut raise: impl FnMut(),
    mut spend: impl FnMut(&mut R),
) -> Verdict {
    let failed = |_| Unmet::Failed("a source that is well reported an error");
    // Ready before the wait, once and many times.
    for times in [1, 100] {
        (0..times).for_each(|_| raise());
        source.ready(Interest::Read).await.map_err(failed)?;
        (0..times).for_each(|_| spend(source));
    }
    // Ready during the wait. Ready is a hint, so the first may be for nothing.
    let mut hints = 0;
    while poll_once(source.ready(Interest::Read)).await.is_ready() {
        spend(source);
        hints += 1;
        expect(hints < 10, "a source that has nothing is ready each time")?;
        yield_now().await;
    }
    for _ in 0..3 {
        let later = async {
            clock.sleep(Duration::from_millis(2)).await;
            raise();
        };
        join(source.ready(Interest::Read), later).await.0.map_err(failed)?;
        spend(source);
    }
    // Ready after a wait that was dropped, and after one with a waker that nobody hears.
    for _ in 0..3 {
        let _ = poll_once(source.ready(Interest::Read)).await;
        let _ = pin!(source.ready(Interest::Read)).poll(&mut Context::from_waker(Waker::noop()));
        raise();
        source.ready(Interest::Read).await.map_err(failed)?;
        spend(source);
    }
    // It wakes who waits now, and not who came first; also one that was polled for
    // nothing in between.
    for _ in 0..3 {
        let mut nobody = Context::from_waker(Waker::noop());
        raise();
        while pin!(source.ready(Interest::Read)).poll(&mut nobody).is_ready() {
            spend(source);
        }
        let later = async {
            for _ in 0..10 {
                yield_now().await;
            }
            clock.sleep(Duration::from_millis(2)).await;
            raise();
        };
        join(source.ready(Interest::Read), later).await.0.map_err(failed)?;
        spend(source);
    }
    Ok(())
}

struct Signal(&'static Scratch);

impl Signal {
    fn raise(scratch: &'static Scratch, bench: &impl Bench) {
        scratch.raised.set(1);
        if let Some(waker) = scratch.waker.take() {
            bench.wake_elsewhere(waker);
        }
    }
}

impl ErrorType for Signal {
    type Error = Infallible;
}

impl Readiness for Signal {
    fn poll_ready(&mut self, _: Interest, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // First the waker: what is raised between the two is not lost.
        self.0.waker.park(cx.waker());
        if self.0.raised.get() == 0 {
            return Poll::Pending;
        }
        self.0.raised.set(0);
        Poll::Ready(Ok(()))
    }
}
