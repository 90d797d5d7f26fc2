//! Events that stay set until cleared.

use core::fmt;
use core::future::Future;

use crate::kernel::broadcast::{Broadcast, Hear};
use crate::kernel::monitor::Monitor;
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::Waiter;

/// An event: set or not set. Any number of tasks wait until it is set.
///
/// Setting the event releases all current waiters, even if it is cleared before they run,
/// and all later ones until it is cleared. If each setting is for a single task, use
/// [`Flag`](crate::Flag).
///
/// With [`CriticalSectionRawMutex`](crate::CriticalSectionRawMutex), interrupts and other
/// threads may call every method. `set` then disables interrupts for a few instructions
/// per waiter, never for all of them together.
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
///         full.clear(); // The waiter is released all the same.
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

    /// Sets the event, and wakes all waiters. Setting it again has no further effect.
    #[inline]
    pub fn set(&self) {
        let granted = self.monitor.lock(|inside| {
            inside.state.announce();
            // No queued waiter has heard this announcement, so it releases the first.
            inside.granted::<Hear>(inside.queue::<Hear>().grant_first())
        });
        self.monitor.wake::<Hear>(granted);
    }

    /// Clears the event. Released waiters stay released.
    #[inline]
    pub fn clear(&self) {
        self.monitor.lock(|inside| inside.state.withdraw());
    }

    /// Returns whether the event is set.
    #[inline]
    pub fn is_set(&self) -> bool {
        self.monitor.lock(|inside| inside.state.stands())
    }

    /// Waits until the event is set. Resolves immediately if it is. It stays set.
    ///
    /// A setting counts from the first poll on.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
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
