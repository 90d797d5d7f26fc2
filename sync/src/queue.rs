//! Queues of items, in order, with waiting at both ends.

mod ends;
mod state;

use core::cell::Cell;
use core::fmt;
use core::future::Future;

use futures_util::Stream;

use crate::full::Full;
use crate::kernel::broadcast::Hear;
use crate::kernel::monitor::Monitor;
use crate::kernel::permits::AcquireOne;
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::Waiter;
pub use ends::Room;
use ends::{Pop, Push, Reserve, wake};
use state::{ITEMS, JOIN, QUEUES, ROOM, State};

/// A queue of up to `N` items, from tasks, interrupts and threads to tasks.
///
/// A push into a full queue waits for room, and a pop from an empty one for an item, both
/// first come, first served. An item pushed while a task waits is granted to that task:
/// no later call overtakes it. The queue has room for 1 to 65535 items; the compiler
/// rejects other sizes.
///
/// If the newest items matter more than the oldest, or an interrupt cannot keep a
/// rejected item, use [`RingQueue`](crate::RingQueue).
///
/// The tutorial's `Queue` and `ThreadSafeQueue`; embassy's and tokio's `Channel`.
///
/// ```
/// use futures_util::future::join;
/// use tickwire_sim::Sim;
/// use tickwire_sync::local;
///
/// let lines = local::Queue::<&str, 1>::new();
/// let (_, read) = Sim::new().run(join(
///     async {
///         lines.push("first").await;
///         lines.push("second").await; // Once there is room.
///     },
///     async { [lines.pop().await, lines.pop().await] },
/// ));
/// assert_eq!(read, ["first", "second"]);
/// ```
///
/// A queue without room does not compile:
///
/// ```compile_fail,E0080
/// use tickwire_sync::local;
///
/// let nothing = local::Queue::<u8, 0>::new();
/// ```
#[doc(alias = "Channel")]
#[doc(alias = "mpsc")]
#[doc(alias = "ThreadSafeQueue")]
pub struct Queue<R, T, const N: usize> {
    monitor: Monitor<R, State<T, N>, QUEUES>,
}

impl<R: RawMutex, T, const N: usize> Queue<R, T, N> {
    /// Creates an empty queue.
    pub const fn new() -> Self {
        Self { monitor: Monitor::new(State::new()) }
    }

    /// Waits for room, and appends `item`.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a future dropped before it resolves has pushed nothing. The item is
    /// dropped with it; to keep the item, [`reserve`](Self::reserve) room first.
    #[doc(alias = "put")]
    #[doc(alias = "send")]
    #[inline]
    pub fn push(&self, item: T) -> impl Future<Output = ()> {
        Push { room: Waiter::new(&self.monitor, AcquireOne), item: Cell::new(Some(item)) }
    }

    /// Appends `item`, if there is room that was granted to no waiter.
    ///
    /// With `CriticalSectionRawMutex`, an interrupt may call it.
    ///
    /// # Errors
    ///
    /// [`Full`], with the item.
    #[doc(alias = "put_nowait")]
    #[doc(alias = "put_sync")]
    #[doc(alias = "try_send")]
    #[inline]
    pub fn try_push(&self, item: T) -> Result<(), Full<T>> {
        let receiver = self.monitor.lock(|inside| {
            if inside.state.room.try_take_one(inside.queue::<AcquireOne<ROOM>>()) {
                Ok(State::push(inside, item))
            } else {
                Err(Full(item))
            }
        })?;
        wake(receiver);
        Ok(())
    }

    /// Waits for room, and reserves it for a later item.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    /// use tickwire_sync::{Full, local};
    ///
    /// let jobs = local::Queue::<u32, 1>::new();
    /// let room = Sim::new().run(jobs.reserve());
    /// assert_eq!(jobs.try_push(1), Err(Full(1)));
    /// room.push(2);
    /// assert_eq!(jobs.try_pop(), Some(2));
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: dropping the future removes it from the queue. Room already granted
    /// to it passes to the next waiter.
    #[inline]
    pub fn reserve(&self) -> impl Future<Output = Room<'_, R, T, N>> {
        Reserve { waiter: Waiter::new(&self.monitor, AcquireOne) }
    }

    /// Waits for an item, and removes the first.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: an item is removed only in the poll that returns it. Dropping the
    /// future removes it from the wait queue; an item granted to it passes to the next
    /// waiter, or stays the first.
    #[doc(alias = "get")]
    #[doc(alias = "receive")]
    #[inline]
    pub fn pop(&self) -> impl Future<Output = T> {
        Pop { waiter: Waiter::new(&self.monitor, AcquireOne) }
    }

    /// Removes the first item that was granted to no waiter.
    ///
    /// With `CriticalSectionRawMutex`, an interrupt may call it.
    #[doc(alias = "get_nowait")]
    #[doc(alias = "try_receive")]
    #[inline]
    pub fn try_pop(&self) -> Option<T> {
        let (item, sender) = self.monitor.lock(|inside| {
            let taken = inside.state.items.try_take_one(inside.queue::<AcquireOne<ITEMS>>());
            if taken { State::pop(inside) } else { None }
        })?;
        wake(sender);
        Some(item)
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

    /// Marks one popped item as done. Call it once per item.
    ///
    /// # Errors
    ///
    /// [`NothingUnfinished`] if all pushed items are already done. The queue may be used
    /// as before.
    pub fn task_done(&self) -> Result<(), NothingUnfinished> {
        let granted = self.monitor.lock(|inside| {
            let state = &inside.state;
            let left = state.unfinished.get().checked_sub(1).ok_or(NothingUnfinished)?;
            state.unfinished.set(left);
            if left == 0 {
                state.finished.pulse();
            }
            let joiner = state.finished.grant_one(inside.queue::<Hear<JOIN>>());
            Ok(inside.granted::<Hear<JOIN>>(joiner))
        })?;
        self.monitor.wake::<Hear<JOIN>>(granted);
        Ok(())
    }

    /// Waits until all pushed items are [done](Self::task_done). Resolves immediately if
    /// they are.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
    pub fn join(&self) -> impl Future<Output = ()> {
        Waiter::new(&self.monitor, Hear::<JOIN>)
    }

    /// Returns the number of items.
    pub fn len(&self) -> usize {
        usize::from(self.monitor.lock(|inside| inside.state.ring.len()))
    }

    /// Returns whether the queue has no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether there are `N` items. Room granted to a waiter or
    /// [reserved](Self::reserve) does not count as items, so a queue that is not full may
    /// have no room.
    pub fn is_full(&self) -> bool {
        self.len() == N
    }

    /// Returns the capacity, `N`.
    pub const fn capacity(&self) -> usize {
        N
    }
}

/// The error of [`Queue::task_done`]: more items were marked as done than were pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NothingUnfinished;

impl fmt::Display for NothingUnfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no item is unfinished")
    }
}

impl core::error::Error for NothingUnfinished {}

impl<R: RawMutex, T, const N: usize> Default for Queue<R, T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex, T, const N: usize> fmt::Debug for Queue<R, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("len", &self.len()).field("capacity", &N).finish()
    }
}
