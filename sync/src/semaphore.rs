//! Counting semaphores.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::kernel::monitor::Monitor;
use crate::kernel::permits::{Acquire, HasPermits, Permits};
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::Waiter;

/// A counting semaphore. A task that finds too few permits is queued.
///
/// Permits are granted in the order of requests. A waiter for three blocks later waiters
/// for one, so that it gets its three.
///
/// Dropping a guard returns its permits. [`release`](Self::release) adds new permits, as
/// a producer does; if that would be a mistake, use [`BoundedSemaphore`].
///
/// The tutorial's `Semaphore`, and tokio's.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{local, shared};
///
/// let buffers = local::Semaphore::new(2);
/// Sim::new().run(async {
///     let _one = buffers.acquire().await;
///     let _two = buffers.acquire().await;
///     assert!(buffers.try_acquire().is_none());
/// });
/// assert_eq!(buffers.permits(), 2);
///
/// static CHANNELS: shared::Semaphore = shared::Semaphore::new(3);
/// assert_eq!(CHANNELS.permits(), 3);
/// ```
pub struct Semaphore<R, K = Unbounded> {
    monitor: Monitor<R, State<K>>,
}

/// A [`Semaphore`] that never has more permits than it began with.
///
/// Only permits that were taken and [forgotten](SemaphorePermit::forget) may be released:
/// permits with live guards return by themselves.
///
/// The tutorial's `BoundedSemaphore`.
///
/// ```
/// use tickwire_sync::{OverRelease, local};
///
/// let slots = local::BoundedSemaphore::new(2);
/// let kept = slots.try_acquire().unwrap();
/// slots.try_acquire().unwrap().forget(); // Another context releases it:
/// assert_eq!(slots.release(1), Ok(()));
/// assert_eq!(slots.release(1), Err(OverRelease { excess: 1 }));
/// drop(kept);
/// assert_eq!(slots.permits(), 2);
/// ```
pub type BoundedSemaphore<R> = Semaphore<R, Bounded>;

/// The permits taken from a [`Semaphore`]. Dropping the guard returns them.
///
/// ```
/// use tickwire_sync::local;
///
/// let tokens = local::Semaphore::new(3);
/// let two = tokens.try_acquire_many(2).unwrap();
/// assert_eq!((two.count(), tokens.permits()), (2, 1));
/// two.forget(); // These permits are spent.
/// assert_eq!(tokens.permits(), 1);
/// ```
#[must_use = "the permits go back at once"]
pub struct SemaphorePermit<'a, R: RawMutex, K: Kind = Unbounded> {
    semaphore: &'a Semaphore<R, K>,
    count: u32,
}

/// The error of [`Semaphore::release`]: more permits than allowed. None was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OverRelease {
    /// The number of permits above the limit.
    pub excess: u32,
}

/// The kind of a [`Semaphore`]: any caller may add permits.
#[derive(Debug)]
pub struct Unbounded {
    _private: (),
}

/// The kind of a [`BoundedSemaphore`]: only taken permits return.
#[derive(Debug)]
pub struct Bounded {
    /// Permits that were taken and have no guard to return them.
    forgotten: Cell<u32>,
}

impl<R: RawMutex, K: Kind> Semaphore<R, K> {
    /// Creates a semaphore with `permits` free permits, possibly zero.
    pub const fn new(permits: u32) -> Self {
        Self { monitor: Monitor::new(State { permits: Permits::new(permits), kind: K::NEW }) }
    }

    /// Adds `count` new permits; in a [`BoundedSemaphore`], returns permits that were
    /// taken and [forgotten](SemaphorePermit::forget).
    ///
    /// Do not call it after [`acquire`](Self::acquire): dropping the guard returns that
    /// permit, and this would add another. With `CriticalSectionRawMutex`, an interrupt
    /// may call it.
    ///
    /// # Errors
    ///
    /// [`OverRelease`] if more than `u32::MAX` permits would be free, or fewer than
    /// `count` were forgotten. None was added; a smaller `count` may succeed.
    #[doc(alias = "add_permits")]
    #[inline]
    pub fn release(&self, count: u32) -> Result<(), OverRelease> {
        let granted = self.monitor.lock(|inside| {
            let State { permits, kind } = &inside.state;
            let excess = count.saturating_sub(kind.room(permits.free()));
            if excess > 0 {
                return Err(OverRelease { excess });
            }
            kind.brought_back(count);
            permits.put(count);
            Ok(inside.granted::<Acquire>(permits.grant_first(inside.queue::<Acquire>())))
        })?;
        self.monitor.wake::<Acquire>(granted);
        Ok(())
    }

