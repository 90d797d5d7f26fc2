//! Wakes from other threads.

use crate::atomic::{Arc, AtomicBool, Mutex, MutexGuard, Ordering, PoisonError};
use crate::system::Reactor;

/// The numbers of tasks that other threads have woken.
#[derive(Debug)]
pub(crate) struct Inbox {
    inside: Mutex<Inside>,
    /// A hint that `woken` is not empty, read without the lock.
    is_filled: AtomicBool,
}

#[derive(Debug)]
struct Inside {
    woken: Vec<u32>,
    /// The run loop waits or is about to wait, and has to be notified.
    is_asleep: bool,
    /// None once the run loop has ended, so that remaining wakers keep no descriptor open.
    reactor: Option<Arc<Reactor>>,
}

impl Inbox {
    pub(crate) fn new(reactor: Arc<Reactor>) -> Self {
        let inside = Inside { woken: Vec::new(), is_asleep: false, reactor: Some(reactor) };
        Self { inside: Mutex::new(inside), is_filled: AtomicBool::new(false) }
    }

    /// Releases the reactor of the run loop, which has ended.
    pub(crate) fn close(&self) {
        let reactor = self.lock().reactor.take();
        drop(reactor);
    }

    /// Adds the number of a task, from any thread.
    #[inline(never)] // If inlined, a wake on the loop's own thread would save registers for it.
    pub(crate) fn push(&self, number: u32) {
        let mut inside = self.lock();
        inside.woken.push(number);
        self.is_filled.store(true, Ordering::Relaxed);
        // Only the first of several threads makes the system call.
        let was_asleep = std::mem::take(&mut inside.is_asleep);
        let asleep = if was_asleep { inside.reactor.clone() } else { None };
        drop(inside);
        if let Some(reactor) = asleep {
            reactor.notify();
        }
    }

    /// Moves all numbers to `ready`.
    #[inline]
    pub(crate) fn take(&self, ready: &mut impl Extend<u32>) {
        // Relaxed: a number that is missed here is found before the next wait.
        if self.is_filled.load(Ordering::Relaxed) {
            let mut inside = self.lock();
            self.is_filled.store(false, Ordering::Relaxed);
            ready.extend(inside.woken.drain(..));
        }
    }

    /// Calls `wait` if there is no number. A number that is pushed meanwhile ends the wait.
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
