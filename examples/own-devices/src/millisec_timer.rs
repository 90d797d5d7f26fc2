use core::convert::Infallible;
use core::task::{Context, Poll};

use embedded_io::ErrorType;
use tickwire_traits::{Duration, Instant, Interest, Readiness, TimerQueue};

/// A device that is ready some milliseconds after it was set: the tutorial's `MillisecTimer`.
///
/// A program that only has to sleep uses [`Timer::sleep`](tickwire_traits::Timer::sleep).
///
/// ```
/// use tickwire_own_devices::MillisecTimer;
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Clock, Instant, Interest, ReadinessExt};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let mut timer = MillisecTimer::new(sim.clock());
/// timer.set(100);
/// let Ok(()) = sim.run(timer.ready(Interest::Read));
/// assert_eq!(clock.now(), Instant::from_millis(100));
/// ```
#[derive(Debug)]
pub struct MillisecTimer<T> {
    clock: T,
    /// In the device and not in a future: a wait that is dropped does not begin anew.
    due: Instant,
}

impl<T: TimerQueue> MillisecTimer<T> {
    /// Creates a timer that is ready.
    pub fn new(clock: T) -> Self {
        let due = clock.now();
        Self { clock, due }
    }

    /// Makes the timer ready `millis` milliseconds from now.
    pub fn set(&mut self, millis: u64) {
        self.due = self.clock.now() + Duration::from_millis(millis);
    }
}

impl<T> ErrorType for MillisecTimer<T> {
    type Error = Infallible;
}

impl<T: TimerQueue> Readiness for MillisecTimer<T> {
    fn poll_ready(&mut self, _: Interest, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if self.clock.now() >= self.due {
            return Poll::Ready(Ok(()));
        }
        // In each poll: the clock forgets an entry when it wakes, and this poll may be that of
        // another task.
        self.clock.schedule_wake(self.due, cx.waker());
        Poll::Pending
    }
}