    /// Waits for a permit.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: dropping the future removes it from the queue. A permit already
    /// granted to it passes to the next waiter.
    #[inline]
    pub fn acquire(&self) -> impl Future<Output = SemaphorePermit<'_, R, K>> {
        self.acquire_many(1)
    }

    /// Waits for `count` permits, and takes them all in one step.
    ///
    /// A request for zero permits is valid, and granted in order: after earlier waiters.
    /// A request for more permits than will ever exist waits forever, and so do the
    /// requests behind it.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: dropping the future removes it from the queue, which may release the
    /// waiters behind it. Permits already granted to it pass to them.
    #[inline]
    pub fn acquire_many(&self, count: u32) -> impl Future<Output = SemaphorePermit<'_, R, K>> {
        Acquiring { semaphore: self, waiter: Waiter::new(&self.monitor, Acquire(count)) }
    }

    /// Returns a permit if one is free and no task waits.
    #[inline]
    pub fn try_acquire(&self) -> Option<SemaphorePermit<'_, R, K>> {
        self.try_acquire_many(1)
    }

    /// Returns `count` permits if that many are free and no task waits.
    #[inline]
    pub fn try_acquire_many(&self, count: u32) -> Option<SemaphorePermit<'_, R, K>> {
        let taken = self
            .monitor
            .lock(|inside| inside.state.permits.try_take(inside.queue::<Acquire>(), count));
        // Not `then_some`: that would create and drop a guard, which returns permits,
        // even if none was taken.
        taken.then(|| SemaphorePermit { semaphore: self, count })
    }

    /// Returns the number of free permits.
    pub fn permits(&self) -> u32 {
        self.monitor.lock(|inside| inside.state.permits.free())
    }
}

impl<R: RawMutex, K: Kind> SemaphorePermit<'_, R, K> {
    /// Returns the number of permits in this guard.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Spends the permits: they do not return.
    pub fn forget(mut self) {
        self.semaphore.monitor.lock(|inside| inside.state.kind.forgotten(self.count));
        self.count = 0;
    }
}

impl<R: RawMutex, K: Kind> Drop for SemaphorePermit<'_, R, K> {
    #[inline]
    fn drop(&mut self) {
        if self.count == 0 {
            return;
        }
        let granted = self.semaphore.monitor.lock(|inside| {
            inside.state.permits.put(self.count);
            inside.granted::<Acquire>(inside.state.permits.grant_first(inside.queue::<Acquire>()))
        });
        self.semaphore.monitor.wake::<Acquire>(granted);
    }
}

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "released {} permits too many", self.excess)
    }
}

impl core::error::Error for OverRelease {}

/// The policy of a semaphore on forgotten permits.
pub trait Kind: sealed::Sealed + Sized {
    #[doc(hidden)]
    const NEW: Self;
    /// Returns how many permits may be released.
    #[doc(hidden)]
    fn room(&self, free: u32) -> u32;
    #[doc(hidden)]
    fn forgotten(&self, _count: u32) {}
    #[doc(hidden)]
    fn brought_back(&self, _count: u32) {}
}

impl Kind for Unbounded {
    const NEW: Self = Self { _private: () };

    fn room(&self, free: u32) -> u32 {
        u32::MAX - free
    }
}

impl Kind for Bounded {
    const NEW: Self = Self { forgotten: Cell::new(0) };

    fn room(&self, _free: u32) -> u32 {
        self.forgotten.get()
    }

    fn forgotten(&self, count: u32) {
        self.forgotten.set(self.forgotten.get() + count);
    }

    fn brought_back(&self, count: u32) {
        self.forgotten.set(self.forgotten.get() - count);
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Unbounded {}
    impl Sealed for super::Bounded {}
}

struct State<K> {
    permits: Permits,
    kind: K,
}

impl<K> HasPermits for State<K> {
    const WAITS_FOR: &'static str = "a permit of a semaphore";

    fn permits(&self) -> &Permits {
        &self.permits
    }
}

pin_project! {
    struct Acquiring<'a, R: RawMutex, K> {
        semaphore: &'a Semaphore<R, K>,
        #[pin]
        waiter: Waiter<'a, R, State<K>, Acquire>,
    }
}

impl<'a, R: RawMutex, K: Kind> Future for Acquiring<'a, R, K> {
    type Output = SemaphorePermit<'a, R, K>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (semaphore, count) = (*this.semaphore, this.waiter.claim().0);
        this.waiter.poll(cx).map(|()| SemaphorePermit { semaphore, count })
    }
}

impl<R: RawMutex, K: Kind> fmt::Debug for Semaphore<R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("permits", &self.permits()).finish()
    }
}

impl<R: RawMutex, K: Kind> fmt::Debug for SemaphorePermit<'_, R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SemaphorePermit").field("count", &self.count).finish()
    }
}
