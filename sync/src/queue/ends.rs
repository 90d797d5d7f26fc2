//! The futures at either end of a queue.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures_util::Stream;
use pin_project_lite::pin_project;

use super::state::{ITEMS, QUEUES, ROOM, State};
use crate::kernel::monitor::{Inside, Monitor};
use crate::kernel::permits::AcquireOne;
use crate::kernel::raw::RawMutex;
use crate::kernel::wait_queue::Waiter;

/// Reserved room for one item in a [`Queue`](crate::Queue). Dropping it releases the
/// room.
///
/// Returned by [`Queue::reserve`](crate::Queue::reserve), which has an example.
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
    monitor: &'a Monitor<R, State<T, N>, QUEUES>,
}

impl<R: RawMutex, T, const N: usize> Room<'_, R, T, N> {
    /// Appends `item` to the queue.
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

type ForItem<'a, R, T, const N: usize> = Waiter<'a, R, State<T, N>, AcquireOne<ITEMS>, QUEUES>;
type ForRoom<'a, R, T, const N: usize> = Waiter<'a, R, State<T, N>, AcquireOne<ROOM>, QUEUES>;

pin_project! {
    pub(super) struct Reserve<W> {
        #[pin]
        pub(super) waiter: W,
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
    pub(super) struct Push<W, T> {
        #[pin]
        pub(super) room: W,
        pub(super) item: Cell<Option<T>>,
    }
}

impl<R: RawMutex, T, const N: usize> Future for Push<ForRoom<'_, R, T, N>, T> {
    type Output = ();

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        // Checked before the future takes room, which would be lost.
        assert!(this.item.get_mut().is_some(), "not polled again after it resolved");
        let item = &*this.item;
        // The lock that finds room also appends the item.
        let push = |inside: &Inside<_, QUEUES>| {
            let item = item.take()?;
            Some(((), State::push(inside, item)))
        };
        this.room.poll_and_wake(cx, push)
    }
}

pin_project! {
    pub(super) struct Pop<W> {
        #[pin]
        pub(super) waiter: W,
    }
}

impl<R: RawMutex, T, const N: usize> Future for Pop<ForItem<'_, R, T, N>> {
    type Output = T;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        self.project().waiter.poll_and_wake(cx, State::pop)
    }
}

impl<R: RawMutex, T, const N: usize> Stream for Pop<ForItem<'_, R, T, N>> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll(cx).map(Some)
    }
}

impl<R: RawMutex, T, const N: usize> fmt::Debug for Room<'_, R, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Room")
    }
}

#[inline(always)]
pub(super) fn wake(granted: Option<Waker>) {
    if let Some(granted) = granted {
        granted.wake();
    }
}
