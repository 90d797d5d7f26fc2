//! The system's monotonic clock.

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::task::{Context, Poll, RawWakerVTable, Waker};
use std::{io, ptr, thread, time};

use async_io::Timer;
use tickwire_traits::{Clock, Instant, TimerQueue};
use tickwire_wake_queue::WakeQueue;

/// The system's monotonic clock. Its epoch is the first look at it.
///
/// Sleeps of `main` and of tasks under [`run`](crate::run) are driven by its run
/// loop. All others are driven by a thread of the clock's own, which the first of
/// them starts: those under another executor, in whatever thread, and those of
/// combinators that poll their children with wakers of their own.
///
/// If the system has no thread to give, such a sleep is polled again and again
/// until it is over: it ends in time, but keeps its thread busy.
///
/// A sleep that is dropped leaves its task's entry in the timer queue until it
/// would have been over; there is one a task, however many sleeps it drops.
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

/// The sleepers that no run loop polls.
static SHARED: Mutex<Shared> = Mutex::new(Shared { sleepers: Sleepers::new(), has_thread: false });

thread_local! {
    /// The sleepers of this thread's run loop, while it has one.
    static OWN: RefCell<Option<Own>> = const { RefCell::new(None) };
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
        let own = own(|own| own.polls(waker).then(|| own.sleepers.schedule(at, waker))).flatten();
        let wanted = own.unwrap_or_else(|| shared(|shared| shared.schedule(at, waker)));
        // Nothing is borrowed: a waker may come back here.
        if let Some(wanted) = wanted {
            wanted.wake();
        }
    }
}

#[derive(Debug)]
struct Own {
    sleepers: Sleepers,
    /// The waker with which the run loop polls now, by its pointers.
    polled: Option<(*const (), *const RawWakerVTable)>,
}

impl Own {
    /// Returns whether `waker` is that of whom the run loop polls now.
    ///
    /// One that is not may belong to an executor that holds this thread until it
    /// is woken, and then nobody would look at these sleepers.
    fn polls(&self, waker: &Waker) -> bool {
        self.polled.is_some_and(|(data, vtable)| {
            ptr::eq(data, waker.data()) && ptr::eq(vtable, waker.vtable())
        })
    }
}

#[derive(Debug)]
struct Shared {
    sleepers: Sleepers,
    has_thread: bool,
}

impl Shared {
    /// Returns whom to wake: the driver, or the sleeper if there can be none.
    fn schedule(&mut self, at: Instant, waker: &Waker) -> Option<Waker> {
        self.has_thread = self.has_thread || start_thread().is_ok();
        if !self.has_thread {
            return Some(waker.clone());
        }
        self.sleepers.schedule(at, waker)
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

/// None if there is no run loop, or if the thread ends and drops its tasks.
fn own<T>(f: impl FnOnce(&mut Own) -> T) -> Option<T> {
    OWN.try_with(|own| own.borrow_mut().as_mut().map(f)).ok().flatten()
}

fn shared<T>(f: impl FnOnce(&mut Shared) -> T) -> T {
    f(&mut SHARED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Gives this thread sleepers of its own until it is dropped.
pub(crate) struct OwnSleepers(());

impl OwnSleepers {
    pub(crate) fn new() -> Self {
        OWN.with_borrow_mut(|own| {
            // Looked at first: the outer run, if there is one, keeps its sleepers.
            assert!(own.is_none(), "`run` was called from inside of itself");
            *own = Some(Own { sleepers: Sleepers::new(), polled: None });
        });
        Self(())
    }

    /// Wakes sleepers when they are due. Never resolves.
    pub(crate) async fn drive<T>(&self) -> T {
        drive(|look| own(|own| look(&mut own.sleepers))).await;
        pending().await
    }
}

impl Drop for OwnSleepers {
    fn drop(&mut self) {
        // Early is allowed: who still waits asks again, wherever it is polled.
        let Some(mut left) = OWN.take() else { return };
        while let Some(waker) = left.sleepers.queue.pop(Instant::MAX) {
            waker.wake();
        }
    }
}

/// Notes with which waker the run loop polls now. Never resolves: put it first
/// into an `or` with what is polled.
pub(crate) fn polled_by_run<T>() -> impl Future<Output = T> {
    poll_fn(|cx: &mut Context<'_>| {
        let waker = (cx.waker().data(), ptr::from_ref(cx.waker().vtable()));
        own(|own| own.polled = Some(waker));
        Poll::Pending
    })
}

fn start_thread() -> io::Result<thread::JoinHandle<()>> {
    let driver = || {
        async_io::block_on(drive(|look| {
            shared(|shared| look(&mut shared.sleepers));
            Some(())
        }));
    };
    thread::Builder::new().name("tickwire-clock".into()).spawn(driver)
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
                // One that panics has told so; the sleeps of all others go on.
                let _ = catch_unwind(AssertUnwindSafe(|| due.wake()));
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
