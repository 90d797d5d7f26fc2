//! Data that one task at a time may use.
//!
//! PERMIT, on which the `unsafe` in this file rests: there is one permit for the
//! data, and whoever refers to what is in `data` holds it.

use core::cell::UnsafeCell;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::kernel::raw::RawMutex;
use crate::kernel::turn::{HasTurn, Take, Turn};
use crate::kernel::wait_queue::{Monitor, Waiter};

/// Data that one task at a time may use; the others wait in line.
///
/// The lock goes to who waits longest, by name: a task that unlocks and locks
/// again comes after those in line. While it is taken, nobody in line is polled.
///
/// [`lock`](Self::lock) takes a closure, in which nothing can be awaited. So
/// nobody is ever dropped halfway through a change, and the lock is never held
/// for longer than a computation takes. To use a bus that several tasks share one
/// has to hold it across awaits. What tokio and embassy call `lock().await`, which
/// returns a guard, has a long name here, because one has to think about it:
/// [`lock_assuming_cancel_safe`](Self::lock_assuming_cancel_safe).
///
/// There is no poison: where a closure panics and that is caught, the next finds
/// the data as they were left.
///
/// The tutorial's `Lock`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{Mutex, NoopRawMutex};
///
/// let readings = Mutex::<NoopRawMutex, _>::new([0u16; 4]);
/// let mean = Sim::new().run(async {
///     readings.lock(|all| all[2] = 84).await;
///     readings.lock(|all| all.iter().sum::<u16>() / 4).await
/// });
/// assert_eq!(mean, 21);
/// ```
#[doc(alias = "Lock")]
pub struct Mutex<R, T> {
    monitor: Monitor<R, Guarded<T>>,
}

/// Data, and whose turn it is to use them.
struct Guarded<T> {
    turn: Turn,
    data: UnsafeCell<T>,
}

impl<R: RawMutex, T> Mutex<R, T> {
    /// Creates an unlocked mutex around `data`.
    pub const fn new(data: T) -> Self {
        Self {
            monitor: Monitor::new(Guarded { turn: Turn::new(true), data: UnsafeCell::new(data) }),
        }
    }

    /// Returns the data: nobody else has the mutex.
    pub fn into_inner(self) -> T {
        self.monitor.into_inner().data.into_inner()
    }

    /// Waits for the lock, and runs `f` with it.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: `f` runs whole in the poll that resolves, or never. Who is
    /// dropped leaves the line; the lock that it was handed goes to the next.
    #[inline]
    pub fn lock<U>(&self, f: impl FnOnce(&mut T) -> U) -> impl Future<Output = U> {
        LockWith { guard: self.acquire(), f: Some(f) }
    }

    /// Runs `f` and returns what it does; `None` if somebody has the lock or waits for
    /// it.
    ///
    /// May be called from an interrupt, with the raw mutex for it.
    #[inline]
    pub fn try_lock<U>(&self, f: impl FnOnce(&mut T) -> U) -> Option<U> {
        self.try_lock_assuming_cancel_safe().map(|mut guard| f(&mut guard))
    }

    /// Waits for the lock, to be kept across awaits.
    ///
    /// The guard may be dropped at any of them, with the future that holds it. The
    /// data then have to be fit for the next to use: a bus or a port whose own
    /// operations are cancel-safe is, a list that is half re-sorted is not.
    ///
    /// ```
    /// use futures_util::future::join;
    /// use tickwire_sim::Sim;
    /// use tickwire_sync::{Mutex, NoopRawMutex};
    /// use tickwire_traits::{Duration, Timer};
    ///
    /// let sim = Sim::new();
    /// let clock = sim.clock();
    /// let bus = Mutex::<NoopRawMutex, _>::new(Vec::new());
    /// let transfers = async |name| {
    ///     for number in [1, 2] {
    ///         let mut bus = bus.lock_assuming_cancel_safe().await;
    ///         clock.sleep(Duration::from_millis(3)).await; // A transfer.
    ///         bus.push((name, number));
    ///     }
    /// };
    /// sim.run(join(transfers("sensor"), transfers("display")));
    /// let order = [("sensor", 1), ("display", 1), ("sensor", 2), ("display", 2)];
    /// assert_eq!(bus.into_inner(), order); // In turn, and never two at once.
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: who is dropped leaves the line; the lock that it was handed
    /// goes to the next. What you do with the guard is yours to judge.
    #[doc(alias = "lock_guard")]
    #[doc(alias = "acquire")]
    #[inline]
    pub fn lock_assuming_cancel_safe(&self) -> impl Future<Output = MutexGuard<'_, R, T>> {
        self.acquire()
    }

    /// Returns the guard; `None` if somebody has the lock or waits for it.
    ///
    /// May be called from an interrupt, with the raw mutex for it.
    #[inline]
    pub fn try_lock_assuming_cancel_safe(&self) -> Option<MutexGuard<'_, R, T>> {
        let free = self.monitor.lock(|inside| inside.state.turn.try_take());
        free.then(|| MutexGuard::new(&self.monitor))
    }

    /// Returns the data: nobody else refers to the mutex.
    pub fn get_mut(&mut self) -> &mut T {
        self.monitor.get_mut().data.get_mut()
    }

    #[inline(always)]
    fn acquire(&self) -> Locking<'_, R, T> {
        Locking { waiter: Waiter::new(&self.monitor, Take) }
    }
}

