//! The latest value, for any number of readers.

use core::cell::Cell;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};

use futures_util::Stream;
use pin_project_lite::pin_project;

use crate::kernel::broadcast::{Broadcast, HasBroadcast, Hear};
use crate::kernel::claim::Claim;
use crate::kernel::monitor::{Inside, Monitor};
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::{WaitQueue, Waiter};

/// An [`Event`](crate::Event) with a value: set from any context, read by any number of
/// tasks.
///
/// Each setting replaces the previous value. A waiter gets the latest value, even if the
/// message is cleared before the waiter runs. A [`listener`](Self::listener) yields each
/// setting once, and counts those replaced before it could. If each value is for a single
/// task, use [`RingQueue`](crate::RingQueue).
///
/// Values are `Copy`, because they are read under the lock, where no foreign code runs.
/// Keep other values in a `static` or a [`Mutex`](crate::Mutex), and send a reference.
///
/// The tutorial's `Message`; embassy's `Watch`, and tokio's `watch`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::shared;
///
/// static RAIN: shared::Message<u16> = shared::Message::new();
///
/// RAIN.set(12);
/// RAIN.set(14); // No task has read the first value.
/// let sim = Sim::new();
/// assert_eq!((sim.run(RAIN.wait()), sim.run(RAIN.wait())), (14, 14));
/// RAIN.clear();
/// assert_eq!(RAIN.get(), None);
/// ```
#[doc(alias = "Watch")]
#[doc(alias = "watch")]
pub struct Message<R, T> {
    monitor: Monitor<R, State<T>>,
}

impl<R: RawMutex, T: Copy> Message<R, T> {
    /// Creates a message that is not set.
    pub const fn new() -> Self {
        let state = State { set: Broadcast::new(), latest: Cell::new(None) };
        Self { monitor: Monitor::new(state) }
    }

    /// Sets the value, and wakes all waiters.
    ///
    /// With `CriticalSectionRawMutex`, an interrupt may call it.
    #[inline]
    pub fn set(&self, value: T) {
        let granted = self.monitor.lock(|inside| {
            inside.state.latest.set(Some(value));
            inside.state.set.announce();
            // No queued waiter has heard this announcement, so it releases the first.
            inside.granted::<Hear>(inside.queue::<Hear>().grant_first())
        });
        self.monitor.wake::<Hear>(granted);
    }

    /// Clears the message. Released waiters still get the value.
    pub fn clear(&self) {
        self.monitor.lock(|inside| inside.state.set.withdraw());
    }

    /// Returns whether the message is set.
    pub fn is_set(&self) -> bool {
        self.monitor.lock(|inside| inside.state.set.stands())
    }

    /// Returns the value if the message is set, without clearing it.
    #[doc(alias = "value")]
    pub fn get(&self) -> Option<T> {
        self.monitor.lock(|inside| inside.state.latest.get().filter(|_| inside.state.set.stands()))
    }

    /// Waits until the message is set, and returns the value, without clearing it.
    /// Resolves immediately if it is set.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
    #[inline]
    pub fn wait(&self) -> impl Future<Output = T> {
        Wait { waiter: Waiter::new(&self.monitor, Hear::<0>) }
    }

    /// Returns a listener for all settings from now on.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    /// use tickwire_sync::local;
    ///
    /// let speed = local::Message::<u32>::new();
    /// let mut seen = speed.listener();
    /// (1..=3).for_each(|each| speed.set(each));
    /// assert_eq!(Sim::new().run(seen.next()), 3);
    /// assert_eq!(seen.missed(), 2);
    /// ```
    pub fn listener(&self) -> Listener<'_, R, T> {
        let seen = self.monitor.lock(|inside| inside.state.set.number());
        Listener { monitor: &self.monitor, seen, missed: 0 }
    }
}

