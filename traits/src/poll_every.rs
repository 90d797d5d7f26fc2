//! Readiness by polling at a fixed period.

use core::convert::Infallible;
use core::task::{Context, Poll};

use crate::{Duration, Instant, Interest, Readiness, TimerQueue};

/// [`Readiness`] for a source without notification: ready once every `period`.
///
/// A wait lasts one period from its first poll. After a dropped wait, the next one keeps
/// its deadline, and is ready immediately if that is past. Both directions share the
/// period. A zero period would spin, so it becomes one microsecond.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Duration, PollEvery, nb_ready, Interest};
///
/// let sim = Sim::new();
/// let mut tries = 0;
/// let mut ready = PollEvery::new(sim.clock(), Duration::from_millis(10));
/// let value = sim.run(nb_ready(&mut ready, Interest::Read, || {
///     tries += 1;
///     if tries < 4 { Err(nb::Error::WouldBlock) } else { Ok::<_, nb::Error<()>>(7) }
/// }));
/// assert_eq!((value.unwrap(), tries), (7, 4));
/// ```
#[derive(Debug)]
pub struct PollEvery<T> {
    clock: T,
    period: Duration,
    due: Option<Instant>,
}

impl<T> PollEvery<T> {
    /// Creates a source that is ready every `period`.
    pub fn new(clock: T, period: Duration) -> Self {
        Self { clock, period: period.max(Duration::from_micros(1)), due: None }
    }
}

impl<T> embedded_io::ErrorType for PollEvery<T> {
    type Error = Infallible;
}

impl<T: TimerQueue> Readiness for PollEvery<T> {
    fn poll_ready(&mut self, _: Interest, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        let now = self.clock.now();
        let due = *self.due.get_or_insert(now + self.period);
        if now < due {
            self.clock.schedule_wake(due, cx.waker());
            return Poll::Pending;
        }
        self.due = None;
        Poll::Ready(Ok(()))
    }
}
