//! A single permit: the lock of a mutex, the setting of a flag.

use core::cell::Cell;
use core::task::Waker;

use super::claim::Claim;
use super::wait_queue::WaitQueue;

/// Whether the permit is free. While it is, the queue is empty.
pub(crate) struct Turn {
    free: Cell<bool>,
}

impl Turn {
    pub(crate) const fn new(free: bool) -> Self {
        Self { free: Cell::new(free) }
    }

    #[inline(always)]
    pub(crate) fn is_free(&self) -> bool {
        self.free.get()
    }

    #[inline(always)]
    pub(crate) fn try_take(&self) -> bool {
        self.free.replace(false)
    }

    /// Grants the permit to the first waiter, or frees it. Freeing it twice has no
    /// further effect.
    #[inline(always)]
    pub(crate) fn grant(&self, queue: &WaitQueue) -> Option<Waker> {
        let granted = queue.grant_first();
        if granted.is_none() {
            self.free.set(true);
        }
        granted
    }
}

/// A state that contains a turn.
pub(crate) trait HasTurn {
    const WAITS_FOR: &'static str;

    fn turn(&self) -> &Turn;
}

impl HasTurn for Turn {
    const WAITS_FOR: &'static str = "a `Flag` to be set";

    #[inline(always)]
    fn turn(&self) -> &Turn {
        self
    }
}

/// The claim of a task that waits for its turn.
pub(crate) struct Take;

impl<S: HasTurn> Claim<S> for Take {
    const WAITS_FOR: &'static str = S::WAITS_FOR;

    #[inline(always)]
    fn try_claim(&self, state: &S, _queue: &WaitQueue) -> bool {
        state.turn().try_take()
    }

    #[inline(always)]
    fn give_back(&self, state: &S, _ticket: u32) {
        state.turn().free.set(true);
    }

    #[inline(always)]
    fn settle(state: &S, queue: &WaitQueue) -> Option<Waker> {
        if state.turn().try_take() { state.turn().grant(queue) } else { None }
    }
}
