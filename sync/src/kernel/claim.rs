//! What one waits for: the part of a primitive that the wait queue asks.

use core::task::Waker;

use super::wait_queue::WaitQueue;

/// What one waiter waits for, and what is owed to those who do. All of it runs
/// under the lock.
pub(crate) trait Claim<S> {
    /// What one waits for, in the report of an executor that asks.
    const WAITS_FOR: &'static str;

    /// Which of the monitor's lines one waits in.
    const LINE: usize = 0;

    /// Takes what is waited for, if it may be had without waiting.
    fn try_claim(&self, state: &S, line: &WaitQueue) -> bool;

    /// Returns the number to stand in line with.
    #[inline(always)]
    fn ticket(&self, _state: &S) -> u32 {
        0
    }

    /// Returns whether who waits with `ticket` has got it while still in line.
    #[inline(always)]
    fn passed(_state: &S, _ticket: u32) -> bool {
        false
    }

    /// Takes back what a waiter has got, which is gone without having used it.
    #[inline(always)]
    fn hand_back(&self, _state: &S, _ticket: u32) {}

    /// Notes that somebody left the line for nothing.
    #[inline(always)]
    fn left(&self, _state: &S, _ticket: u32) {}

    /// Calls up the next in line, if there is something for it.
    fn settle(state: &S, line: &WaitQueue) -> Option<Waker>;
}
