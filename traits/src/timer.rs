//! Sleeps, timeouts and tickers on any [`TimerQueue`].

use core::any::type_name;
use core::fmt;
use core::future::{Future, poll_fn};
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::{Duration, Instant, TimerQueue, waits_for};

/// Sleeps, timeouts and tickers. Every [`TimerQueue`] implements it.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Duration, Elapsed, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// sim.run(async {
///     clock.sleep(Duration::from_millis(20)).await;
///     assert_eq!(clock.now(), Instant::from_millis(20));
///
///     let nothing = core::future::pending::<()>();
///     assert_eq!(clock.timeout(Duration::from_secs(1), nothing).await, Err(Elapsed));
///     assert_eq!(clock.now(), Instant::from_millis(1_020));
/// });
/// ```
///
/// # For implementers
///
/// Nothing to do: every [`TimerQueue`] implements it.
///
/// # For driver authors
///
/// Compute a deadline and sleep until it: a span restarted after each cancelled wait never
/// ends.
pub trait Timer: TimerQueue {
    /// Waits until `now() >= deadline`. A past deadline resolves immediately.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: dropping the future has no effect, except that its task may be woken
    /// once spuriously.
    fn sleep_until(&self, deadline: Instant) -> SleepUntil<'_, Self> {
        SleepUntil { clock: self, deadline }
    }

    /// Waits for at least `span`, counted from this call, not from the first poll.
    ///
    /// The wait includes one additional tick, because the current one may be nearly over
    /// ([`Clock::resolution`](crate::Clock::resolution)); in virtual time that is zero. A
    /// zero `span` resolves immediately.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, but the next call restarts the span.
    fn sleep(&self, span: Duration) -> SleepUntil<'_, Self> {
        let now = self.now();
        let tick = if span.is_zero() { Duration::ZERO } else { self.resolution() };
        self.sleep_until(now + (span + tick))
    }

    /// Waits for `future` for at most `span`, counted from this call.
    ///
    /// `future` is polled first: a ready result is never discarded. A late task may poll
    /// it only once before the deadline. Work that needs several polls, such as a
    /// transfer in steps, needs one limit per step: a driver must not report a device as
    /// stuck because its task was late.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] if time ran out. The timeout drops `future`; the work may be started
    /// again.
    ///
    /// # Cancel safety
    ///
    /// The same as that of `future`.
    fn timeout<F: Future>(&self, span: Duration, future: F) -> Timeout<'_, Self, F> {
        Timeout { future, deadline: self.sleep(span) }
    }

    /// Waits for `future` until `deadline` at most.
    ///
    /// `future` is polled first, once even if `deadline` is past: a ready result is never
    /// discarded.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] if time ran out. The timeout drops `future`; the work may be started
    /// again.
    ///
    /// # Cancel safety
    ///
    /// The same as that of `future`.
    fn timeout_at<F: Future>(&self, deadline: Instant, future: F) -> Timeout<'_, Self, F> {
        Timeout { future, deadline: self.sleep_until(deadline) }
    }

    /// Starts a ticker whose first tick is `period` from now.
    ///
    /// A zero `period` becomes one microsecond.
    fn ticker(&self, period: Duration) -> Ticker<'_, Self> {
        let period = period.max(Duration::from_micros(1));
        Ticker { clock: self, period, next: self.now() + period, has_waited: false }
    }
}

impl<T: TimerQueue + ?Sized> Timer for T {}

/// The future of [`Timer::sleep_until`] and [`Timer::sleep`].
///
/// It is `Unpin`, needs no `Drop`, and may be polled with any waker at any time.
///
/// ```
/// use tickwire_sim::{Sim, SimClock};
/// use tickwire_traits::{Clock, Duration, Instant, SleepUntil, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let mut nap: SleepUntil<'_, SimClock> = clock.sleep(Duration::from_millis(3));
/// sim.run(&mut nap);
/// assert_eq!(clock.now(), Instant::from_millis(3));
/// ```
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct SleepUntil<'a, T: ?Sized> {
    clock: &'a T,
    deadline: Instant,
}

impl<T: TimerQueue + ?Sized> Future for SleepUntil<'_, T> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.clock.now() >= self.deadline {
            return Poll::Ready(());
        }
        self.clock.schedule_wake(self.deadline, cx.waker());
        if self.deadline != Instant::MAX {
            // A deadline that never comes is not a reason to wait, and would hide the
            // real one.
            waits_for(|| Deadline(self.deadline, type_name::<T>()));
        }
        Poll::Pending
    }
}

