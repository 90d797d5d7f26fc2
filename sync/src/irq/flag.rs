//! Readiness from an interrupt.

use core::cell::Cell;
use core::convert::Infallible;
use core::fmt;
use core::task::{Context, Poll, Waker};

use tickwire_traits::{Interest, Readiness, waits_for};

use crate::kernel::monitor::Monitor;
use crate::kernel::raw::RawMutex;

/// A flag set by an interrupt and awaited by one owner: [`Readiness`] of a device that
/// interrupts.
///
/// Put it in a `static`. The user of the device [claims](Self::claim) it, and waits with
/// the claim. Only one claim exists at a time, so two waiters cannot overwrite each
/// other's waker. For several waiters, use [`Flag`](crate::Flag).
///
/// ```
/// use std::thread;
/// use tickwire_sim::Sim;
/// use tickwire_sync::shared::IrqFlag;
/// use tickwire_traits::{Interest, ReadinessExt};
///
/// static RX: IrqFlag = IrqFlag::new();
///
/// // In place of an interrupt:
/// thread::spawn(|| RX.set()).join().unwrap();
///
/// let mut ready = RX.claim().unwrap();
/// Sim::new().run(ready.ready(Interest::Read)).unwrap();
/// assert!(!RX.is_set());
/// ```
///
/// The flag stays set until a wait takes it. Setting it ten thousand times between two
/// polls has the effect of setting it once: the first wakes the owner, the others find no
/// waker. Setting it takes one critical section, in which no foreign code runs.
pub struct IrqFlag<R> {
    monitor: Monitor<R, Shared, 0>,
}

/// Invariant: while `is_set` is true, `waiter` is `None`.
struct Shared {
    is_set: Cell<bool>,
    is_claimed: Cell<bool>,
    waiter: Cell<Option<Waker>>,
}

impl<R: RawMutex> IrqFlag<R> {
    /// Creates a flag that is not set.
    pub const fn new() -> Self {
        Self {
            monitor: Monitor::new(Shared {
                is_set: Cell::new(false),
                is_claimed: Cell::new(false),
                waiter: Cell::new(None),
            }),
        }
    }

    /// Sets the flag, and wakes its owner if it waits. May be called from any context.
    pub fn set(&self) {
        let waiter = self.lock(|shared| {
            shared.is_set.set(true);
            shared.waiter.take()
        });
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }

    /// Clears the flag, and returns whether it was set.
    pub fn clear(&self) -> bool {
        self.lock(|shared| shared.is_set.take())
    }

    /// Returns whether the flag is set, without clearing it.
    pub fn is_set(&self) -> bool {
        self.lock(|shared| shared.is_set.get())
    }

    /// Makes the caller the owner, until the claim is dropped. A flag that was set before
    /// stays set.
    ///
    /// Returns `None` while another claim exists. Try again after it is dropped, or give
    /// each device its own flag.
    pub fn claim(&self) -> Option<IrqClaim<'_, R>> {
        let was_claimed = self.lock(|shared| shared.is_claimed.replace(true));
        (!was_claimed).then_some(IrqClaim { flag: self })
    }

    #[inline(always)]
    fn lock<T>(&self, f: impl FnOnce(&Shared) -> T) -> T {
        self.monitor.lock(|inside| f(&inside.state))
    }
}

impl<R: RawMutex> Default for IrqFlag<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex> fmt::Debug for IrqFlag<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (is_set, is_claimed) =
            self.lock(|shared| (shared.is_set.get(), shared.is_claimed.get()));
        let mut flag = f.debug_struct("IrqFlag");
        flag.field("is_set", &is_set).field("is_claimed", &is_claimed).finish()
    }
}

/// The right to wait for an [`IrqFlag`]. Both directions share the flag.
///
/// ```
/// use tickwire_sync::shared::{IrqClaim, IrqFlag};
///
/// static RX: IrqFlag = IrqFlag::new();
///
/// let claim: IrqClaim<'_> = RX.claim().unwrap();
/// assert!(RX.claim().is_none());
/// drop(claim);
/// assert!(RX.claim().is_some());
/// ```
#[must_use = "dropping a claim gives it up"]
pub struct IrqClaim<'a, R: RawMutex> {
    flag: &'a IrqFlag<R>,
}

impl<R: RawMutex> embedded_io::ErrorType for IrqClaim<'_, R> {
    type Error = Infallible;
}

impl<R: RawMutex> Readiness for IrqClaim<'_, R> {
    fn poll_ready(&mut self, _: Interest, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The waker is cloned before the lock is taken and dropped after it. Checking and
        // registering are one step, so no setting is missed in between.
        let mut waiter = Some(cx.waker().clone());
        let is_set = self.flag.lock(|shared| {
            let is_set = shared.is_set.take();
            if !is_set {
                waiter = shared.waiter.replace(waiter.take());
            }
            is_set
        });
        if is_set {
            return Poll::Ready(Ok(()));
        }
        waits_for(|| "an `IrqFlag` to be set");
        Poll::Pending
    }
}

impl<R: RawMutex> Drop for IrqClaim<'_, R> {
    fn drop(&mut self) {
        let waiter = self.flag.lock(|shared| {
            shared.is_claimed.set(false);
            shared.waiter.take()
        });
        drop(waiter);
    }
}

impl<R: RawMutex> fmt::Debug for IrqClaim<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IrqClaim").field("flag", self.flag).finish()
    }
}
