//! How other threads reach a run loop.

use crate::atomic::{Arc, AtomicBool, Mutex, MutexGuard, Ordering, PoisonError};
use crate::system::Reactor;

/// The numbers of tasks that other threads have woken.
#[derive(Debug)]
pub(crate) struct Inbox {
    inside: Mutex<Inside>,
    /// A hint that something is inside, for looks without the lock.
    is_filled: AtomicBool,
    reactor: Arc<Reactor>,
}

#[derive(Debug, Default)]
struct Inside {
    woken: Vec<u32>,
    /// The run loop waits, or is about to, and is to be notified.
    is_asleep: bool,
}

impl Inbox {
    pub(crate) fn new(reactor: Arc<Reactor>) -> Self {
        Self { inside: Mutex::default(), is_filled: AtomicBool::new(false), reactor }
    }

    pub(crate) fn reactor(&self) -> &Arc<Reactor> {
        &self.reactor
    }

    /// Hands over the number of a task, from any thread.
    pub(crate) fn push(&self, number: u32) {
        let mut inside = self.lock();
        inside.woken.push(number);
        self.is_filled.store(true, Ordering::Relaxed);
        // Only the first of several threads pays for the system call.
        let was_asleep = std::mem::take(&mut inside.is_asleep);
        drop(inside);
        if was_asleep {
            self.reactor.notify();
        }
    }

    /// Moves what has come to `ready`.
    #[inline]
    pub(crate) fn take(&self, ready: &mut impl Extend<u32>) {
        // Relaxed: a number that is overlooked here is found before the next wait.
        if self.is_filled.load(Ordering::Relaxed) {
            let mut inside = self.lock();
            self.is_filled.store(false, Ordering::Relaxed);
            ready.extend(inside.woken.drain(..));
        }
    }

    /// Calls `wait`, unless a number has come. One that comes meanwhile ends the
    /// wait.
    pub(crate) fn unless_filled(&self, wait: impl FnOnce()) {
        let mut inside = self.lock();
        inside.is_asleep = inside.woken.is_empty();
        let is_asleep = inside.is_asleep;
        drop(inside);
        if is_asleep {
            wait();
            self.lock().is_asleep = false;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
