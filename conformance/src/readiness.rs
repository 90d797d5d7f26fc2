//! Sources of readiness.

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

/// Checks a source of the backend, which [`run_all`](crate::run_all) cannot reach.
///
/// `raise` makes the source ready to be read, and `spend` consumes that. A source that loses
/// a wake fails when [`PATIENCE`](crate::PATIENCE) is over.
///
/// # Errors
///
/// The promise that the source broke.
///
/// # Cancel safety
///
/// Cancel-safe: it borrows the source, and starts no task. The source may still be ready.
pub async fn of<R: Readiness>(
    clock: &impl TimerQueue,
    source: &mut R,
    raise: impl FnMut(),
    spend: impl FnMut(&mut R),
) -> Verdict {
    watched(clock, pin!(unwatched(clock, source, raise, spend))).await
}

pub(crate) async fn a_signal_is_never_missed(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    unwatched(&clock, &mut Signal(scratch), || Signal::raise(scratch, bench), |_| ()).await
}

pub(crate) async fn a_period_goes_on_over_dropped_waits(bench: &impl Bench) -> Verdict {
    let clock = bench.clock();
    let period = Duration::from_millis(4);
    let mut source = PollEvery::new(clock.clone(), period);
    let start = clock.now();
    let mut waits = 0;
    // Each wait is shorter than the period: they end only if the period continues.
    while clock.timeout(period / 4, source.ready(Interest::Read)).await.is_err() {
        waits += 1;
        expect(waits < 10, "a dropped wait restarted the period")?;
    }
    expect(clock.now() - start >= period, "a period was short")
}

async fn unwatched<R: Readiness>(
    clock: &impl TimerQueue,
    source: &mut R,
    mut raise: impl FnMut(),
    mut spend: impl FnMut(&mut R),
) -> Verdict {
    let failed = |_| Unmet::Failed("an intact source reported an error");
    // Ready before the wait, once and many times.
    for times in [1, 100] {
        (0..times).for_each(|_| raise());
        source.ready(Interest::Read).await.map_err(failed)?;
        (0..times).for_each(|_| spend(source));
    }
    // Ready during the wait. Readiness is a hint, so the first may be spurious.
    let mut hints = 0;
    while poll_once(source.ready(Interest::Read)).await.is_ready() {
        spend(source);
        hints += 1;
        expect(hints < 10, "a source without data is always ready")?;
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
    // Ready after a dropped wait, and after one whose waker does nothing.
    for _ in 0..3 {
        let _ = poll_once(source.ready(Interest::Read)).await;
        let _ = pin!(source.ready(Interest::Read)).poll(&mut Context::from_waker(Waker::noop()));
        raise();
        source.ready(Interest::Read).await.map_err(failed)?;
        spend(source);
    }
    // Wakes the present waiter, not an earlier one, even if the source was polled without
    // success in between.
    for _ in 0..3 {
        let mut unused = Context::from_waker(Waker::noop());
        raise();
        while pin!(source.ready(Interest::Read)).poll(&mut unused).is_ready() {
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
        // First the waker, so that a raise between the two is not lost.
        self.0.waker.park(cx.waker());
        if self.0.raised.get() == 0 {
            return Poll::Pending;
        }
        self.0.raised.set(0);
        Poll::Ready(Ok(()))
    }
}
