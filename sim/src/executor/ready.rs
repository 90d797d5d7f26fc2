//! The tasks that are awake, and their wakers.

use std::cell::{Cell, RefCell};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Wake;

/// The identity of a task of a simulation, or of the main future of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id {
    /// The task's place. Places are reused.
    pub(super) place: u32,
    /// The number of earlier tasks and main futures. Never reused.
    pub(super) serial: u64,
}

/// The tasks that are awake, in the order of waking.
#[derive(Debug, Default)]
pub(super) struct Ready {
    /// Woken before all tasks in `woken`. Taken from there all at once.
    batch: RefCell<Vec<Id>>,
    /// The number of tasks in `batch` that have been removed.
    removed: Cell<usize>,
    woken: Arc<Woken>,
}

/// Shared with wakers, which may be used from any thread.
#[derive(Debug, Default)]
struct Woken(Mutex<Vec<Id>>);

/// The state behind all clones of a task's waker.
#[derive(Debug)]
pub(super) struct TaskWaker {
    id: Id,
    /// The task is in the queue or has ended, and must not be queued.
    queued: AtomicBool,
    woken: Arc<Woken>,
}

impl Ready {
    /// Creates the waker of a task that counts as queued. The caller queues it.
    pub(super) fn waker(&self, id: Id) -> Arc<TaskWaker> {
        Arc::new(TaskWaker { id, queued: AtomicBool::new(true), woken: self.woken.clone() })
    }

    pub(super) fn push(&self, id: Id) {
        self.woken.lock().push(id);
    }

    /// Removes the task that was woken first. It may have ended since.
    #[inline]
    pub(super) fn pop(&self) -> Option<Id> {
        let mut batch = self.batch.borrow_mut();
        let mut removed = self.removed.get();
        if removed == batch.len() {
            removed = 0;
            batch.clear();
            mem::swap(&mut *batch, &mut *self.woken.lock());
        }
        let first = batch.get(removed).copied();
        self.removed.set(removed + usize::from(first.is_some()));
        first
    }

    pub(super) fn is_empty(&self) -> bool {
        self.removed.get() == self.batch.borrow().len() && self.woken.lock().is_empty()
    }
}

impl Woken {
    fn lock(&self) -> MutexGuard<'_, Vec<Id>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TaskWaker {
    pub(super) fn id(&self) -> Id {
        self.id
    }

    /// Lets the next wake queue the task again. Must be called before the task is polled.
    pub(super) fn unqueue(&self) {
        // Read as well, so that the poll sees everything before the wake by a thread.
        self.queued.swap(false, Ordering::AcqRel);
    }

    /// Disables all clones of the waker.
    pub(super) fn retire(&self) {
        self.queued.store(true, Ordering::Relaxed);
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.woken.lock().push(self.id);
        }
    }
}
