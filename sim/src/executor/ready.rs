//! The tasks that are awake, and their wakers.

use std::cell::RefCell;
use std::collections::VecDeque;
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
    batch: RefCell<VecDeque<Id>>,
    woken: Arc<Woken>,
}

/// Shared with wakers, which may be used from any thread.
#[derive(Debug, Default)]
struct Woken(Mutex<VecDeque<Id>>);

/// The state behind all clones of a task's waker.
#[derive(Debug)]
pub(super) struct TaskWaker {
    id: Id,
    /// The task is in the queue or has ended, and must not be queued.
    queued: AtomicBool,
    woken: Arc<Woken>,
}

impl Ready {
    /// Creates the waker of a task, and queues the task.
    pub(super) fn enroll(&self, id: Id) -> Arc<TaskWaker> {
        self.woken.lock().push_back(id);
        Arc::new(TaskWaker { id, queued: AtomicBool::new(true), woken: self.woken.clone() })
    }

    /// Removes the task that was woken first. It may have ended since.
    pub(super) fn pop(&self) -> Option<Id> {
        let mut batch = self.batch.borrow_mut();
        if batch.is_empty() {
            mem::swap(&mut *batch, &mut *self.woken.lock());
        }
        batch.pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batch.borrow().is_empty() && self.woken.lock().is_empty()
    }
}

impl Woken {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Id>> {
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
            self.woken.lock().push_back(self.id);
        }
    }
}
