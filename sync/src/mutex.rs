//! Data that one task at a time may use.
//!
//! PERMIT, on which the `unsafe` in this file rests: there is one permit for the data,
//! and every reference into `data` holds it.

use core::cell::UnsafeCell;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::kernel::monitor::Monitor;
use crate::kernel::raw::RawMutex;
use crate::kernel::turn::{HasTurn, Take, Turn};
use crate::kernel::wait_queue::Waiter;

/// Data that one task at a time may use, shared between tasks.
///
/// Waiters get the lock in the order of their requests. Unlocking grants the lock to the
/// first waiter directly, so a task that unlocks and locks again queues behind the
/// others. A waiter is polled only when it has the lock.
///
/// [`lock`](Self::lock) returns a guard that may be held across awaits, as a shared bus
/// needs: [`SharedBus`](crate::SharedBus) is one for drivers. [`with`](Self::with) runs a
/// closure, which cannot await: no cancellation can leave the data half changed, and no
/// task holds the lock longer than it computes. Prefer it for plain variables.
///
/// The mutex is not poisoned: after a caught panic, the next task gets the data as the
/// panic left them.
///
/// The tutorial's `Lock`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::local;
///
/// let readings = local::Mutex::new([0u16; 4]);
/// let mean = Sim::new().run(async {
///     readings.lock().await[2] = 84;
///     readings.with(|all| all.iter().sum::<u16>() / 4).await
/// });
/// assert_eq!(mean, 21);
/// ```
#[doc(alias = "Lock")]
pub struct Mutex<R, T> {
    monitor: Monitor<R, Guarded<T>>,
}

/// The data, and the turn to use them.
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

    /// Waits for the lock, and returns a guard that unlocks when dropped.
    ///
    /// A task may be cancelled at any await while it holds the guard, and the next task
    /// then gets the data as they are. That suits a bus whose own operations are
    /// cancel-safe, but not a half-sorted list: use [`with`](Self::with).
    ///
    /// ```
    /// use futures_util::future::join;
    /// use tickwire_sim::Sim;
    /// use tickwire_sync::local;
    /// use tickwire_traits::{Duration, Timer};
    ///
    /// let sim = Sim::new();
    /// let clock = sim.clock();
    /// let bus = local::Mutex::new(Vec::new());
    /// let transfers = async |name| {
    ///     for number in [1, 2] {
    ///         let mut bus = bus.lock().await;
    ///         clock.sleep(Duration::from_millis(3)).await; // A transfer.
    ///         bus.push((name, number));
    ///     }
    /// };
    /// sim.run(join(transfers("sensor"), transfers("display")));
    /// let order = [("sensor", 1), ("display", 1), ("sensor", 2), ("display", 2)];
    /// assert_eq!(bus.into_inner(), order); // In turn, never two at once.
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: dropping the future removes it from the queue. If it was already
    /// granted the lock, the lock passes to the next waiter.
    #[doc(alias = "acquire")]
    #[doc(alias = "lock_assuming_cancel_safe")]
    #[inline]
    pub fn lock(&self) -> impl Future<Output = MutexGuard<'_, R, T>> {
        self.acquire()
    }

    /// Returns the guard, or `None` if a task holds the lock or waits for it.
    ///
    /// With [`CriticalSectionRawMutex`](crate::CriticalSectionRawMutex) an interrupt may
    /// call it.
    #[inline]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, R, T>> {
        let free = self.monitor.lock(|inside| inside.state.turn.try_take());
        free.then(|| MutexGuard::new(&self.monitor))
    }

    /// Waits for the lock, runs `f` with the data, and unlocks.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: `f` runs to its end in the poll that resolves, or never. Dropping the
    /// future removes it from the queue. If it was already granted the lock, the lock
    /// passes to the next waiter.
    #[inline]
    pub fn with<U>(&self, f: impl FnOnce(&mut T) -> U) -> impl Future<Output = U> {
        LockWith { guard: self.acquire(), f: Some(f) }
    }

    /// Runs `f` with the data and returns its result, or returns `None` if a task holds
    /// the lock or waits for it.
    ///
    /// With [`CriticalSectionRawMutex`](crate::CriticalSectionRawMutex) an interrupt may
    /// call it.
    ///
    /// ```
    /// use tickwire_sync::local;
    ///
    /// let total = local::Mutex::new(5);
    /// let guard = total.try_lock().unwrap();
    /// assert_eq!(total.try_with(|total| *total), None);
    /// drop(guard);
    /// assert_eq!(total.try_with(|total| *total), Some(5));
    /// ```
    #[inline]
    pub fn try_with<U>(&self, f: impl FnOnce(&mut T) -> U) -> Option<U> {
        self.try_lock().map(|mut guard| f(&mut guard))
    }

    /// Returns whether a task holds the lock or was granted it.
    ///
    /// The answer may be outdated when it returns: use it for diagnosis, and
    /// [`try_lock`](Self::try_lock) for decisions.
    ///
    /// ```
    /// use tickwire_sync::local;
    ///
    /// let bus = local::Mutex::new(());
    /// let guard = bus.try_lock();
    /// assert!(bus.is_locked());
    /// drop(guard);
    /// assert!(!bus.is_locked());
    /// ```
    pub fn is_locked(&self) -> bool {
        !self.monitor.lock(|inside| inside.state.turn.is_free())
    }

    /// Returns the data. The exclusive reference proves that the mutex is unlocked.
    pub fn get_mut(&mut self) -> &mut T {
        self.monitor.get_mut().data.get_mut()
    }

    /// Returns the data, and drops the mutex.
    pub fn into_inner(self) -> T {
        self.monitor.into_inner().data.into_inner()
    }

    #[inline(always)]
    fn acquire(&self) -> Locking<'_, R, T> {
        Locking { waiter: Waiter::new(&self.monitor, Take) }
    }
}

