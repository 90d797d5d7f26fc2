//! Repeatable events, and waiting for any or all of them.

mod all;
mod any;

use core::fmt;
use core::future::Future;

use tickwire_traits::TimerQueue;

use crate::cancel::CancelToken;
use crate::delay::RetriggerableDelay;
use crate::event::Event;
use crate::flag::Flag;
use crate::kernel::raw::{NoopRawMutex, RawMutex};
use crate::message::Message;
use crate::mutex::Mutex;

pub use all::WaitAll;
pub use any::{WaitAny, Winner2, Winner3, Winner4, Winner5, Winner6};

/// An event that can be waited for repeatedly.
///
/// [`WaitAny`] and [`WaitAll`] wait for several events, and are event-like themselves.
/// [`from_fn`] makes any `async` function event-like.
///
/// The tutorial's event-like object (ELO).
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{EventLike, local};
///
/// async fn twice(what: &impl EventLike) {
///     what.wait().await;
///     what.wait().await;
/// }
///
/// let event = local::Event::new();
/// event.set(); // Stays set.
/// Sim::new().run(twice(&event));
/// ```
///
/// # For implementers
///
/// `wait` may take something only in the poll that resolves, so that a dropped wait has
/// taken nothing.
#[doc(alias = "ELO")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not event-like",
    note = "a future or a queue becomes so by `from_fn(|| queue.pop())`; events are passed by reference; tuples have 2 to 6 members"
)]
pub trait EventLike {
    /// The value of the event.
    type Output;

    /// Waits until the event happens. Resolves immediately if it has happened and still
    /// stands.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a wait dropped before it resolves has taken nothing.
    fn wait(&self) -> impl Future<Output = Self::Output>;

    /// Undoes a resolved wait, as if there had been none.
    ///
    /// [`WaitAll`] calls it when dropped with some of its events taken. An event that
    /// waiting does not take has nothing to undo.
    fn restore(&self, _output: Self::Output) {}

    /// Clears the event, if it can be cleared.
    fn clear(&self) {}
}

/// An async function as an [`EventLike`]. Returned by [`from_fn`].
#[derive(Clone, Copy, Debug)]
pub struct FromFn<F>(F);

/// Creates an [`EventLike`] from `f`, which is called for each wait.
///
/// A [`WaitAny`] loses nothing: it drops the losing futures, and cancel-safe futures have
/// then taken nothing. A [`WaitAll`] dropped before all events have happened drops the
/// outputs it has: an item popped from a queue is lost. In that case implement
/// [`EventLike`] with a [`restore`](EventLike::restore), or pop outside. A future that
/// returns an error has happened too: the error is its value.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{WaitAny, Winner2, from_fn, local};
/// use tickwire_traits::{Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let answer = local::Event::new();
/// let late = from_fn(|| clock.sleep(Duration::from_secs(1)));
/// assert_eq!(sim.run(WaitAny((&answer, late)).wait()), Winner2::Second(()));
///
/// let lines = local::Queue::<&str, 2>::new();
/// lines.try_push("hello").unwrap();
/// let line = from_fn(|| lines.pop());
/// assert_eq!(sim.run(WaitAny((&answer, line)).wait()), Winner2::Second("hello"));
/// ```
pub const fn from_fn<F: Fn() -> T, T: Future>(f: F) -> FromFn<F> {
    FromFn(f)
}

impl<F: Fn() -> T, T: Future> EventLike for FromFn<F> {
    type Output = T::Output;

    fn wait(&self) -> impl Future<Output = T::Output> {
        (self.0)()
    }
}

/// An async closure that needs exclusive access, as an [`EventLike`]. Returned by
/// [`from_fn_mut`].
pub struct FromFnMut<F> {
    f: Mutex<NoopRawMutex, F>,
}

/// Creates an [`EventLike`] from `f`, an async closure with state: a method of a driver,
/// or [`Listener::next`](crate::Listener::next).
///
/// One wait at a time uses the closure. A second concurrent wait is pending until the
/// first has resolved or is dropped. A dropped wait has the same effect as with
/// [`from_fn`].
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{EventLike, WaitAny, Winner2, from_fn_mut, local};
///
/// let speed = local::Message::<u32>::new();
/// let stop = local::Event::new();
/// let mut settings = speed.listener();
/// let next = from_fn_mut(async || settings.next().await);
///
/// speed.set(7);
/// Sim::new().run(async {
///     assert_eq!(WaitAny((&stop, &next)).wait().await, Winner2::Second(7));
///     stop.set();
///     assert_eq!(WaitAny((&stop, &next)).wait().await, Winner2::First(()));
/// });
/// ```
pub const fn from_fn_mut<F: AsyncFnMut() -> T, T>(f: F) -> FromFnMut<F> {
    FromFnMut { f: Mutex::new(f) }
}

impl<F: AsyncFnMut() -> T, T> EventLike for FromFnMut<F> {
    type Output = T;

    async fn wait(&self) -> T {
        let mut f = self.f.lock().await;
        f().await
    }
}

impl<F> fmt::Debug for FromFnMut<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromFnMut")
    }
}

impl<E: EventLike + ?Sized> EventLike for &E {
    type Output = E::Output;

    fn wait(&self) -> impl Future<Output = E::Output> {
        E::wait(self)
    }

    fn restore(&self, output: E::Output) {
        E::restore(self, output);
    }

    fn clear(&self) {
        E::clear(self);
    }
}

impl<R: RawMutex> EventLike for Event<R> {
    type Output = ();

    fn wait(&self) -> impl Future<Output = ()> {
        self.wait()
    }

    fn clear(&self) {
        self.clear();
    }
}

impl<R: RawMutex> EventLike for Flag<R> {
    type Output = ();

    fn wait(&self) -> impl Future<Output = ()> {
        self.wait()
    }

    fn restore(&self, (): ()) {
        self.set();
    }

    fn clear(&self) {
        self.clear();
    }
}

impl<R: RawMutex, T: Copy> EventLike for Message<R, T> {
    type Output = T;

    fn wait(&self) -> impl Future<Output = T> {
        self.wait()
    }

    fn clear(&self) {
        self.clear();
    }
}

impl<R: RawMutex, C: TimerQueue> EventLike for RetriggerableDelay<R, C> {
    type Output = ();

    fn wait(&self) -> impl Future<Output = ()> {
        self.wait()
    }

    fn clear(&self) {
        self.clear();
    }
}

impl<R: RawMutex> EventLike for CancelToken<R> {
    type Output = ();

    fn wait(&self) -> impl Future<Output = ()> {
        self.cancelled()
    }
}
