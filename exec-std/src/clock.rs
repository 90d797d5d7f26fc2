//! The system's monotonic clock.

use std::sync::LazyLock;
use std::task::Waker;
use std::time;

use tickwire_traits::{Clock, Instant, TimerQueue};

use crate::{run_loop, system};

/// The system's monotonic clock. It starts at zero when the process first reads it.
///
/// [`run`](crate::run) drives the sleeps of `main`, of tasks, and of the children of
/// a `TaskGroup` of `tickwire-sync` in them. All others are driven by one thread of
/// the process, which the first of them starts: sleeps under another executor, in
/// whatever thread, and those of combinators that poll their children with wakers of
/// their own.
///
/// If the system has no thread or no descriptor to give, such a sleep is polled again
/// and again until it is over: it ends in time, but keeps its thread busy.
///
/// A task that ends leaves nothing in the timer queue, however many sleeps it gave up.
/// Children of groups that have ended leave fewer entries than 100 and twice the number
/// of the children that live. Outside of `run` an entry stays until the deadline; there
/// is one per waker.
/// A deadline of [`Instant::MAX`] is not queued.
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
/// A child process that calls [`run`](crate::run), or sleeps under another executor,
/// has a loop and a thread of its own. Sleeps that began before the fork are not
/// woken in it. An [`Fd`](crate::Fd) may be awaited in both. A child that was forked from inside of a run must not go on with
/// that run: end the process by `exec` or `_exit`.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdClock;

static EPOCH: LazyLock<time::Instant> = LazyLock::new(time::Instant::now);

/// Returns the time since the epoch.
pub(crate) fn now() -> Instant {
    let micros = EPOCH.elapsed().as_micros();
    Instant::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}

/// Returns how long it is until `at`; zero if that is over.
pub(crate) fn until(at: Instant) -> time::Duration {
    time::Duration::from_micros(at.as_micros()).saturating_sub(EPOCH.elapsed())
}

impl StdClock {
    /// Creates a handle to the clock.
    pub const fn new() -> Self {
        Self
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
