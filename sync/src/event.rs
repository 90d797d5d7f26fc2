//! Something has happened, and stays so until it is cleared.

use core::fmt;
use core::future::Future;

use crate::kernel::broadcast::{Broadcast, Hear};
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::{Monitor, Waiter};

/// Something that is set or not; any number of tasks wait until it is set.
///
/// Setting it lets through all who wait at that moment, also when it is cleared
/// before any of them runs, and all who come until it is cleared. Where each
/// setting is for one task alone, see [`Flag`](crate::Flag).
///
/// With [`CriticalSectionRawMutex`](crate::CriticalSectionRawMutex) everything
/// may be called from interrupts and other threads. `set` then keeps interrupts
/// off for a few instructions a waiter, never for all of them together.
///
/// The tutorial's `Event` and `ThreadSafeEvent`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::local;
/// use tickwire_traits::{Clock, Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let full = local::Event::new();
/// let (filled, ()) = sim.run(futures_util::future::join(
///     async {
///         full.wait().await;
///         clock.now()
///     },
///     async {
///         clock.sleep(Duration::from_millis(5)).await;
///         full.set();
///         full.clear(); // The waiter is through all the same.
///     },
/// ));
/// assert_eq!(filled, Instant::from_millis(5));
/// ```
#[doc(alias = "ThreadSafeEvent")]
pub struct Event<R> {
    monitor: Monitor<R, Broadcast>,
}

impl<R: RawMutex> Event<R> {
    /// Creates an event that is not set.
    pub const fn new() -> Self {
        Self { monitor: Monitor::new(Broadcast::new()) }
    }

    /// Sets it, and wakes all who wait. Setting it twice is as good as once.
    #[inline]
    pub fn set(&self) {
        let called = self.monitor.lock(|inside| {
            inside.state.announce();
            // Nobody in line has heard this announcement: the first is through.
            inside.called::<Hear>(inside.line::<Hear>().call_first())
        });
        self.monitor.wake::<Hear>(called);
    }

    /// Makes it not set. Who was let through stays so.
    #[inline]
    pub fn clear(&self) {
        self.monitor.lock(|inside| inside.state.withdraw());
    }

    /// Returns whether it is set.
    #[inline]
    pub fn is_set(&self) -> bool {
        self.monitor.lock(|inside| inside.state.stands())
    }

    /// Waits until it is set; if it is, resolves at once. It stays set.
    ///
    /// A setting counts from the first poll on.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes nothing.
    #[inline]
    pub fn wait(&self) -> impl Future<Output = ()> {
        Waiter::new(&self.monitor, Hear::<0>)
    }
}

impl<R: RawMutex> Default for Event<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex> fmt::Debug for Event<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("is_set", &self.is_set()).finish()
    }
}
