//! Counting what may be had, and handing it over in order: what a mutex, a
//! semaphore, a flag and both ends of a queue have in common.

use core::cell::Cell;
use core::task::Waker;

use super::claim::Claim;
use super::wait_queue::WaitQueue;

/// Permits that nobody has. Those that somebody in line was called up for are
/// not among them.
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

    /// Takes `wanted`, unless somebody else came first.
    #[inline(always)]
    pub(crate) fn try_take(&self, line: &WaitQueue, wanted: u32) -> bool {
        let enough = line.is_empty() && wanted <= self.free.get();
        if enough {
            self.free.set(self.free.get() - wanted);
        }
        enough
    }

    /// Takes one. For lines in which everybody wants one: while there is one to be
    /// had nobody is in line, it would be theirs.
    #[inline(always)]
    pub(crate) fn try_take_one(&self, line: &WaitQueue) -> bool {
        let free = self.free.get();
        debug_assert!(free == 0 || line.is_empty(), "it is there, and somebody waits");
        if free > 0 {
            self.free.set(free - 1);
        }
        free > 0
    }

    /// Adds `count`. Where that would be more than can be counted, the most that can.
    #[inline(always)]
    pub(crate) fn put(&self, count: u32) {
        self.free.set(self.free.get().saturating_add(count));
    }

    /// Gives one to the first in line, or keeps it. For lines in which everybody
    /// wants one.
    #[inline(always)]
    pub(crate) fn hand_over_one(&self, line: &WaitQueue) -> Option<Waker> {
        let called = line.call_first();
        if called.is_none() {
            self.free.set(self.free.get() + 1);
        }
        called
    }

    /// Gives the first in line what it wants, if that is there.
    ///
    /// Who wants little does not pass by who wants much: none starves.
    #[inline(always)]
    pub(crate) fn hand_out(&self, line: &WaitQueue) -> Option<Waker> {
        let wanted = line.first_ticket()?;
        let left = self.free.get().checked_sub(wanted)?;
        self.free.set(left);
        line.call_first()
    }
}

/// A state with permits in it; `SIDE` tells them from others in the same state.
pub(crate) trait HasPermits<const SIDE: usize = 0> {
    const WAITS_FOR: &'static str;

    fn permits(&self) -> &Permits;
}

/// Waiting for this many permits.
pub(crate) struct Acquire<const SIDE: usize = 0>(pub(crate) u32);

impl<S: HasPermits<SIDE>, const SIDE: usize> Claim<S> for Acquire<SIDE> {
    const WAITS_FOR: &'static str = S::WAITS_FOR;
    const LINE: usize = SIDE;

    #[inline(always)]
    fn try_claim(&self, state: &S, line: &WaitQueue) -> bool {
        state.permits().try_take(line, self.0)
    }

    #[inline(always)]
    fn ticket(&self, _state: &S) -> u32 {
        self.0
    }

    #[inline(always)]
    fn hand_back(&self, state: &S, _ticket: u32) {
        state.permits().put(self.0);
    }

    #[inline(always)]
    fn settle(state: &S, line: &WaitQueue) -> Option<Waker> {
        state.permits().hand_out(line)
    }
}

/// Waiting for one permit, in a line in which everybody does: a number less to
/// keep in each future.
pub(crate) struct AcquireOne<const SIDE: usize = 0>;

impl<S: HasPermits<SIDE>, const SIDE: usize> Claim<S> for AcquireOne<SIDE> {
    const WAITS_FOR: &'static str = S::WAITS_FOR;
    const LINE: usize = SIDE;

    #[inline(always)]
    fn try_claim(&self, state: &S, line: &WaitQueue) -> bool {
        state.permits().try_take_one(line)
    }

    #[inline(always)]
    fn ticket(&self, _state: &S) -> u32 {
        1
    }

    #[inline(always)]
    fn hand_back(&self, state: &S, _ticket: u32) {
        state.permits().put(1);
    }

    #[inline(always)]
    fn settle(state: &S, line: &WaitQueue) -> Option<Waker> {
        state.permits().hand_out(line)
    }
}
