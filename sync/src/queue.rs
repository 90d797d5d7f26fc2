//! Items from tasks and interrupts to tasks, in order, with waiting at both ends.

mod ends;
mod state;

use core::cell::Cell;
use core::fmt;
use core::future::Future;

use futures_util::Stream;

use crate::full::Full;
use crate::kernel::broadcast::Hear;
use crate::kernel::permits::AcquireOne;
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::{Monitor, Waiter};
pub use ends::Room;
use ends::{Pop, Push, Reserve, wake};
use state::{ITEMS, JOIN, LINES, ROOM, State};

/// Up to `N` items on their way from tasks, interrupts and threads to tasks.
///
/// Who pushes into a full queue waits for room, who pops from an empty one waits
/// for an item; both in line. What is pushed while somebody waits is theirs: who
/// comes later does not get in between. There is room for 1 to 65535 items; the
/// compiler refuses others.
///
/// Where the newest items matter more than the oldest, and in interrupts that
/// have nowhere to put what does not fit, see [`RingQueue`](crate::RingQueue).
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
    monitor: Monitor<R, State<T, N>, LINES>,
}

impl<R: RawMutex, T, const N: usize> Queue<R, T, N> {
    /// Creates an empty queue.
    pub const fn new() -> Self {
        Self { monitor: Monitor::new(State::new()) }
    }

    /// Waits for room, and puts `item` at the end.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: what is dropped before it resolves has pushed nothing, and is
    /// dropped with the item. To keep that, [`reserve`](Self::reserve) room first.
    #[doc(alias = "put")]
    #[doc(alias = "send")]
    #[inline]
    pub fn push(&self, item: T) -> impl Future<Output = ()> {
        Push { room: Waiter::new(&self.monitor, AcquireOne), item: Cell::new(Some(item)) }
    }

    /// Puts `item` at the end, if there is room and nobody waits for it.
    ///
    /// May be called from an interrupt, with the raw mutex for it.
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
            if inside.state.room.try_take_one(inside.line::<AcquireOne<ROOM>>()) {
                Ok(State::push(inside, item))
            } else {
                Err(Full(item))
            }
        })?;
        wake(receiver);
        Ok(())
    }

    /// Waits for room, and keeps it for an item that comes later.
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
    /// Cancel-safe: who is dropped leaves the line; room that it was handed goes
    /// to the next.
    #[inline]
    pub fn reserve(&self) -> impl Future<Output = Room<'_, R, T, N>> {
        Reserve { waiter: Waiter::new(&self.monitor, AcquireOne) }
    }

    /// Waits for an item, and takes the first.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: an item is taken by resolving only. Who is dropped leaves the
    /// line; the item that was meant for it goes to the next, or stays the first.
    #[doc(alias = "get")]
    #[doc(alias = "receive")]
    #[inline]
    pub fn pop(&self) -> impl Future<Output = T> {
        Pop { waiter: Waiter::new(&self.monitor, AcquireOne) }
    }

    /// Takes the first item that is meant for nobody who waits.
    ///
    /// May be called from an interrupt, with the raw mutex for it.
    #[doc(alias = "get_nowait")]
    #[doc(alias = "try_receive")]
    #[inline]
    pub fn try_pop(&self) -> Option<T> {
        let (item, sender) = self.monitor.lock(|inside| {
            let taken = inside.state.items.try_take_one(inside.line::<AcquireOne<ITEMS>>());
            if taken { State::pop(inside) } else { None }
        })?;
        wake(sender);
        Some(item)
    }

    /// Returns the items as they come, as a stream that never ends.
    ///
    /// It waits in line as [`pop`](Self::pop) does, and keeps its place while it is
    /// not polled.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: what was not yielded goes to the next in line when the stream is
    /// dropped.
    pub fn stream(&self) -> impl Stream<Item = T> {
        Pop { waiter: Waiter::new(&self.monitor, AcquireOne) }
    }

    /// Says that what was taken is done with: once for each item.
    ///
    /// # Errors
    ///
    /// [`NothingUnfinished`] when all items that were ever pushed are done with.
    /// The queue may be used as before.
    pub fn task_done(&self) -> Result<(), NothingUnfinished> {
        let called = self.monitor.lock(|inside| {
            let state = &inside.state;
            let left = state.unfinished.get().checked_sub(1).ok_or(NothingUnfinished)?;
            state.unfinished.set(left);
            if left == 0 {
                state.finished.pulse();
            }
            let joiner = state.finished.call_one(inside.line::<Hear<JOIN>>());
            Ok(inside.called::<Hear<JOIN>>(joiner))
        })?;
        self.monitor.wake::<Hear<JOIN>>(called);
        Ok(())
    }

    /// Waits until all items that were pushed are [done with](Self::task_done). If
    /// none is in work, resolves at once.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes nothing.
    pub fn join(&self) -> impl Future<Output = ()> {
        Waiter::new(&self.monitor, Hear::<JOIN>)
    }

    /// Returns how many items there are.
    pub fn len(&self) -> usize {
        usize::from(self.monitor.lock(|inside| inside.state.ring.len()))
    }

    /// Returns whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether there are `N` items. Room that is kept for who waited for it or
    /// [reserved](Self::reserve) it is not counted, so one that is not full may have
    /// none.
    pub fn is_full(&self) -> bool {
        self.len() == N
    }

    /// Returns how many items there may be: `N`.
    pub const fn capacity(&self) -> usize {
        N
    }
}

/// More items were said to be [done with](Queue::task_done) than were pushed.
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
