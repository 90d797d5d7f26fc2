//! A signal that clears itself by being received.

use core::fmt;
use core::future::Future;

use crate::kernel::raw::RawMutex;
use crate::kernel::turn::{Take, Turn};
use crate::kernel::wait_queue::{Monitor, Waiter};

/// A flag that is set from anywhere, interrupts included, and cleared by being
/// waited for: each setting lets one task through.
///
/// Setting it while somebody waits lets through who waits longest. Setting it
/// while nobody does keeps it set for the next; ten thousand times is as good as
/// once. Any number of tasks may wait.
///
/// Where a setting is for all who wait, see [`Event`](crate::Event).
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

    /// Lets through who waits longest, or else the next to come.
    #[inline]
    pub fn set(&self) {
        let called = self.monitor.lock(|inside| inside.state.give(inside.line::<Take>()));
        if let Some(called) = called {
            called.wake();
        }
    }

    /// Makes it not set, and returns whether it was. Who was let through stays so.
    #[inline]
    pub fn clear(&self) -> bool {
        self.monitor.lock(|inside| inside.state.try_take())
    }

    /// Returns whether it is set. It stays so.
    #[inline]
    pub fn is_set(&self) -> bool {
        self.monitor.lock(|inside| inside.state.is_free())
    }

    /// Waits until it is set, and clears it.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: it is cleared by resolving only. Who is dropped after having
    /// been let through hands that on to the next in line, or leaves the flag set.
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
