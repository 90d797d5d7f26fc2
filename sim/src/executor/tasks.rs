//! The tasks of a simulation, and who of them is awake.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};

use tickwire_traits::Exit;

pub(super) type Id = u64;

/// The future that was given to `run`: no task has this number.
pub(super) const MAIN: Id = 0;

/// All tasks of a simulation.
#[derive(Default)]
pub(super) struct Tasks {
    pub(super) running: Cell<bool>,
    pub(super) polls: Cell<u64>,
    spawned: Cell<Id>,
    /// In the order of their spawning.
    live: RefCell<BTreeMap<Id, Task>>,
    pub(super) ready: Arc<ReadyQueue>,
}

struct Task {
    name: String,
    waker: Waker,
    end: Rc<End>,
    /// Out while it is being polled.
    future: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

/// How a task ended, and who waits for that.
#[derive(Default)]
pub(super) struct End {
    pub(super) exit: Cell<Option<Exit>>,
    pub(super) waiter: Cell<Option<Waker>>,
    pub(super) detached: Cell<bool>,
}

impl End {
    fn set(&self, exit: Exit) {
        self.exit.set(Some(exit));
        if let Some(waiter) = self.waiter.take() {
            waiter.wake();
        }
    }
}

impl Tasks {
    pub(super) fn spawn(
        &self,
        name: String,
        future: Pin<Box<dyn Future<Output = ()>>>,
    ) -> (Id, Rc<End>) {
        let id = self.spawned.get() + 1;
        self.spawned.set(id);
        let end = Rc::<End>::default();
        let waker = self.ready.waker(id);
        let task = Task { name, waker: waker.clone(), end: end.clone(), future: Some(future) };
        self.live.borrow_mut().insert(id, task);
        waker.wake();
        (id, end)
    }

    pub(super) fn count_poll(&self) {
        self.polls.set(self.polls.get() + 1);
    }

    /// Polls a task, if it is still there. Returns whether it ended.
    pub(super) fn poll(&self, id: Id) -> bool {
        let taken = self
            .live
            .borrow_mut()
            .get_mut(&id)
            .map(|task| (task.future.take(), task.waker.clone()));
        let Some((Some(mut future), waker)) = taken else { return false };
        self.count_poll();
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_pending()
            && let Some(task) = self.live.borrow_mut().get_mut(&id)
        {
            task.future = Some(future);
            return false;
        }
        // It returned, or cancelled itself while it ran. Its future is dropped
        // before anyone hears of its end, and while nothing is borrowed.
        drop(future);
        let ended = self.live.borrow_mut().remove(&id);
        if let Some(task) = ended {
            task.end.set(Exit::Completed);
        }
        true
    }

    pub(super) fn cancel(&self, id: Id) {
        let cancelled = self.live.borrow_mut().remove(&id);
        if let Some(task) = cancelled {
            drop(task.future);
            task.end.set(Exit::Cancelled);
        }
    }

    pub(super) fn list(&self) -> Vec<(Id, String)> {
        self.live.borrow().iter().map(|(id, task)| (*id, task.name.clone())).collect()
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        // A future may own handles of other tasks: let go of one at a time.
        while let Some((_, task)) = self.live.get_mut().pop_first() {
            drop(task);
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.live.borrow().values().map(|task| &task.name)).finish()
    }
}

/// Who is awake, in the order of waking. Shared with wakers, which may come
/// from any thread.
#[derive(Debug, Default)]
pub(super) struct ReadyQueue(Mutex<VecDeque<Arc<TaskWaker>>>);

#[derive(Debug)]
struct TaskWaker {
    id: Id,
    queued: AtomicBool,
    ready: Arc<ReadyQueue>,
}

impl ReadyQueue {
    pub(super) fn waker(self: &Arc<Self>, id: Id) -> Waker {
        Waker::from(Arc::new(TaskWaker { id, queued: AtomicBool::new(false), ready: self.clone() }))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<TaskWaker>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(self: &Arc<Self>, id: Id) {
        self.waker(id).wake();
    }

    pub(super) fn pop(&self) -> Option<Id> {
        let woken = self.lock().pop_front()?;
        // Before the poll: a wake-up that comes during it counts anew.
        woken.queued.store(false, Ordering::Release);
        Some(woken.id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            let ready = self.ready.clone();
            ready.lock().push_back(self);
        }
    }
}
