//! Items from tasks and interrupts to tasks, in order, with waiting at both ends.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures_util::Stream;
use pin_project_lite::pin_project;

use crate::broadcast::{Broadcast, HasBroadcast, Hear};
use crate::permits::{Acquire, HasPermits, Permits};
use crate::ring::Ring;
use crate::wait_queue::{Inside, Monitor, Waiter};
use crate::{Full, RawMutex};

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
/// use tickwire_sync::{NoopRawMutex, Queue};
///
/// let lines = Queue::<NoopRawMutex, &str, 1>::new();
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
/// use tickwire_sync::{NoopRawMutex, Queue};
///
/// let nothing = Queue::<NoopRawMutex, u8, 0>::new();
/// ```
pub struct Queue<R, T, const N: usize> {
    monitor: Monitor<R, State<T, N>, LINES>,
}

impl<R: RawMutex, T, const N: usize> Queue<R, T, N> {
    /// Creates an empty queue.
    pub const fn new() -> Self {
        Self {
            monitor: Monitor::new(State {
                ring: Ring::new(),
                items: Permits::new(0),
                room: Permits::new(Ring::<T, N>::CAPACITY as u32),
                unfinished: Cell::new(0),
                finished: Broadcast::standing(),
            }),
        }
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
        Push { room: self.reserve(), item: Some(item) }
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
            if inside.state.room.try_take(inside.line::<Acquire<ROOM>>(), 1) {
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
    /// use tickwire_sync::{Full, NoopRawMutex, Queue};
    ///
    /// let jobs = Queue::<NoopRawMutex, u32, 1>::new();
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
        Reserve { waiter: Waiter::new(&self.monitor, Acquire(1)) }
    }

    /// Waits for an item, and takes the first.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: an item is taken by resolving only. Who is dropped leaves the
    /// line; the item that was meant for it goes to the next.
    #[doc(alias = "get")]
    #[doc(alias = "receive")]
    #[inline]
    pub fn pop(&self) -> impl Future<Output = T> {
        Pop { waiter: Waiter::new(&self.monitor, Acquire(1)) }
    }

    /// Takes the first item that is meant for nobody who waits.
    ///
    /// May be called from an interrupt, with the raw mutex for it.
    #[doc(alias = "get_nowait")]
    #[doc(alias = "try_receive")]
    #[inline]
    pub fn try_pop(&self) -> Option<T> {
        let (item, sender) = self.monitor.lock(|inside| {
            let taken = inside.state.items.try_take(inside.line::<Acquire<ITEMS>>(), 1);
            taken.then(|| State::pop(inside))
        })?;
        wake(sender);
        item
    }

    /// Returns the items as they come, as a stream that never ends.
    ///
    /// It waits in line as [`pop`](Self::pop) does, and keeps its place while it is
    /// not polled.
    pub fn stream(&self) -> impl Stream<Item = T> {
        Pop { waiter: Waiter::new(&self.monitor, Acquire(1)) }
    }

    /// Says that what was taken is done with: once for each item.
    ///
    /// # Errors
    ///
    /// [`NothingUnfinished`] when all items that were ever pushed are done with.
    /// The queue may be used as before.
    pub fn task_done(&self) -> Result<(), NothingUnfinished> {
        let joiner = self.monitor.lock(|inside| {
            let state = &inside.state;
            let left = state.unfinished.get().checked_sub(1).ok_or(NothingUnfinished)?;
            state.unfinished.set(left);
            if left == 0 {
                state.finished.announce();
            }
            Ok(state.finished.call_one(inside.line::<Hear<JOIN>>()))
        })?;
        if let Some(joiner) = joiner {
            joiner.wake();
            self.monitor.settle::<Hear<JOIN>>();
        }
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

    /// Returns whether there is no room.
    pub fn is_full(&self) -> bool {
        self.len() == N
    }

    /// Returns how many items there may be: `N`.
    pub const fn capacity(&self) -> usize {
        N
    }
}

/// Room for one item in a [`Queue`]; given back when this is dropped.
///
/// Made by [`Queue::reserve`], where an example is.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_sync::{NoopRawMutex, Queue, Room};
///
/// fn report(room: Room<'_, NoopRawMutex, u32, 2>) {
///     room.push(7);
/// }
///
/// let log = Queue::new();
/// report(Sim::new().run(log.reserve()));
/// assert_eq!(log.try_pop(), Some(7));
/// ```
#[must_use = "the room is given back at once"]
pub struct Room<'a, R: RawMutex, T, const N: usize> {
    monitor: &'a Monitor<R, State<T, N>, LINES>,
}

impl<R: RawMutex, T, const N: usize> Room<'_, R, T, N> {
    /// Puts `item` at the end of the queue.
    #[inline]
    pub fn push(self, item: T) {
        let monitor = self.monitor;
        core::mem::forget(self);
        wake(monitor.lock(|inside| State::push(inside, item)));
    }
}

