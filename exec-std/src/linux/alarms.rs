//! Sleeps that no run loop serves.

use std::task::Waker;

use tickwire_traits::Instant;
use tickwire_wake_queue::WakeQueue;

use super::reactor::Reactor;
use crate::atomic::{Arc, Mutex, MutexGuard, PoisonError};

/// Foreign wakers by deadline, and the reactor of the thread that wakes them.
#[derive(Debug)]
pub(crate) struct Alarms {
    reactor: Arc<Reactor>,
    queue: Mutex<WakeQueue>,
}

impl Alarms {
    pub(crate) fn new(reactor: Arc<Reactor>) -> Self {
        Self { reactor, queue: Mutex::new(WakeQueue::new()) }
    }

    pub(crate) fn reactor(&self) -> &Arc<Reactor> {
        &self.reactor
    }

    /// Arranges to wake `waker` at `at`, from any thread.
    pub(crate) fn set(&self, at: Instant, waker: &Waker) {
        // Without the lock, because a waker's `clone` and `drop` may be foreign code.
        let waker = waker.clone();
        let mut queue = self.lock();
        let unused = queue.insert(at, waker);
        self.arm(&queue);
        drop(queue);
        drop(unused);
    }

    /// Takes out a waker that is due at `now`. If there is none, arms the timer.
    pub(crate) fn next_due(&self, now: Instant) -> Option<Waker> {
        let mut queue = self.lock();
        let due = queue.pop(now);
        if due.is_none() {
            self.arm(&queue);
        }
        due
    }

    /// Arms the timer, under the lock: the later of two threads then knows both deadlines.
    fn arm(&self, queue: &WakeQueue) {
        if let Some(next) = queue.next_deadline() {
            self.reactor.arm(next);
        }
    }

    fn lock(&self) -> MutexGuard<'_, WakeQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
