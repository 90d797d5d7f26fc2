//! A value that is set once, and stays.
//!
//! KEPT, on which the `unsafe` in this file rests: the value is written under the lock,
//! by the call that finds the promise unset. It then stands forever, and is not written
//! again while the promise is shared.

use core::cell::OnceCell;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::full::Full;
use crate::kernel::broadcast::{Broadcast, HasBroadcast, Hear};
use crate::kernel::monitor::Monitor;
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::Waiter;

/// A value that is set once, from any context, and stays. Any number of tasks wait for
/// it.
///
/// The owner can take the value out when no other reference exists.
///
/// Replaces the tutorial's awaitable classes, embassy's `OnceLock`, and async-lock's
/// `OnceCell`.
///
/// ```
/// use futures_util::future::join;
/// use tickwire_sim::Sim;
/// use tickwire_sync::{Full, local};
///
/// let serial_number = local::Promise::<String>::new();
/// Sim::new().run(join(
///     async { assert_eq!(serial_number.wait().await, "TW-0042") },
///     async {
///         serial_number.set("TW-0042".to_owned()).unwrap();
///         assert!(matches!(serial_number.set("again".to_owned()), Err(Full(again))));
///     },
/// ));
/// assert_eq!(serial_number.into_inner().unwrap(), "TW-0042");
/// ```
#[doc(alias = "OnceLock")]
#[doc(alias = "OnceCell")]
#[doc(alias = "oneshot")]
pub struct Promise<R, T> {
    monitor: Monitor<R, State<T>>,
}

impl<R: RawMutex, T> Promise<R, T> {
    /// Creates a promise without a value.
    pub const fn new() -> Self {
        let state = State { kept: Broadcast::new(), value: OnceCell::new(), several: PhantomData };
        Self { monitor: Monitor::new(state) }
    }

    /// Sets the value, and wakes all waiters.
    ///
    /// With `CriticalSectionRawMutex`, an interrupt may call it.
    ///
    /// # Errors
    ///
    /// [`Full`], with the rejected value, if the promise already has one, which stays.
    #[doc(alias = "init")]
    pub fn set(&self, value: T) -> Result<(), Full<T>> {
        let granted = self.monitor.lock(|inside| {
            inside.state.value.set(value).map_err(Full)?;
            inside.state.kept.announce();
            // No queued waiter has heard this announcement, so it releases the first.
            Ok(inside.granted::<Hear>(inside.queue::<Hear>().grant_first()))
        })?;
        self.monitor.wake::<Hear>(granted);
        Ok(())
    }

    /// Waits until the value is set. Resolves immediately if it is.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
    pub fn wait(&self) -> impl Future<Output = &T> {
        Wait { waiter: Waiter::new(&self.monitor, Hear::<0>) }
    }

    /// Returns the value if it is set.
    pub fn get(&self) -> Option<&T> {
        value(&self.monitor)
    }

    /// Returns whether the value is set.
    pub fn is_set(&self) -> bool {
        self.monitor.lock(|inside| inside.state.kept.stands())
    }

    /// Returns the value. No other reference exists.
    pub fn into_inner(self) -> Option<T> {
        self.monitor.into_inner().value.into_inner()
    }
}

struct State<T> {
    kept: Broadcast,
    value: OnceCell<T>,
    /// Removes the automatic `Send`, which the impl below restores with stricter bounds.
    several: PhantomData<*const T>,
}

// SAFETY: as for any value to which several contexts may refer at once, as released
// waiters do: KEPT.
unsafe impl<T: Send + Sync> Send for State<T> {}

fn value<R: RawMutex, T>(monitor: &Monitor<R, State<T>>) -> Option<&T> {
    if !monitor.lock(|inside| inside.state.kept.stands()) {
        return None;
    }
    // SAFETY: the announcement stands, so the value is not written again: KEPT.
    unsafe { monitor.state_unlocked() }.value.get()
}

impl<T> HasBroadcast for State<T> {
    const WAITS_FOR: &'static str = "the value of a `Promise`";

    fn broadcast(&self) -> &Broadcast {
        &self.kept
    }
}

pin_project! {
    struct Wait<W> {
        #[pin]
        waiter: W,
    }
}

impl<'a, R: RawMutex, T> Future for Wait<Waiter<'a, R, State<T>, Hear>> {
    type Output = &'a T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'a T> {
        let waiter = self.project().waiter;
        let monitor = waiter.monitor();
        waiter.poll(cx).map(|()| value(monitor).expect("a value with the announcement"))
    }
}

impl<R: RawMutex, T> Default for Promise<R, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex, T: fmt::Debug> fmt::Debug for Promise<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Promise").field("value", &self.get()).finish()
    }
}
