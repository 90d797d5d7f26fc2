//! A state and its wait queues, under one lock.
//!
//! MONITORED, on which the `unsafe` in this file rests: one context at a time reaches the
//! contents of a monitor: by `lock`, or by `state_unlocked` parts that no lock guards.

use core::marker::PhantomData;
use core::mem;
use core::task::Waker;

use super::claim::Claim;
use super::raw::RawMutex;
use super::wait_queue::WaitQueue;

/// A state, and the queues of the tasks that wait for it to change, under one lock.
pub(crate) struct Monitor<R, S, const QUEUES: usize = 1> {
    raw: R,
    inside: Inside<S, QUEUES>,
}

/// The contents of a locked [`Monitor`].
pub(crate) struct Inside<S, const QUEUES: usize = 1> {
    pub(crate) state: S,
    pub(crate) queues: [WaitQueue; QUEUES],
}

// SAFETY: one context at a time reaches the contents: MONITORED. One thread may create
// them and another use them, hence `S: Send`.
unsafe impl<R: RawMutex + Sync, S: Send, const QUEUES: usize> Sync for Monitor<R, S, QUEUES> {}

impl<R: RawMutex, S, const QUEUES: usize> Monitor<R, S, QUEUES> {
    pub(crate) const fn new(state: S) -> Self {
        let queues = [const { WaitQueue::new() }; QUEUES];
        Self { raw: R::INIT, inside: Inside { state, queues } }
    }

    /// Runs `f` under the lock. `f` returns wakers instead of waking them.
    #[inline(always)]
    pub(crate) fn lock<T>(&self, f: impl FnOnce(&Inside<S, QUEUES>) -> T) -> T {
        self.raw.lock(|| f(&self.inside))
    }

    /// Returns the state without locking.
    ///
    /// # Safety
    ///
    /// The caller accesses only parts that the lock does not guard.
    #[inline(always)]
    pub(crate) unsafe fn state_unlocked(&self) -> &S {
        &self.inside.state
    }

    /// Wakes the granted waiter, and grants to and wakes as many others as possible.
    #[inline(always)]
    pub(crate) fn wake<C: Claim<S>>(&self, granted: Granted) {
        match granted.waker {
            Some(first) if granted.others => self.wake_and_settle::<C>(first),
            Some(only) => only.wake(),
            None => {}
        }
    }

    #[inline(never)]
    fn wake_and_settle<C: Claim<S>>(&self, first: Waker) {
        self.wake_one::<C>(first);
        self.settle::<C>();
    }

    /// Wakes each waiter to which `settle` grants, one by one.
    ///
    /// The lock is taken anew for each waiter, so an interrupt waits for one at most.
    #[inline]
    pub(crate) fn settle<C: Claim<S>>(&self) {
        while let Some(waker) = self.lock(|inside| C::settle(&inside.state, inside.queue::<C>())) {
            self.wake_one::<C>(waker);
        }
    }

    /// Wakes one of several waiters. If its waker panics, the others are woken before the
    /// panic propagates. Where panics abort, this is a plain wake.
    #[inline(always)]
    pub(super) fn wake_one<C: Claim<S>>(&self, waker: Waker) {
        let others = Others::<_, _, C, QUEUES>(self, PhantomData);
        waker.wake();
        mem::forget(others);
    }

    pub(crate) fn into_inner(self) -> S {
        self.inside.state
    }

    /// Returns the state, to which the caller has exclusive access.
    pub(crate) fn get_mut(&mut self) -> &mut S {
        &mut self.inside.state
    }
}

/// The waiters behind the one being woken. Dropped only if its waker panics.
struct Others<'a, R: RawMutex, S, C: Claim<S>, const QUEUES: usize>(
    &'a Monitor<R, S, QUEUES>,
    PhantomData<C>,
);

impl<R: RawMutex, S, C: Claim<S>, const QUEUES: usize> Drop for Others<'_, R, S, C, QUEUES> {
    #[cold]
    fn drop(&mut self) {
        self.0.settle::<C>();
    }
}

/// A granted waiter, to be woken outside the lock.
pub(crate) struct Granted {
    waker: Option<Waker>,
    /// Whether the queue has other waiters. If not, nothing is due to any: a later one
    /// checks the state itself.
    others: bool,
}

impl Granted {
    pub(crate) const NONE: Self = Self { waker: None, others: false };
}

impl<S, const QUEUES: usize> Inside<S, QUEUES> {
    #[inline(always)]
    pub(crate) fn queue<C: Claim<S>>(&self) -> &WaitQueue {
        &self.queues[C::QUEUE]
    }

    /// Adds to a grant whether other waiters are queued.
    #[inline(always)]
    pub(crate) fn granted<C: Claim<S>>(&self, waker: Option<Waker>) -> Granted {
        Granted { waker, others: !self.queue::<C>().is_empty() }
    }
}