/// The reason for a sleep: a deadline, and the clock's type.
struct Deadline(Instant, &'static str);

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} by a `{}`", self.0, self.1)
    }
}

pin_project! {
    /// The future of [`Timer::timeout`] and [`Timer::timeout_at`].
    ///
    /// ```
    /// use tickwire_sim::Sim;
    /// use tickwire_traits::{Duration, Elapsed, Timer};
    ///
    /// let sim = Sim::new();
    /// let clock = sim.clock();
    /// let late = clock.timeout(Duration::from_millis(5), clock.sleep(Duration::from_millis(9)));
    /// assert_eq!(sim.run(late), Err(Elapsed));
    /// ```
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Timeout<'a, T: ?Sized, F> {
        #[pin]
        future: F,
        deadline: SleepUntil<'a, T>,
    }
}

impl<T: TimerQueue + ?Sized, F: Future> Future for Timeout<'_, T, F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        Pin::new(this.deadline).poll(cx).map(|()| Err(Elapsed))
    }
}

/// A ticker without drift. Returned by [`Timer::ticker`].
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// sim.run(async {
///     let mut ticker = clock.ticker(Duration::from_millis(100));
///     assert_eq!(ticker.tick().await.missed, 0);
///     clock.sleep(Duration::from_millis(350)).await; // Busy until 450 ms.
///     let tick = ticker.tick().await; // The tick of 400 ms, immediately.
///     assert_eq!((tick.at, tick.missed), (Instant::from_millis(400), 2));
///     ticker.tick().await; // Still on the grid.
///     assert_eq!(clock.now(), Instant::from_millis(500));
/// });
/// ```
#[derive(Debug)]
pub struct Ticker<'a, T: ?Sized> {
    clock: &'a T,
    period: Duration,
    next: Instant,
    /// Whether the next tick has been waited for. On 32-bit machines the flag uses
    /// padding.
    has_waited: bool,
}

/// One tick of a [`Ticker`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Tick {
    /// When the tick was due: the ticker's start plus a whole number of periods.
    pub at: Instant,
    /// The number of due ticks skipped since the previously returned one.
    pub missed: u64,
}

impl<T: TimerQueue + ?Sized> Ticker<'_, T> {
    /// Waits for the next tick.
    ///
    /// If called late, returns the most recent due tick, with the number of ticks missed;
    /// the grid does not shift. Every tick is pending at least once, so that a loop
    /// slower than its period does not starve other tasks.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a tick is consumed only in the poll that returns it.
    pub async fn tick(&mut self) -> Tick {
        poll_fn(|cx| {
            let is_due = self.clock.now() >= self.next;
            // A call that was dropped and repeated has waited too.
            if is_due && mem::take(&mut self.has_waited) {
                return Poll::Ready(());
            }
            self.has_waited = true;
            // Even if the tick is due: the clock then wakes the task immediately.
            self.clock.schedule_wake(self.next, cx.waker());
            Poll::Pending
        })
        .await;
        let late = self.clock.now() - self.next;
        let (missed, rest) = divide(late.as_micros(), self.period.as_micros());
        let at = self.next + (late - Duration::from_micros(rest));
        self.next = at + self.period;
        Tick { at, missed }
    }
}

/// Returns quotient and remainder. A zero divisor returns zero and all of `rest`.
///
/// The compiler's 64-bit division takes some 600 bytes on a core without a divider, in
/// every firmware with a ticker, and can panic. This loop takes no step while the
/// quotient is zero, as it is for a punctual ticker.
fn divide(mut rest: u64, divisor: u64) -> (u64, u64) {
    let mut quotient = 0;
    if rest >= divisor && divisor != 0 {
        for shift in (0..=divisor.leading_zeros()).rev() {
            let part = divisor << shift;
            if part <= rest {
                rest -= part;
                quotient |= 1 << shift;
            }
        }
    }
    (quotient, rest)
}

/// The error of a timeout: time ran out. Returned by [`Timer::timeout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("time ran out")
    }
}

impl core::error::Error for Elapsed {}

#[cfg(test)]
mod tests {
    use super::divide;

    #[test]
    fn division_is_that_of_the_compiler() {
        let ends = |n: u64| [n.wrapping_sub(1), n, n.wrapping_add(1)];
        let all = || (0..64).flat_map(|bit| ends(1 << bit)).chain([0, 7, 1_000_003]);
        for rest in all() {
            for divisor in all().filter(|divisor| *divisor != 0) {
                let expected = (rest / divisor, rest % divisor);
                assert_eq!(divide(rest, divisor), expected, "{rest} by {divisor}");
            }
            assert_eq!(divide(rest, 0), (0, rest));
        }
    }
}
