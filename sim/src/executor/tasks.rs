//! The tasks of a simulation, and who of them is awake.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};

use tickwire_traits::{Exit, Instant};

use super::turns::{Instants, Turns};

pub(super) type Id = u64;

/// The future that was given to `run`: no task has this number.
pub(super) const MAIN: Id = 0;

/// All tasks of a simulation.
#[derive(Default)]
pub(super) struct Tasks {
    pub(super) running: Cell<bool>,
    pub(super) polls: Cell<u64>,
    /// When the last one was.
    pub(super) polled: Cell<Option<Instant>>,
    pub(super) instants: Instants,
    /// Of the future that was given to `run`.
    pub(super) main: Cell<Turns>,
    spawned: Cell<Id>,
    /// In the order of their spawning.
    live: RefCell<BTreeMap<Id, Task>>,
    pub(super) ready: Arc<ReadyQueue>,
    /// The simulation is gone: nobody polls any more.
    closed: Cell<bool>,
}

struct Task {
    name: String,
    waker: Waker,
    turns: Turns,
    end: Rc<End>,
    /// Out while it is being polled.
    future: Option<TaskFuture>,
    /// It was cancelled while it was being polled.
    cancelled: bool,
}

type TaskFuture = Pin<Box<dyn Future<Output = ()>>>;

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
    pub(super) fn spawn(&self, name: String, future: TaskFuture) -> (Id, Rc<End>) {
        let id = self.spawned.get() + 1;
        self.spawned.set(id);
        let end = Rc::<End>::default();
        if self.closed.get() {
            drop(future);
            end.set(Exit::Cancelled);
            return (id, end);
        }
        let waker = self.ready.waker(id);
        let (future, kept) = (Some(future), end.clone());
        let (own, turns) = (waker.clone(), self.instants.of_new());
        let task = Task { name, waker: own, turns, end: kept, future, cancelled: false };
        self.live.borrow_mut().insert(id, task);
        waker.wake();
        (id, end)
    }
    /// Begins to count anew: each run has another main.
    pub(super) fn begin_run(&self) {
        self.main.set(Turns::default());
        self.instants.clear();
    }

    pub(super) fn count_main(&self, now: Instant) {
        let mut turns = self.main.get();
        self.count_poll(now, &mut turns);
        self.main.set(turns);
    }

    fn count_poll(&self, now: Instant, turns: &mut Turns) {
        self.polls.set(self.polls.get() + 1);
        self.polled.set(Some(now));
        self.instants.count(now, turns);
    }

    /// Polls a task, if it is still there. Returns whether it ended.
    pub(super) fn poll(&self, id: Id, now: Instant) -> bool {
        let taken = self.live.borrow_mut().get_mut(&id).and_then(|task| {
            let future = task.future.take()?;
            self.count_poll(now, &mut task.turns);
            Some((future, task.waker.clone()))
        });
        let Some((future, waker)) = taken else { return false };
        // If it panics, it ends here too, as one that was cancelled.
        let mut polled = Polled { tasks: self, id, future: Some(future), exit: Exit::Cancelled };
        match polled.poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(()) => polled.end(Exit::Completed),
            Poll::Pending => polled.put_back(),
        }
        !self.live.borrow().contains_key(&id)
    }

    pub(super) fn cancel(&self, id: Id) {
        let cancelled = {
            let mut live = self.live.borrow_mut();
            match live.get_mut(&id) {
                // It cancels itself. Its future is not ours to drop: its poll ends
                // it, and nobody hears of that before.
                Some(task) if task.future.is_none() => {
                    task.cancelled = true;
                    return;
                }
                _ => live.remove(&id),
            }
        };
        if let Some(task) = cancelled {
            drop(task.future);
            task.end.set(Exit::Cancelled);
        }
    }

    /// Cancels every task, and lets nobody wake or be spawned any more.
    ///
    /// A task may own handles of others, and ways to all of them: one goes at a
    /// time, while nothing is borrowed.
    pub(super) fn close(&self) {
        self.closed.set(true);
        let live: Vec<Id> = self.live.borrow().keys().copied().collect();
        live.into_iter().for_each(|id| self.cancel(id));
        self.ready.clear();
    }

    pub(super) fn list(&self) -> Vec<(Id, String, Turns)> {
        self.live.borrow().iter().map(|(id, task)| (*id, task.name.clone(), task.turns)).collect()
    }
}

/// A future that is out of its task to be polled. It goes back, or its task ends.
struct Polled<'a> {
    tasks: &'a Tasks,
    id: Id,
    future: Option<TaskFuture>,
    exit: Exit,
}

impl Polled<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.future.as_mut().map_or(Poll::Pending, |future| future.as_mut().poll(cx))
    }

    fn end(mut self, exit: Exit) {
        self.exit = exit;
    }

    fn put_back(mut self) {
        if let Some(task) = self.tasks.live.borrow_mut().get_mut(&self.id)
            && !task.cancelled
        {
            task.future = self.future.take();
        }
    }
}

impl Drop for Polled<'_> {
    fn drop(&mut self) {
        let Some(future) = self.future.take() else { return };
        // Before anyone hears of the end, and while nothing is borrowed.
        drop(future);
        let ended = self.tasks.live.borrow_mut().remove(&self.id);
        if let Some(task) = ended {
            task.end.set(self.exit);
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
    /// The queue has wakers that have the queue.
    ready: Weak<ReadyQueue>,
}

impl ReadyQueue {
    pub(super) fn waker(self: &Arc<Self>, id: Id) -> Waker {
        let ready = Arc::downgrade(self);
        Waker::from(Arc::new(TaskWaker { id, queued: AtomicBool::new(false), ready }))
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

    fn clear(&self) {
        self.lock().clear();
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel)
            && let Some(ready) = self.ready.upgrade()
        {
            ready.lock().push_back(self);
        }
    }
}
