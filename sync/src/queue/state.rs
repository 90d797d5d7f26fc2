//! The items of a queue, and the grants to its waiters.

use core::cell::Cell;
use core::task::Waker;

use crate::kernel::broadcast::{Broadcast, HasBroadcast};
use crate::kernel::monitor::Inside;
use crate::kernel::permits::{AcquireOne, HasPermits, Permits};
use crate::kernel::ring::Ring;

/// The queues of waiters: for an item, for room, for all items to be done.
pub(super) const QUEUES: usize = 3;
pub(super) const ITEMS: usize = 0;
pub(super) const ROOM: usize = 1;
pub(super) const JOIN: usize = 2;

pub(super) struct State<T, const N: usize> {
    pub(super) ring: Ring<T, N>,
    /// Items that were granted to no waiter.
    pub(super) items: Permits,
    /// Room that was granted to no waiter and is not reserved.
    pub(super) room: Permits,
    pub(super) unfinished: Cell<u32>,
    /// Announces that `unfinished` has become zero. Stands while it is.
    pub(super) finished: Broadcast,
}

impl<T, const N: usize> State<T, N> {
    pub(super) const fn new() -> Self {
        Self {
            ring: Ring::new(),
            items: Permits::new(0),
            room: Permits::new(Ring::<T, N>::CAPACITY as u32),
            unfinished: Cell::new(0),
            finished: Broadcast::new(),
        }
    }

    /// Appends `item` where there is room, and grants it to a waiter.
    #[inline(always)]
    pub(super) fn push(inside: &Inside<Self, QUEUES>, item: T) -> Option<Waker> {
        let state = &inside.state;
        let pushed = state.ring.push(item);
        debug_assert!(pushed.is_ok(), "room was taken before");
        // The count wraps only in a program that never marks items as done.
        state.unfinished.set(state.unfinished.get().wrapping_add(1));
        state.items.grant_one(inside.queue::<AcquireOne<ITEMS>>())
    }

    /// Removes an item that is there, and grants its room to a waiter.
    #[inline(always)]
    pub(super) fn pop(inside: &Inside<Self, QUEUES>) -> Option<(T, Option<Waker>)> {
        let item = inside.state.ring.pop()?;
        Some((item, Self::give_room(inside)))
    }

    #[inline(always)]
    pub(super) fn give_room(inside: &Inside<Self, QUEUES>) -> Option<Waker> {
        inside.state.room.grant_one(inside.queue::<AcquireOne<ROOM>>())
    }
}

impl<T, const N: usize> HasPermits<ITEMS> for State<T, N> {
    const WAITS_FOR: &'static str = "an item of a `Queue`";

    #[inline(always)]
    fn permits(&self) -> &Permits {
        &self.items
    }
}

impl<T, const N: usize> HasPermits<ROOM> for State<T, N> {
    const WAITS_FOR: &'static str = "room in a `Queue`";

    #[inline(always)]
    fn permits(&self) -> &Permits {
        &self.room
    }
}

impl<T, const N: usize> HasBroadcast<JOIN> for State<T, N> {
    const WAITS_FOR: &'static str = "all items of a `Queue` to be done with";

    #[inline(always)]
    fn broadcast(&self) -> &Broadcast {
        &self.finished
    }

    #[inline(always)]
    fn stands(&self) -> bool {
        self.unfinished.get() == 0
    }
}
