//! The interface between a primitive and its wait queues.

use core::task::Waker;

use super::wait_queue::WaitQueue;

/// The claim of one waiter, and the grants to all its kind. Every method runs under the
/// lock.
pub(crate) trait Claim<S> {
    /// The reason for the wait, for the report of an executor that asks.
    const WAITS_FOR: &'static str;

    /// The index of the monitor's queue for this claim.
    const QUEUE: usize = 0;

    /// Takes the claimed resource, if it is available without waiting.
    fn try_claim(&self, state: &S, queue: &WaitQueue) -> bool;

    /// Returns the number with which the waiter is queued.
    #[inline(always)]
    fn ticket(&self, _state: &S) -> u32 {
        0
    }

    /// Returns whether a queued waiter with `ticket` has already been released.
    #[inline(always)]
    fn passed(_state: &S, _ticket: u32) -> bool {
        false
    }

    /// Takes back the unused grant of a dropped waiter.
    #[inline(always)]
    fn give_back(&self, _state: &S, _ticket: u32) {}

    /// Records that a waiter left the queue without a grant, even if its ticket has
    /// [`passed`](Self::passed).
    #[inline(always)]
    fn left(&self, _state: &S, _ticket: u32) {}

    /// Grants to the first waiter in the queue, if there is anything for it. Returns its
    /// waker.
    fn settle(state: &S, queue: &WaitQueue) -> Option<Waker>;
}