impl<R: RawMutex, T, const N: usize> Drop for Room<'_, R, T, N> {
    fn drop(&mut self) {
        wake(self.monitor.lock(State::give_room));
    }
}

/// More items were said to be [done with](Queue::task_done) than were pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NothingUnfinished;

impl fmt::Display for NothingUnfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no item is unfinished")
    }
}

impl core::error::Error for NothingUnfinished {}

/// Who waits for an item, for room, for all to be done.
const LINES: usize = 3;
const ITEMS: usize = 0;
const ROOM: usize = 1;
const JOIN: usize = 2;

struct State<T, const N: usize> {
    ring: Ring<T, N>,
    /// Items that are meant for nobody yet.
    items: Permits,
    /// Places that are kept for nobody.
    room: Permits,
    unfinished: Cell<u32>,
    /// Stands while `unfinished` is zero.
    finished: Broadcast,
}

impl<T, const N: usize> State<T, N> {
    /// Puts `item` where there is room, and calls up who waits for it.
    #[inline(always)]
    fn push(inside: &Inside<Self, LINES>, item: T) -> Option<Waker> {
        let state = &inside.state;
        let pushed = state.ring.push(item);
        debug_assert!(pushed.is_ok(), "room was taken before");
        state.unfinished.set(state.unfinished.get().saturating_add(1));
        state.finished.withdraw();
        state.items.hand_over_one(inside.line::<Acquire<ITEMS>>())
    }

    /// Takes an item that is there, and calls up who waits for its place.
    #[inline(always)]
    fn pop(inside: &Inside<Self, LINES>) -> (Option<T>, Option<Waker>) {
        (inside.state.ring.pop(), Self::give_room(inside))
    }

    #[inline(always)]
    fn give_room(inside: &Inside<Self, LINES>) -> Option<Waker> {
        inside.state.room.hand_over_one(inside.line::<Acquire<ROOM>>())
    }
}

impl<T, const N: usize> HasPermits<ITEMS> for State<T, N> {
    #[inline(always)]
    fn permits(&self) -> &Permits {
        &self.items
    }
}

impl<T, const N: usize> HasPermits<ROOM> for State<T, N> {
    #[inline(always)]
    fn permits(&self) -> &Permits {
        &self.room
    }
}

impl<T, const N: usize> HasBroadcast<JOIN> for State<T, N> {
    #[inline(always)]
    fn broadcast(&self) -> &Broadcast {
        &self.finished
    }
}

#[inline(always)]
fn wake(called: Option<Waker>) {
    if let Some(called) = called {
        called.wake();
    }
}

type ForItem<'a, R, T, const N: usize> = Waiter<'a, R, State<T, N>, Acquire<ITEMS>, LINES>;
type ForRoom<'a, R, T, const N: usize> = Waiter<'a, R, State<T, N>, Acquire<ROOM>, LINES>;

pin_project! {
    struct Reserve<W> {
        #[pin]
        waiter: W,
    }
}

impl<'a, R: RawMutex, T, const N: usize> Future for Reserve<ForRoom<'a, R, T, N>> {
    type Output = Room<'a, R, T, N>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let monitor = this.waiter.monitor();
        this.waiter.poll(cx).map(|()| Room { monitor })
    }
}

pin_project! {
    struct Push<F, T> {
        #[pin]
        room: F,
        item: Option<T>,
    }
}

impl<'a, R: RawMutex + 'a, T: 'a, const N: usize, F> Future for Push<F, T>
where
    F: Future<Output = Room<'a, R, T, N>>,
{
    type Output = ();

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        this.room.poll(cx).map(|room| {
            room.push(this.item.take().expect("not polled again after it resolved"));
        })
    }
}

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
        let Poll::Ready((item, sender)) = self.project().waiter.poll_with(cx, State::pop) else {
            return Poll::Pending;
        };
        wake(sender);
        Poll::Ready(item.expect("an item for each permit"))
    }
}

impl<R: RawMutex, T, const N: usize> Stream for Pop<ForItem<'_, R, T, N>> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll(cx).map(Some)
    }
}

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

impl<R: RawMutex, T, const N: usize> fmt::Debug for Room<'_, R, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Room")
    }
}