/// A reader of each new setting of a [`Message`], or the latest if there are several.
/// Returned by [`Message::listener`].
///
/// ```
/// use futures_util::StreamExt;
/// use tickwire_sim::Sim;
/// use tickwire_sync::local;
///
/// let mode = local::Message::<char>::new();
/// let stream = mode.listener().into_stream();
/// mode.set('a');
/// Sim::new().run(async {
///     let mut stream = core::pin::pin!(stream);
///     assert_eq!(stream.next().await, Some('a'));
/// });
/// ```
pub struct Listener<'a, R, T> {
    monitor: &'a Monitor<R, State<T>>,
    /// The number of the latest setting seen.
    seen: u32,
    missed: u32,
}

impl<'a, R: RawMutex, T: Copy> Listener<'a, R, T> {
    /// Waits for a new setting, and returns its value. Clearing is not a setting.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: only the poll that resolves marks a setting as seen.
    pub async fn next(&mut self) -> T {
        let mut waiter = pin!(Waiter::new(self.monitor, Newer { seen: Cell::new(self.seen) }));
        let (number, value) = poll_fn(|cx| waiter.as_mut().poll_with(cx, State::read)).await;
        // No await below: a setting is both marked as seen and returned.
        self.missed = self.missed.saturating_add(Broadcast::between(self.seen, number));
        self.seen = number;
        value
    }

    /// Returns how many settings were replaced before the listener saw them, at most
    /// `u32::MAX`.
    pub fn missed(&self) -> u32 {
        self.missed
    }

    /// Returns the settings as a stream. The stream never ends.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: dropping the stream changes no state.
    pub fn into_stream(self) -> impl Stream<Item = T> {
        Settings { waiter: Waiter::new(self.monitor, Newer { seen: Cell::new(self.seen) }) }
    }
}

struct State<T> {
    /// Announced by each setting; stands until the message is cleared.
    set: Broadcast,
    /// Kept after a clear, for released waiters that have not run yet.
    latest: Cell<Option<T>>,
}

impl<T: Copy> State<T> {
    fn read(inside: &Inside<Self>) -> (u32, T) {
        let value = inside.state.latest.get().expect("a value with each setting");
        (inside.state.set.number(), value)
    }
}

impl<T> HasBroadcast for State<T> {
    const WAITS_FOR: &'static str = "a `Message` to be set";

    #[inline(always)]
    fn broadcast(&self) -> &Broadcast {
        &self.set
    }
}

/// The claim of a task that waits for a setting later than `seen`.
struct Newer {
    seen: Cell<u32>,
}

impl<T> Claim<State<T>> for Newer {
    const WAITS_FOR: &'static str = "a `Message` to be set anew";

    fn try_claim(&self, state: &State<T>, _queue: &WaitQueue) -> bool {
        state.set.number() != self.seen.get()
    }

    fn ticket(&self, state: &State<T>) -> u32 {
        state.set.number()
    }

    fn passed(state: &State<T>, ticket: u32) -> bool {
        state.set.number() != ticket
    }

    fn settle(state: &State<T>, queue: &WaitQueue) -> Option<Waker> {
        state.set.grant_one(queue)
    }
}

pin_project! {
    struct Wait<W> {
        #[pin]
        waiter: W,
    }
}

impl<R: RawMutex, T: Copy> Future for Wait<Waiter<'_, R, State<T>, Hear>> {
    type Output = T;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        self.project().waiter.poll_with(cx, State::read).map(|(_, value)| value)
    }
}

pin_project! {
    struct Settings<W> {
        #[pin]
        waiter: W,
    }
}

impl<R: RawMutex, T: Copy> Stream for Settings<Waiter<'_, R, State<T>, Newer>> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut waiter = self.project().waiter;
        waiter.as_mut().poll_with(cx, State::read).map(|(number, value)| {
            waiter.claim().seen.set(number);
            Some(value)
        })
    }
}

impl<R: RawMutex, T: Copy> Default for Message<R, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex, T: Copy + fmt::Debug> fmt::Debug for Message<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("value", &self.get()).finish()
    }
}

impl<R, T> fmt::Debug for Listener<'_, R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("missed", &self.missed).finish_non_exhaustive()
    }
}