/// The lock of a [`Mutex`], given back when this is dropped.
///
/// Made by [`Mutex::lock_assuming_cancel_safe`].
///
/// ```
/// use tickwire_sync::{Mutex, MutexGuard, NoopRawMutex};
///
/// fn brighten(mut level: MutexGuard<'_, NoopRawMutex, u8>) {
///     *level += 10;
/// }
///
/// let mut lamp = Mutex::new(5);
/// brighten(lamp.try_lock_assuming_cancel_safe().unwrap());
/// assert_eq!(*lamp.get_mut(), 15);
/// ```
///
/// Forgetting it leaves the mutex locked for ever.
#[must_use = "the lock is given back at once"]
pub struct MutexGuard<'a, R: RawMutex, T> {
    mutex: &'a Monitor<R, Guarded<T>>,
    /// May be seen or sent where a `&mut T` may.
    _data: PhantomData<&'a mut T>,
}

impl<'a, R: RawMutex, T> MutexGuard<'a, R, T> {
    /// For who has just got the permit.
    #[inline(always)]
    fn new(mutex: &'a Monitor<R, Guarded<T>>) -> Self {
        Self { mutex, _data: PhantomData }
    }
}

impl<'a, R: RawMutex, T> MutexGuard<'a, R, T> {
    /// Returns what to lock again after this is dropped.
    pub(crate) fn lockable(&self) -> Lockable<'a, R, T> {
        Lockable(self.mutex)
    }
}

/// A mutex whose guard was given up for a while.
pub(crate) struct Lockable<'a, R, T>(&'a Monitor<R, Guarded<T>>);

impl<'a, R: RawMutex, T> Lockable<'a, R, T> {
    pub(crate) fn lock(self) -> impl Future<Output = MutexGuard<'a, R, T>> {
        Locking { waiter: Waiter::new(self.0, Take) }
    }
}

impl<R: RawMutex, T> Deref for MutexGuard<'_, R, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: this holds the permit, and is borrowed: PERMIT.
        unsafe { &*self.mutex.state_unlocked().data.get() }
    }
}

impl<R: RawMutex, T> DerefMut for MutexGuard<'_, R, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this holds the permit, and is borrowed by one: PERMIT.
        unsafe { &mut *self.mutex.state_unlocked().data.get() }
    }
}

impl<R: RawMutex, T> Drop for MutexGuard<'_, R, T> {
    #[inline(always)]
    fn drop(&mut self) {
        let next = self.mutex.lock(|inside| inside.state.turn.give(inside.line::<Take>()));
        if let Some(next) = next {
            next.wake();
        }
    }
}

impl<T> HasTurn for Guarded<T> {
    const WAITS_FOR: &'static str = "the lock of a `Mutex`";

    #[inline(always)]
    fn turn(&self) -> &Turn {
        &self.turn
    }
}

pin_project! {
    struct Locking<'a, R: RawMutex, T> {
        #[pin]
        waiter: Waiter<'a, R, Guarded<T>, Take>,
    }
}

impl<'a, R: RawMutex, T> Future for Locking<'a, R, T> {
    type Output = MutexGuard<'a, R, T>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mutex = this.waiter.monitor();
        this.waiter.poll(cx).map(|()| MutexGuard::new(mutex))
    }
}

pin_project! {
    struct LockWith<'a, R: RawMutex, T, F> {
        #[pin]
        guard: Locking<'a, R, T>,
        f: Option<F>,
    }
}

impl<R: RawMutex, T, U, F: FnOnce(&mut T) -> U> Future for LockWith<'_, R, T, F> {
    type Output = U;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<U> {
        let this = self.project();
        let mut guard = ready!(this.guard.poll(cx));
        let f = this.f.take().expect("not polled again after it resolved");
        Poll::Ready(f(&mut guard))
    }
}

impl<R: RawMutex, T: fmt::Debug> fmt::Debug for Mutex<R, T> {
    /// Shows the data, or `<locked>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Mutex");
        match self.try_lock_assuming_cancel_safe() {
            Some(guard) => shown.field("data", &&*guard).finish(),
            None => shown.field("data", &format_args!("<locked>")).finish(),
        }
    }
}

impl<R: RawMutex, T: fmt::Debug> fmt::Debug for MutexGuard<'_, R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