/// The lock of a [`Mutex`], which dropping it releases.
///
/// Returned by [`Mutex::lock`] and [`Mutex::try_lock`]. A guard held across an await is
/// dropped if its task is cancelled there, in whatever state the data are.
///
/// ```
/// use tickwire_sync::{Mutex, local};
///
/// fn brighten(mut level: local::MutexGuard<'_, u8>) {
///     *level += 10;
/// }
///
/// let mut lamp = Mutex::new(5);
/// brighten(lamp.try_lock().unwrap());
/// assert_eq!(*lamp.get_mut(), 15);
/// ```
///
/// Forgetting a guard (`mem::forget`) leaves the mutex locked forever.
#[must_use = "dropping the guard unlocks the mutex"]
pub struct MutexGuard<'a, R: RawMutex, T> {
    mutex: &'a Monitor<R, Guarded<T>>,
    /// Gives the guard the `Send` and `Sync` of a `&mut T`.
    _data: PhantomData<&'a mut T>,
}

impl<'a, R: RawMutex, T> MutexGuard<'a, R, T> {
    /// Creates a guard. The caller holds the permit, which passes to the guard.
    #[inline(always)]
    fn new(mutex: &'a Monitor<R, Guarded<T>>) -> Self {
        Self { mutex, _data: PhantomData }
    }
}

impl<'a, R: RawMutex, T> MutexGuard<'a, R, T> {
    /// Returns the mutex, to lock again after the guard is dropped.
    pub(crate) fn lockable(&self) -> Lockable<'a, R, T> {
        Lockable(self.mutex)
    }
}

/// A mutex whose guard was released for a wait.
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
        // SAFETY: the guard holds the permit, and is borrowed: PERMIT.
        unsafe { &*self.mutex.state_unlocked().data.get() }
    }
}

impl<R: RawMutex, T> DerefMut for MutexGuard<'_, R, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the permit, and is borrowed exclusively: PERMIT.
        unsafe { &mut *self.mutex.state_unlocked().data.get() }
    }
}

impl<R: RawMutex, T> Drop for MutexGuard<'_, R, T> {
    #[inline(always)]
    fn drop(&mut self) {
        let next = self.mutex.lock(|inside| inside.state.turn.grant(inside.queue::<Take>()));
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
    /// Writes the data, or `<locked>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Mutex");
        match self.try_lock() {
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
