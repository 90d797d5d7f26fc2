//! Sleeping, timing out and ticking, on any [`TimerQueue`].

use core::any::type_name;
use core::fmt;
use core::future::{Future, poll_fn};
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::{Duration, Instant, TimerQueue, waits_for};

/// Sleeping, timing out and ticking. Every [`TimerQueue`] has it.
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
/// Nothing to do: every [`TimerQueue`] has it.
///
/// # For driver authors
///
/// Compute deadlines, and sleep until them: a span that is measured again after
/// each cancelled wait never ends.
pub trait Timer: TimerQueue {
    /// Waits until `now() >= deadline`. A past deadline resolves at once.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: dropping the future does nothing, except that its task may
    /// be woken once for no reason.
    fn sleep_until(&self, deadline: Instant) -> SleepUntil<'_, Self> {
        SleepUntil { clock: self, deadline }
    }

    /// Waits for at least `span`, counted from this call, not the first poll.
    ///
    /// One tick of the clock is added, because the present one may be nearly
    /// over ([`Clock::resolution`](crate::Clock::resolution)); in virtual time
    /// that is nothing. A `span` of zero resolves at once.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, but the next call starts the span anew.
    fn sleep(&self, span: Duration) -> SleepUntil<'_, Self> {
        let now = self.now();
        let tick = if span.is_zero() { Duration::ZERO } else { self.resolution() };
        self.sleep_until(now + (span + tick))
    }

    /// Waits for `future` for at most `span`, counted from this call.
    ///
    /// `future` is polled first: a result that is ready is never thrown away. A late
    /// task may poll it only once before time is up. Work that needs several polls,
    /// such as a transfer in steps, needs as many limits, one after another: a driver
    /// must not report a device as stuck because its task was late.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] when time ran out. `future` goes with the timeout, and may be made
    /// again.
    ///
    /// # Cancel safety
    ///
    /// That of `future`.
    fn timeout<F: Future>(&self, span: Duration, future: F) -> Timeout<'_, Self, F> {
        Timeout { future, deadline: self.sleep(span) }
    }

    /// Waits for `future` until `deadline` at most.
    ///
    /// `future` is polled first, once even if `deadline` is past: a result that
    /// is ready is never thrown away.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] when time ran out. `future` goes with the timeout, and may be made
    /// again.
    ///
    /// # Cancel safety
    ///
    /// That of `future`.
    fn timeout_at<F: Future>(&self, deadline: Instant, future: F) -> Timeout<'_, Self, F> {
        Timeout { future, deadline: self.sleep_until(deadline) }
    }

    /// Starts a ticker whose first tick is `period` from now.
    ///
    /// A `period` of zero is taken as one microsecond.
    fn ticker(&self, period: Duration) -> Ticker<'_, Self> {
        let period = period.max(Duration::from_micros(1));
        Ticker { clock: self, period, next: self.now() + period, has_waited: false }
    }
}

impl<T: TimerQueue + ?Sized> Timer for T {}

/// Future of [`Timer::sleep_until`] and [`Timer::sleep`].
///
/// It is `Unpin`, needs no `Drop`, and may be polled by any waker at any time.
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
            // One that never comes is no reason to wait, and hides the one that is.
            waits_for(|| Deadline(self.deadline, type_name::<T>()));
        }
        Poll::Pending
    }
}

/// What a sleep waits for: a time, by a type of clock.
struct Deadline(Instant, &'static str);

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} by a `{}`", self.0, self.1)
    }
}

pin_project! {
    /// Future of [`Timer::timeout`] and [`Timer::timeout_at`].
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

/// Even ticks, without drift. Made by [`Timer::ticker`].
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
///     let tick = ticker.tick().await; // The one of 400 ms, at once.
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
    /// The tick to come has been waited for. On a 32-bit machine it lies in padding.
    has_waited: bool,
}

/// One tick of a [`Ticker`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Tick {
    /// When the tick was due: the ticker's start and a whole number of periods.
    pub at: Instant,
    /// How many earlier ticks went by since the last one returned, unseen.
    pub missed: u64,
}

impl<T: TimerQueue + ?Sized> Ticker<'_, T> {
    /// Waits for the next tick.
    ///
    /// If called late, it returns the most recent due tick, with the number of ticks
    /// missed; the grid stays where it was. Other tasks have their turn before: each
    /// tick is pending once at least, so that a loop which takes longer than its
    /// period does not hold the thread forever.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a tick is spent only by resolving.
    pub async fn tick(&mut self) -> Tick {
        poll_fn(|cx| {
            let is_due = self.clock.now() >= self.next;
            // A call that is dropped and made again has waited too.
            if is_due && mem::take(&mut self.has_waited) {
                return Poll::Ready(());
            }
            self.has_waited = true;
            // Also if it is due: the clock then wakes at once.
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

/// Returns quotient and remainder; a divisor of zero gives zero and all of `rest`.
///
/// The compiler's own division of 64 bits is some 600 bytes on a core that has no
/// divider, for every firmware with a ticker in it, and can panic. This one takes no
/// step while the quotient is zero, which is what a ticker in time sees.
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

/// Time ran out. Returned by [`Timer::timeout`].
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
