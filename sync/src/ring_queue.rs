//! Queues of the newest items, whose pushes never wait.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_util::Stream;
use pin_project_lite::pin_project;

use crate::kernel::monitor::Monitor;
use crate::kernel::permits::{AcquireOne, HasPermits, Permits};
use crate::kernel::raw::RawMutex;
use crate::kernel::ring::Ring;
use crate::kernel::wait_queue::Waiter;

/// A queue of the newest `N` items: a push never waits, and evicts the oldest item if
/// there is no room.
///
/// The evicted item is returned to the caller of `push`, and counted. So an interrupt can
/// push, and a late task can find out how many items it missed. With `N = 1` the queue
/// holds the latest value, taken once. It has room for 1 to 65535 items; the compiler
/// rejects other sizes.
///
/// The tutorial's `RingbufQueue`; with `N = 1` embassy's `Signal<T>`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::shared;
///
/// static SAMPLES: shared::RingQueue<u16, 2> = shared::RingQueue::new();
///
/// // In the interrupt handler:
/// assert_eq!(SAMPLES.push(10), None);
/// assert_eq!(SAMPLES.push(11), None);
/// assert_eq!(SAMPLES.push(12), Some(10));
///
/// Sim::new().run(async {
///     assert_eq!((SAMPLES.pop().await, SAMPLES.pop().await), (11, 12));
/// });
/// assert_eq!(SAMPLES.overwritten(), 1);
/// ```
///
/// A queue without room does not compile:
///
/// ```compile_fail,E0080
/// use tickwire_sync::local;
///
/// let nothing = local::RingQueue::<u8, 0>::new();
/// ```
#[doc(alias = "RingbufQueue")]
#[doc(alias = "Signal")]
pub struct RingQueue<R, T, const N: usize> {
    monitor: Monitor<R, State<T, N>>,
}

impl<R: RawMutex, T, const N: usize> RingQueue<R, T, N> {
    /// Creates an empty queue.
    pub const fn new() -> Self {
        const { assert!(Ring::<T, N>::CAPACITY > 0) };
        Self {
            monitor: Monitor::new(State {
                ring: Ring::new(),
                items: Permits::new(0),
                overwritten: Cell::new(0),
            }),
        }
    }

    /// Appends `item`. Returns the oldest item, if it was evicted.
    ///
    /// With `CriticalSectionRawMutex`, an interrupt may call it.
    #[doc(alias = "put_nowait")]
    #[doc(alias = "signal")]
    #[inline]
    pub fn push(&self, item: T) -> Option<T> {
        let (oldest, receiver) = self.monitor.lock(|inside| {
            let state = &inside.state;
            let Err(item) = state.ring.push(item) else {
                return (None, state.items.grant_one(inside.queue::<AcquireOne>()));
            };
            // The number of items is unchanged: no new grant, and no grant goes empty.
            let oldest = state.ring.pop();
            let pushed = state.ring.push(item);
            debug_assert!(pushed.is_ok(), "the oldest has made room");
            state.overwritten.set(state.overwritten.get().saturating_add(1));
            (oldest, None)
        });
        if let Some(receiver) = receiver {
            receiver.wake();
        }
        oldest
    }

    /// Waits for an item, and removes the oldest.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: an item is removed only in the poll that returns it. Dropping the
    /// future removes it from the wait queue; an item granted to it passes to the next
    /// waiter, or stays the first.
    #[doc(alias = "get")]
    #[inline]
    pub fn pop(&self) -> impl Future<Output = T> {
        Pop { waiter: Waiter::new(&self.monitor, AcquireOne) }
    }

    /// Removes the oldest item that was granted to no waiter.
    #[doc(alias = "get_nowait")]
    #[inline]
    pub fn try_pop(&self) -> Option<T> {
        self.monitor.lock(|inside| {
            let taken = inside.state.items.try_take_one(inside.queue::<AcquireOne>());
            if taken { inside.state.ring.pop() } else { None }
        })
    }

    /// Returns the items as a stream. The stream never ends.
    ///
    /// It waits like [`pop`](Self::pop), and keeps its place while it is not polled.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: when the stream is dropped, an item granted and not yielded passes to
    /// the next waiter.
    pub fn stream(&self) -> impl Stream<Item = T> {
        Pop { waiter: Waiter::new(&self.monitor, AcquireOne) }
    }

    /// Returns how many items were overwritten, at most `u32::MAX`.
    pub fn overwritten(&self) -> u32 {
        self.monitor.lock(|inside| inside.state.overwritten.get())
    }

    /// Returns the number of items.
    pub fn len(&self) -> usize {
        usize::from(self.monitor.lock(|inside| inside.state.ring.len()))
    }

    /// Returns whether the queue has no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the capacity, `N`.
    pub const fn capacity(&self) -> usize {
        N
    }
}

struct State<T, const N: usize> {
    ring: Ring<T, N>,
    /// Items that were granted to no waiter.
    items: Permits,
    overwritten: Cell<u32>,
}

impl<T, const N: usize> HasPermits for State<T, N> {
    const WAITS_FOR: &'static str = "an item of a `RingQueue`";

    #[inline(always)]
    fn permits(&self) -> &Permits {
        &self.items
    }
}

type ForItem<'a, R, T, const N: usize> = Waiter<'a, R, State<T, N>, AcquireOne>;

pin_project! {
    struct Pop<W> {
        #[pin]
        waiter: W,
    }
}

impl<R: RawMutex, T, const N: usize> Future for Pop<ForItem<'_, R, T, N>> {
    type Output = T;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let popped = self.project().waiter.poll_with(cx, |inside| inside.state.ring.pop());
        popped.map(|item| item.expect("an item for each permit"))
    }
}

impl<R: RawMutex, T, const N: usize> Stream for Pop<ForItem<'_, R, T, N>> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll(cx).map(Some)
    }
}

impl<R: RawMutex, T, const N: usize> Default for RingQueue<R, T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex, T, const N: usize> fmt::Debug for RingQueue<R, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RingQueue");
        shown.field("len", &self.len()).field("capacity", &N);
        shown.field("overwritten", &self.overwritten()).finish()
    }
}
