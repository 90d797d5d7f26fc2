//! Clocks and timer queues.

use core::task::Waker;

use crate::{Duration, Instant};

/// A source of monotonic time.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let start = clock.now();
/// sim.run(clock.sleep(Duration::from_secs(3_600)));
/// assert_eq!(clock.now() - start, Duration::from_secs(3_600)); // Without delay.
/// ```
///
/// # For implementers
///
/// A clock is a handle that is cheap to copy or clone, zero-sized where the machine has
/// one timer.
///
/// # For driver authors
///
/// Take the clock as a value. Call `now()` only where you wait; pass the time to a state
/// machine as an argument.
pub trait Clock {
    /// Returns the current time.
    ///
    /// Never fails, and is never earlier than any instant that this clock
    /// returned before.
    fn now(&self) -> Instant;

    /// Returns how stale `now()` may be: one tick, rounded up.
    ///
    /// A 1 MHz clock reads the same for a whole microsecond, so a wait of "at least" a
    /// span takes one tick more. [`Timer::sleep`](crate::Timer::sleep) adds it. Virtual
    /// time stands still while it is read, so its resolution is zero.
    ///
    /// It describes readings only. A timer that wakes tasks at whole milliseconds does not
    /// make it a millisecond.
    fn resolution(&self) -> Duration {
        Duration::from_micros(1)
    }
}

/// A clock that can wake a task.
///
/// ```
/// use core::future::poll_fn;
/// use core::task::Poll;
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Instant, TimerQueue};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let noon = Instant::from_micros(43_200_000_000);
/// // What `Timer::sleep_until` does:
/// sim.run(poll_fn(|cx| {
///     if clock.now() >= noon {
///         return Poll::Ready(());
///     }
///     clock.schedule_wake(noon, cx.waker());
///     Poll::Pending
/// }));
/// ```
///
/// # For implementers
///
/// Keep one entry per waker, with the earliest `at` requested. That is enough: a woken
/// task polls every future it holds, and each pending future schedules again. So a sleep
/// needs no storage, no pinning and no `Drop`. Waking early or twice is allowed; waking
/// late is a bug. A timer that is early each time makes its tasks spin. A timer with coarse steps wakes at the first step that is not before the
/// deadline. A deadline beyond the timer's range is not due earlier, and
/// [`Instant::MAX`] never.
///
/// Accept any waker, even one from another executor. Document what happens while that
/// executor holds the thread: a timer that is served there cannot wake. Wake outside your
/// lock, and clone and drop wakers outside it: a waker may call back into the queue.
///
/// With an allocator, `WakeQueue` of the crate `tickwire-wake-queue` keeps such entries.
/// Without one, the caller sets the number of entries. It is that of the wakers that sleep at
/// once: one per task, and one per slot of a task group, each with the same identity in every
/// poll. Document what happens beyond it. If a full queue wakes a sleeper early to make room,
/// that task registers again, displaces another, and the processor never sleeps.
///
/// Deadlines are never withdrawn. After an unused timeout the entry stays until it is
/// due, and then wakes its task spuriously. That is the price of sleeps without storage.
///
/// # For driver authors
///
/// Use [`Timer`](crate::Timer), which every `TimerQueue` implements.
pub trait TimerQueue: Clock {
    /// Arranges for `waker` to be woken once `now() >= at`.
    ///
    /// A past `at` wakes it immediately.
    fn schedule_wake(&self, at: Instant, waker: &Waker);
}

impl<T: Clock + ?Sized> Clock for &T {
    fn now(&self) -> Instant {
        T::now(self)
    }

    fn resolution(&self) -> Duration {
        T::resolution(self)
    }
}

impl<T: TimerQueue + ?Sized> TimerQueue for &T {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        T::schedule_wake(self, at, waker);
    }
}
