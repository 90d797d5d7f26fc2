//! Counted permits.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::kernel::permits::{Acquire, HasPermits, Permits};
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::{Monitor, Waiter};

/// Permits for what there is several of; who finds too few waits in line.
///
/// Permits are handed over in the order of asking. Who wants three stands in
/// the way of who comes later and wants one, so that it gets its three.
///
/// A permit goes back when its guard is dropped. [`release`](Self::release) adds
/// permits that nobody had, as a producer does; where that would be a mistake
/// there is [`BoundedSemaphore`].
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
/// What may be released is what was taken and [forgotten](SemaphorePermit::forget):
/// permits whose guards are alive go back by themselves.
///
/// The tutorial's `BoundedSemaphore`.
///
/// ```
/// use tickwire_sync::{OverRelease, local};
///
/// let slots = local::BoundedSemaphore::new(2);
/// let kept = slots.try_acquire().unwrap();
/// slots.try_acquire().unwrap().forget(); // Another context gives it back:
/// assert_eq!(slots.release(1), Ok(()));
/// assert_eq!(slots.release(1), Err(OverRelease { excess: 1 }));
/// drop(kept);
/// assert_eq!(slots.permits(), 2);
/// ```
pub type BoundedSemaphore<R> = Semaphore<R, Bounded>;

/// Permits of a [`Semaphore`], which go back when this is dropped.
///
/// ```
/// use tickwire_sync::local;
///
/// let tokens = local::Semaphore::new(3);
/// let two = tokens.try_acquire_many(2).unwrap();
/// assert_eq!((two.count(), tokens.permits()), (2, 1));
/// two.forget(); // They are spent.
/// assert_eq!(tokens.permits(), 1);
/// ```
#[must_use = "the permits go back at once"]
pub struct SemaphorePermit<'a, R: RawMutex, K: Kind = Unbounded> {
    semaphore: &'a Semaphore<R, K>,
    count: u32,
}

/// More permits were released than there can be. Nothing was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OverRelease {
    /// By how many.
    pub excess: u32,
}

/// Of a [`Semaphore`]: whoever wants to may add permits.
#[derive(Debug)]
pub struct Unbounded {
    _private: (),
}

/// Of a [`BoundedSemaphore`]: permits come back, and never more.
#[derive(Debug)]
pub struct Bounded {
    /// Taken, and without a guard that would bring them back.
    forgotten: Cell<u32>,
}

impl<R: RawMutex, K: Kind> Semaphore<R, K> {
    /// Creates a semaphore with `permits` to be had; none is a good number too.
    pub const fn new(permits: u32) -> Self {
        Self { monitor: Monitor::new(State { permits: Permits::new(permits), kind: K::NEW }) }
    }

    /// Adds `count` permits, which nobody had; to a [`BoundedSemaphore`], permits
    /// that were taken and [forgotten](SemaphorePermit::forget).
    ///
    /// It is not what ends an [`acquire`](Self::acquire): that permit goes back by
    /// itself when it is dropped, and this would be one more. May be called from an
    /// interrupt, with the raw mutex for it.
    ///
    /// # Errors
    ///
    /// [`OverRelease`] when there would be more than `u32::MAX` to be had, or when
    /// fewer were forgotten. Nothing was added; fewer may be.
    #[doc(alias = "add_permits")]
    #[inline]
    pub fn release(&self, count: u32) -> Result<(), OverRelease> {
        let called = self.monitor.lock(|inside| {
            let State { permits, kind } = &inside.state;
            let excess = count.saturating_sub(kind.room(permits.free()));
            if excess > 0 {
                return Err(OverRelease { excess });
            }
            kind.brought_back(count);
            permits.put(count);
            Ok(inside.called::<Acquire>(permits.hand_out(inside.line::<Acquire>())))
        })?;
        self.monitor.wake::<Acquire>(called);
        Ok(())
    }

    /// Waits for a permit.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: who is dropped leaves the line; what it was handed goes to
    /// the next.
    #[inline]
    pub fn acquire(&self) -> impl Future<Output = SemaphorePermit<'_, R, K>> {
        self.acquire_many(1)
    }

    /// Waits for `count` permits, and takes them all at once.
    ///
    /// None is a good number too, and comes in turn: after those who wait. Who
    /// wants more than there will ever be waits for ever, and so do those behind.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: who is dropped leaves the line, and those behind may go on;
    /// what it was handed goes to them.
    #[inline]
    pub fn acquire_many(&self, count: u32) -> impl Future<Output = SemaphorePermit<'_, R, K>> {
        Acquiring { semaphore: self, waiter: Waiter::new(&self.monitor, Acquire(count)) }
    }

    /// Returns a permit if there is one and nobody waits.
    #[inline]
    pub fn try_acquire(&self) -> Option<SemaphorePermit<'_, R, K>> {
        self.try_acquire_many(1)
    }

    /// Returns `count` permits if there are that many and nobody waits.
    #[inline]
    pub fn try_acquire_many(&self, count: u32) -> Option<SemaphorePermit<'_, R, K>> {
        let taken = self
            .monitor
            .lock(|inside| inside.state.permits.try_take(inside.line::<Acquire>(), count));
        // Not `then_some`: a permit that is made and not given goes back.
        taken.then(|| SemaphorePermit { semaphore: self, count })
    }

    /// Returns how many permits there are to be had.
    pub fn permits(&self) -> u32 {
        self.monitor.lock(|inside| inside.state.permits.free())
    }
}

impl<R: RawMutex, K: Kind> SemaphorePermit<'_, R, K> {
    /// Returns how many permits these are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Spends the permits: they do not go back.
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
        let called = self.semaphore.monitor.lock(|inside| {
            inside.state.permits.put(self.count);
            inside.called::<Acquire>(inside.state.permits.hand_out(inside.line::<Acquire>()))
        });
        self.semaphore.monitor.wake::<Acquire>(called);
    }
}

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "released {} permits too many", self.excess)
    }
}

impl core::error::Error for OverRelease {}

/// What becomes of permits that are forgotten.
pub trait Kind: sealed::Sealed + Sized {
    #[doc(hidden)]
    const NEW: Self;
    /// How many permits may be released.
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
