//! Flags that waiting clears.

use core::fmt;
use core::future::Future;

use crate::kernel::monitor::Monitor;
use crate::kernel::raw::RawMutex;
use crate::kernel::turn::{Take, Turn};
use crate::kernel::wait_queue::Waiter;

/// A flag set from any context, including interrupts, and cleared by waiting: each
/// setting releases one task.
///
/// Setting the flag releases the longest waiter. Without a waiter it stays set for the
/// next one; setting it again has no further effect. Any number of tasks may wait.
///
/// If a setting is for all waiters, use [`Event`](crate::Event).
///
/// The tutorial's `ThreadSafeFlag`; embassy's `Signal<()>` and tokio's `Notify`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::shared;
///
/// static DATA_READY: shared::Flag = shared::Flag::new();
///
/// // In the interrupt handler:
/// DATA_READY.set();
///
/// Sim::new().run(DATA_READY.wait());
/// assert!(!DATA_READY.is_set());
/// ```
#[doc(alias = "ThreadSafeFlag")]
#[doc(alias = "Signal")]
#[doc(alias = "Notify")]
pub struct Flag<R> {
    monitor: Monitor<R, Turn>,
}

impl<R: RawMutex> Flag<R> {
    /// Creates a flag that is not set.
    pub const fn new() -> Self {
        Self { monitor: Monitor::new(Turn::new(false)) }
    }

    /// Releases the longest waiter, or else the next one.
    #[inline]
    pub fn set(&self) {
        let granted = self.monitor.lock(|inside| inside.state.grant(inside.queue::<Take>()));
        if let Some(granted) = granted {
            granted.wake();
        }
    }

    /// Clears the flag, and returns whether it was set. Released waiters stay released.
    #[inline]
    pub fn clear(&self) -> bool {
        self.monitor.lock(|inside| inside.state.try_take())
    }

    /// Returns whether the flag is set, without clearing it.
    #[inline]
    pub fn is_set(&self) -> bool {
        self.monitor.lock(|inside| inside.state.is_free())
    }

    /// Waits until the flag is set, and clears it.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: only the poll that resolves clears the flag. If a released waiter is
    /// dropped, the release passes to the next one, or the flag stays set.
    #[inline]
    pub fn wait(&self) -> impl Future<Output = ()> {
        Waiter::new(&self.monitor, Take)
    }
}

impl<R: RawMutex> Default for Flag<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex> fmt::Debug for Flag<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flag").field("is_set", &self.is_set()).finish()
    }
}
