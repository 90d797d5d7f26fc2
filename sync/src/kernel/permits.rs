//! Counted permits, granted in order: the common part of semaphores, ring queues and both
//! ends of a queue.

use core::cell::Cell;
use core::task::Waker;

use super::claim::Claim;
use super::wait_queue::WaitQueue;

/// The free permits. Permits granted to a waiter are not among them.
#[derive(Debug)]
pub(crate) struct Permits {
    free: Cell<u32>,
}

impl Permits {
    pub(crate) const fn new(free: u32) -> Self {
        Self { free: Cell::new(free) }
    }

    #[inline(always)]
    pub(crate) fn free(&self) -> u32 {
        self.free.get()
    }

    /// Takes `wanted` permits, unless a task waits or there are too few.
    #[inline(always)]
    pub(crate) fn try_take(&self, queue: &WaitQueue, wanted: u32) -> bool {
        let enough = queue.is_empty() && wanted <= self.free.get();
        if enough {
            self.free.set(self.free.get() - wanted);
        }
        enough
    }

    /// Takes one permit. For queues in which every waiter wants one: the queue is empty
    /// while a permit is free.
    #[inline(always)]
    pub(crate) fn try_take_one(&self, queue: &WaitQueue) -> bool {
        let free = self.free.get();
        debug_assert!(free == 0 || queue.is_empty(), "a permit is free while a task waits");
        if free > 0 {
            self.free.set(free - 1);
        }
        free > 0
    }

    /// Adds `count` permits, saturating.
    #[inline(always)]
    pub(crate) fn put(&self, count: u32) {
        self.free.set(self.free.get().saturating_add(count));
    }

    /// Grants one permit to the first waiter, or keeps it. For queues in which every
    /// waiter wants one.
    #[inline(always)]
    pub(crate) fn grant_one(&self, queue: &WaitQueue) -> Option<Waker> {
        let granted = queue.grant_first();
        if granted.is_none() {
            self.free.set(self.free.get() + 1);
        }
        granted
    }

    /// Grants the first waiter its permits, if there are enough.
    ///
    /// Small requests do not overtake large ones, so no waiter starves.
    #[inline(always)]
    pub(crate) fn grant_first(&self, queue: &WaitQueue) -> Option<Waker> {
        let wanted = queue.first_ticket()?;
        let left = self.free.get().checked_sub(wanted)?;
        self.free.set(left);
        queue.grant_first()
    }
}

/// A state that contains permits; `SIDE` distinguishes several in one state.
pub(crate) trait HasPermits<const SIDE: usize = 0> {
    const WAITS_FOR: &'static str;

    fn permits(&self) -> &Permits;
}

/// The claim of a task that waits for this many permits.
pub(crate) struct Acquire<const SIDE: usize = 0>(pub(crate) u32);

impl<S: HasPermits<SIDE>, const SIDE: usize> Claim<S> for Acquire<SIDE> {
    const WAITS_FOR: &'static str = S::WAITS_FOR;
    const QUEUE: usize = SIDE;

    #[inline(always)]
    fn try_claim(&self, state: &S, queue: &WaitQueue) -> bool {
        state.permits().try_take(queue, self.0)
    }

    #[inline(always)]
    fn ticket(&self, _state: &S) -> u32 {
        self.0
    }

    #[inline(always)]
    fn give_back(&self, state: &S, _ticket: u32) {
        state.permits().put(self.0);
    }

    #[inline(always)]
    fn settle(state: &S, queue: &WaitQueue) -> Option<Waker> {
        state.permits().grant_first(queue)
    }
}

/// The claim of a task that waits for one permit, in a queue in which every waiter does.
/// Saves a number in each future.
pub(crate) struct AcquireOne<const SIDE: usize = 0>;

impl<S: HasPermits<SIDE>, const SIDE: usize> Claim<S> for AcquireOne<SIDE> {
    const WAITS_FOR: &'static str = S::WAITS_FOR;
    const QUEUE: usize = SIDE;

    #[inline(always)]
    fn try_claim(&self, state: &S, queue: &WaitQueue) -> bool {
        state.permits().try_take_one(queue)
    }

    #[inline(always)]
    fn ticket(&self, _state: &S) -> u32 {
        1
    }

    #[inline(always)]
    fn give_back(&self, state: &S, _ticket: u32) {
        state.permits().put(1);
    }

    #[inline(always)]
    fn settle(state: &S, queue: &WaitQueue) -> Option<Waker> {
        state.permits().grant_first(queue)
    }
}
