//! A value that will be there once, and stays.
//!
//! KEPT, on which the `unsafe` in this file rests: the value is put in under the
//! lock by who finds the promise not kept; it then stands for ever, and nobody
//! writes to the value again while the promise is shared.

use core::cell::OnceCell;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::full::Full;
use crate::kernel::broadcast::{Broadcast, HasBroadcast, Hear};
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::{Monitor, Waiter};

/// A value that is set once, from anywhere, and stays; any number of tasks wait
/// for it.
///
/// The owner takes it out when nobody refers to it any more.
///
/// What the tutorial makes awaitable classes for; embassy's `OnceLock`, and
/// async-lock's `OnceCell`.
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
    /// Creates a promise that is not kept yet.
    pub const fn new() -> Self {
        let state = State { kept: Broadcast::new(), value: OnceCell::new(), several: PhantomData };
        Self { monitor: Monitor::new(state) }
    }

    /// Sets the value, and wakes all who wait.
    ///
    /// May be called from an interrupt, with the raw mutex for it.
    ///
    /// # Errors
    ///
    /// [`Full`], with the value, when there is one already. That one stays.
    #[doc(alias = "init")]
    pub fn set(&self, value: T) -> Result<(), Full<T>> {
        let called = self.monitor.lock(|inside| {
            inside.state.value.set(value).map_err(Full)?;
            inside.state.kept.announce();
            // Nobody in line has heard this announcement: the first is through.
            Ok(inside.called::<Hear>(inside.line::<Hear>().call_first()))
        })?;
        self.monitor.wake::<Hear>(called);
        Ok(())
    }

    /// Waits until the value is there; if it is, resolves at once.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes nothing.
    pub fn wait(&self) -> impl Future<Output = &T> {
        Wait { waiter: Waiter::new(&self.monitor, Hear::<0>) }
    }

    /// Returns the value if it is there.
    pub fn get(&self) -> Option<&T> {
        value(&self.monitor)
    }

    /// Returns whether the value is there.
    pub fn is_set(&self) -> bool {
        self.monitor.lock(|inside| inside.state.kept.stands())
    }

    /// Returns the value: nobody else refers to it.
    pub fn into_inner(self) -> Option<T> {
        self.monitor.into_inner().value.into_inner()
    }
}

struct State<T> {
    kept: Broadcast,
    value: OnceCell<T>,
    /// Takes away `Send`, which is given back below.
    several: PhantomData<*const T>,
}

// SAFETY: as any value is, if several contexts may refer to it at once, as those
// who have waited do: KEPT.
unsafe impl<T: Send + Sync> Send for State<T> {}

fn value<R: RawMutex, T>(monitor: &Monitor<R, State<T>>) -> Option<&T> {
    if !monitor.lock(|inside| inside.state.kept.stands()) {
        return None;
    }
    // SAFETY: it stands, so nobody writes to the value: KEPT.
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
