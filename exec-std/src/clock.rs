//! The system's monotonic clock.

use std::sync::LazyLock;
use std::task::Waker;
use std::time;

use tickwire_traits::{Clock, Instant, TimerQueue};

use crate::{run_loop, system};

/// The system's monotonic clock (`CLOCK_MONOTONIC` on Linux), in microseconds. It starts
/// at zero when the process first reads it.
///
/// [`run`](crate::run) drives the sleeps of `main`, of tasks, and of children of a
/// `tickwire-sync` `TaskGroup` in either. One helper thread of the process drives all
/// others: sleeps under another executor, and those of combinators that poll their
/// children with wakers of their own. The first such sleep starts the thread.
///
/// If the system has no thread or no descriptor for the helper, such a sleep wakes its
/// task at once, over and over, until the deadline: it ends on time, but keeps its thread
/// busy.
///
/// A task that ends leaves nothing in the timer queue, even if it dropped sleeps before
/// their deadline. Children of groups that have ended leave fewer entries than 100 plus
/// twice the number of live children. Outside `run` each waker has one entry, which stays
/// until its deadline. A deadline of [`Instant::MAX`] is not queued.
///
/// ```
/// use tickwire_exec_std::StdClock;
/// use tickwire_traits::{Duration, Timer};
///
/// // No run loop of ours is needed.
/// futures_lite::future::block_on(StdClock::new().sleep(Duration::from_millis(1)));
/// ```
///
/// # After `fork`
///
/// A child process that calls [`run`](crate::run), or sleeps under another executor, has
/// a loop and a helper thread of its own. It does not wake sleeps that began before the
/// fork. An [`Fd`](crate::Fd) may be awaited in both processes. A child that was forked
/// inside a run must not continue that run: end the child by `exec` or `_exit`.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdClock;

static EPOCH: LazyLock<Epoch> = LazyLock::new(Epoch::now);

/// One moment on two clocks.
struct Epoch {
    nanos: u64,
    std: time::Instant,
}

impl Epoch {
    /// Reads both clocks, several times, and returns the reading that took the least time.
    /// Preemption between the two clocks would leave a permanent offset.
    fn now() -> Self {
        let attempt = || {
            let before = system::nanos();
            let std = time::Instant::now();
            let took = system::nanos().saturating_sub(before);
            (took, Self { nanos: before.saturating_add(took / 2), std })
        };
        let attempts = std::iter::repeat_with(attempt).take(ATTEMPTS);
        attempts.min_by_key(|(took, _)| *took).map_or_else(|| attempt().1, |(_, epoch)| epoch)
    }

    fn elapsed(&self) -> u64 {
        system::nanos().saturating_sub(self.nanos)
    }
}

const ATTEMPTS: usize = 8;
const NANOS_PER_MICRO: u64 = 1_000;

/// Returns the time since the epoch.
pub(crate) fn now() -> Instant {
    Instant::from_micros(EPOCH.elapsed() / NANOS_PER_MICRO)
}

/// Returns the time from now until `at`; zero if `at` has passed.
pub(crate) fn until(at: Instant) -> time::Duration {
    let elapsed = time::Duration::from_nanos(EPOCH.elapsed());
    time::Duration::from_micros(at.as_micros()).saturating_sub(elapsed)
}

impl StdClock {
    /// Creates a handle to the clock.
    pub const fn new() -> Self {
        Self
    }

    /// Returns the time on this clock at `at`; zero if `at` is before the epoch.
    ///
    /// The offset between the two clocks is measured once per process, so conversions keep
    /// differences and order.
    ///
    /// ```
    /// use std::time;
    /// use tickwire_exec_std::StdClock;
    /// use tickwire_traits::Duration;
    ///
    /// let start = time::Instant::now() + time::Duration::from_secs(1);
    /// let end = start + time::Duration::from_millis(20);
    /// let took = StdClock::from_std(end) - StdClock::from_std(start);
    /// assert_eq!(took, Duration::from_millis(20));
    /// ```
    pub fn from_std(at: time::Instant) -> Instant {
        let since = at.saturating_duration_since(EPOCH.std).as_micros();
        Instant::from_micros(u64::try_from(since).unwrap_or(u64::MAX))
    }

    /// Returns the moment at which this clock reads `at`; `None` if the standard library
    /// cannot represent it, as [`Instant::MAX`].
    ///
    /// ```
    /// use tickwire_exec_std::StdClock;
    /// use tickwire_traits::Instant;
    ///
    /// let at = Instant::from_millis(1_500);
    /// assert_eq!(StdClock::to_std(at).map(StdClock::from_std), Some(at));
    /// ```
    pub fn to_std(at: Instant) -> Option<time::Instant> {
        EPOCH.std.checked_add(time::Duration::from_micros(at.as_micros()))
    }

    /// Returns the time on this clock when `CLOCK_MONOTONIC` reads `nanos` nanoseconds;
    /// zero if that is before the epoch.
    ///
    /// The kernel stamps GPIO edges and converter samples with that clock. `StdClock` is the
    /// same clock in microseconds, from another zero. A stamp taken before a call of
    /// [`now`](Clock::now) is never later than the instant that `now` returns.
    ///
    /// ```
    /// use tickwire_exec_std::StdClock;
    /// use tickwire_traits::Instant;
    ///
    /// let epoch = StdClock::to_monotonic_nanos(Instant::EPOCH);
    /// let stamp = epoch + 2_500_000; // From the kernel.
    /// assert_eq!(StdClock::from_monotonic_nanos(stamp), Instant::from_micros(2_500));
    /// ```
    #[cfg(target_os = "linux")]
    pub fn from_monotonic_nanos(nanos: u64) -> Instant {
        Instant::from_micros(nanos.saturating_sub(EPOCH.nanos) / NANOS_PER_MICRO)
    }

    /// Returns the nanoseconds that `CLOCK_MONOTONIC` reads when this clock reads `at`; at
    /// most `u64::MAX`.
    ///
    /// ```
    /// use tickwire_exec_std::StdClock;
    /// use tickwire_traits::Instant;
    ///
    /// let at = Instant::from_millis(30);
    /// let nanos = StdClock::to_monotonic_nanos(at);
    /// assert_eq!(StdClock::from_monotonic_nanos(nanos), at);
    /// ```
    #[cfg(target_os = "linux")]
    pub fn to_monotonic_nanos(at: Instant) -> u64 {
        at.as_micros().saturating_mul(NANOS_PER_MICRO).saturating_add(EPOCH.nanos)
    }
}

impl Clock for StdClock {
    fn now(&self) -> Instant {
        now()
    }
}

impl TimerQueue for StdClock {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        if at <= now() {
            waker.wake_by_ref();
        } else if at < Instant::MAX && !run_loop::schedule(at, waker) {
            system::alarm(at, waker);
        }
    }
}
