//! Notification of all waiters at once, without touching each of them under the lock.
//!
//! Every announcement has a number. A waiter stores the number of the latest one when it
//! is queued, and a later number releases it. So an announcement releases all its waiters
//! in the same moment, whatever follows; they are woken one by one, with the lock free in
//! between.

use core::cell::Cell;
use core::task::Waker;

use super::claim::Claim;
use super::wait_queue::WaitQueue;

/// The number of the latest announcement, and whether it still stands: then new waiters
/// are released immediately.
#[derive(Debug)]
pub(crate) struct Broadcast {
    /// The number times two, plus one if the announcement stands. It wraps after 2^31
    /// announcements, long after every waiter queued before the first has been released.
    number_and_stands: Cell<u32>,
}

const STANDS: u32 = 1;
const NEXT: u32 = 2;

impl Broadcast {
    pub(crate) const fn new() -> Self {
        Self { number_and_stands: Cell::new(0) }
    }

    #[inline(always)]
    pub(crate) fn stands(&self) -> bool {
        self.number_and_stands.get() & STANDS != 0
    }

    #[inline(always)]
    pub(crate) fn number(&self) -> u32 {
        self.number_and_stands.get() & !STANDS
    }

    /// Returns the number of announcements between two numbers.
    pub(crate) fn between(earlier: u32, later: u32) -> u32 {
        (later.wrapping_sub(earlier) / NEXT).saturating_sub(1)
    }

    /// Releases all current waiters, and all later ones until `withdraw`.
    #[inline(always)]
    pub(crate) fn announce(&self) {
        self.number_and_stands.set(self.number().wrapping_add(NEXT) | STANDS);
    }

    /// Releases all current waiters, but no later ones.
    #[inline(always)]
    pub(crate) fn pulse(&self) {
        self.number_and_stands.set(self.number_and_stands.get().wrapping_add(NEXT));
    }

    #[inline(always)]
    pub(crate) fn withdraw(&self) {
        self.number_and_stands.set(self.number());
    }

    /// Dequeues a released waiter. Returns its waker.
    #[inline(always)]
    pub(crate) fn grant_one(&self, queue: &WaitQueue) -> Option<Waker> {
        let waits_since = queue.first_ticket()?;
        if waits_since == self.number() { None } else { queue.grant_first() }
    }
}

/// A state that contains a broadcast; `QUEUE` is the queue of its waiters.
pub(crate) trait HasBroadcast<const QUEUE: usize = 0> {
    const WAITS_FOR: &'static str;

    fn broadcast(&self) -> &Broadcast;

    /// Returns whether a new waiter is released immediately.
    #[inline(always)]
    fn stands(&self) -> bool {
        self.broadcast().stands()
    }
}

impl HasBroadcast for Broadcast {
    const WAITS_FOR: &'static str = "an `Event` or a `CancelToken` to be set";

    #[inline(always)]
    fn broadcast(&self) -> &Broadcast {
        self
    }
}

/// The claim of a task that waits for the next announcement, or for one that stands.
pub(crate) struct Hear<const QUEUE: usize = 0>;

impl<S: HasBroadcast<QUEUE>, const QUEUE: usize> Claim<S> for Hear<QUEUE> {
    const WAITS_FOR: &'static str = S::WAITS_FOR;
    const QUEUE: usize = QUEUE;

    #[inline(always)]
    fn try_claim(&self, state: &S, _queue: &WaitQueue) -> bool {
        state.stands()
    }

    #[inline(always)]
    fn ticket(&self, state: &S) -> u32 {
        state.broadcast().number()
    }

    #[inline(always)]
    fn passed(state: &S, ticket: u32) -> bool {
        state.broadcast().number() != ticket
    }

    #[inline(always)]
    fn settle(state: &S, queue: &WaitQueue) -> Option<Waker> {
        state.broadcast().grant_one(queue)
    }
}
