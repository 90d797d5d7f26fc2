//! The system's monotonic clock.

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::{LazyLock, Mutex, Once, PoisonError};
use std::task::{Context, Poll, Waker};
use std::{thread, time};

use async_io::Timer;
use tickwire_traits::{Clock, Instant, TimerQueue};
use tickwire_wake_queue::WakeQueue;

/// The system's monotonic clock. Its epoch is the first look at it.
///
/// Sleeps in a thread under [`run`](crate::run) are driven by its run loop. In
/// any other thread, under whatever executor, they are driven by a thread of the
/// clock's own, which the first such sleep starts.
///
/// ```
/// use tickwire_exec_std::StdClock;
/// use tickwire_traits::{Duration, Timer};
///
/// // No run loop of ours is needed.
/// futures_lite::future::block_on(StdClock::new().sleep(Duration::from_millis(1)));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct StdClock;

static EPOCH: LazyLock<time::Instant> = LazyLock::new(time::Instant::now);

/// The sleepers of threads that have no run loop.
static SHARED: Mutex<Sleepers> = Mutex::new(Sleepers::new());

thread_local! {
    /// The sleepers of this thread, while it has a run loop.
    static OWN: RefCell<Option<Sleepers>> = const { RefCell::new(None) };
}

impl StdClock {
    /// Creates a handle to the clock.
    pub const fn new() -> Self {
        Self
    }
}

impl Clock for StdClock {
    fn now(&self) -> Instant {
        let micros = EPOCH.elapsed().as_micros();
        Instant::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

impl TimerQueue for StdClock {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        if at <= self.now() {
            return waker.wake_by_ref();
        }
        let own = OWN.with_borrow_mut(|own| own.as_mut().map(|own| own.schedule(at, waker)));
        let driver = own.unwrap_or_else(|| {
            start_thread();
            shared(|sleepers| sleepers.schedule(at, waker))
        });
        // Nothing is borrowed: a waker may come back here.
        if let Some(driver) = driver {
            driver.wake();
        }
    }
}

#[derive(Debug)]
struct Sleepers {
    queue: WakeQueue,
    /// Wakes the driver, which must learn of an earlier deadline.
    driver: Option<Waker>,
}

impl Sleepers {
    const fn new() -> Self {
        Self { queue: WakeQueue::new(), driver: None }
    }

    /// Returns whom to wake if this is the earliest deadline now.
    fn schedule(&mut self, at: Instant, waker: &Waker) -> Option<Waker> {
        let earliest = self.queue.next_deadline();
        self.queue.schedule(at, waker);
        // It is taken: until the driver has run it needs no second wake-up.
        if earliest.is_none_or(|earliest| at < earliest) { self.driver.take() } else { None }
    }
}

fn shared<T>(f: impl FnOnce(&mut Sleepers) -> T) -> T {
    f(&mut SHARED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Gives this thread sleepers of its own until it is dropped.
pub(crate) struct OwnSleepers(());

impl OwnSleepers {
    pub(crate) fn new() -> Self {
        OWN.with_borrow_mut(|own| {
            // Looked at first: the outer run, if there is one, keeps its sleepers.
            assert!(own.is_none(), "`run` was called from inside of itself");
            *own = Some(Sleepers::new());
        });
        Self(())
    }

    /// Wakes sleepers when they are due. Never resolves.
    pub(crate) async fn drive<T>(&self) -> T {
        drive(|look| OWN.with_borrow_mut(|own| own.as_mut().map(look))).await;
        pending().await
    }
}

impl Drop for OwnSleepers {
    fn drop(&mut self) {
        // Early is allowed: who still waits asks again, wherever it is polled.
        let Some(mut left) = OWN.take() else { return };
        while let Some(waker) = left.queue.pop(Instant::MAX) {
            waker.wake();
        }
    }
}

fn start_thread() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let driver = || {
            async_io::block_on(drive(|look| {
                shared(look);
                Some(())
            }));
        };
        let thread = thread::Builder::new().name("tickwire-clock".into()).spawn(driver);
        thread.expect("the system has no thread left for the clock");
    });
}

/// Wakes who is due, for as long as `with` finds sleepers.
async fn drive(mut with: impl FnMut(&mut dyn FnMut(&mut Sleepers)) -> Option<()>) {
    let mut timer = Timer::never();
    poll_fn(|cx: &mut Context<'_>| {
        loop {
            let now = StdClock.now();
            let mut due = None;
            let mut next = None;
            let there = with(&mut |sleepers| {
                due = sleepers.queue.pop(now);
                next = sleepers.queue.next_deadline();
                sleepers.driver = Some(cx.waker().clone());
            });
            if there.is_none() {
                return Poll::Ready(());
            }
            if let Some(due) = due {
                due.wake();
                continue;
            }
            match next.and_then(instant) {
                Some(at) => timer.set_at(at),
                None => timer = Timer::never(),
            }
            if Pin::new(&mut timer).poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    })
    .await;
}

/// Returns the system's own instant; none if that does not reach so far.
fn instant(at: Instant) -> Option<time::Instant> {
    EPOCH.checked_add(time::Duration::from_micros(at.as_micros()))
}
