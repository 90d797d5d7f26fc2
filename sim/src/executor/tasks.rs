//! The tasks of a simulation.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tickwire_traits::{Exit, Instant};

use super::ready::{Id, Ready, TaskWaker};
use super::turns::{Instants, Turns};
use crate::SimClock;

/// All tasks of a simulation.
pub(super) struct Tasks {
    clock: SimClock,
    pub(super) running: Cell<bool>,
    pub(super) polls: Cell<u64>,
    /// The time of the last poll.
    pub(super) polled: Cell<Option<Instant>>,
    pub(super) instants: Instants,
    /// The turns of the main future.
    pub(super) main: Cell<Turns>,
    pub(super) ready: Ready,
    enrolled: Cell<u64>,
    places: RefCell<Places>,
    /// The simulation is gone, and polls no more tasks.
    closed: Cell<bool>,
}

/// The storage of tasks.
#[derive(Default)]
struct Places {
    tasks: Vec<Option<Task>>,
    free: Vec<u32>,
}

struct Task {
    name: Name,
    waker: Arc<TaskWaker>,
    turns: Turns,
    end: Rc<End>,
    /// Taken out during a poll.
    body: Option<Body>,
    /// The task was cancelled during a poll.
    cancelled: bool,
}

/// The parts that a poll uses. They are moved out of the task, because a poll may spawn
/// and cancel tasks, so no task may be borrowed during it.
struct Body {
    future: TaskFuture,
    waker: Waker,
}

pub(super) type TaskFuture = Pin<Box<dyn Future<Output = ()>>>;

/// The name of a task in a [`Stall`](crate::Stall).
pub(super) enum Name {
    Given(String),
    SpawnedAt(&'static Location<'static>),
}

/// The exit of a task, and the waker of the task that waits for it.
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

/// The place of main futures, which have none.
const NOWHERE: u32 = u32::MAX;

impl Tasks {
    pub(super) fn new(clock: SimClock) -> Self {
        Self {
            clock,
            running: Cell::default(),
            polls: Cell::default(),
            polled: Cell::default(),
            instants: Instants::default(),
            main: Cell::default(),
            ready: Ready::default(),
            enrolled: Cell::default(),
            places: RefCell::default(),
            closed: Cell::default(),
        }
    }

    /// Returns the task's identity, or `None` if the simulation is gone, and its
    /// end.
    pub(super) fn spawn(&self, name: Name, future: TaskFuture) -> (Option<Id>, Rc<End>) {
        let end = Rc::<End>::default();
        if self.closed.get() {
            drop(future);
            end.set(Exit::Cancelled);
            return (None, end);
        }
        let mut places = self.places.borrow_mut();
        let place = places.reserve();
        let waker = self.enroll(place);
        let id = waker.id();
        let body = Some(Body { future, waker: waker.clone().into() });
        let (kept, turns) = (end.clone(), self.instants.of_new());
        let task = Task { name, waker, turns, end: kept, body, cancelled: false };
        places.tasks[place as usize] = Some(task);
        (Some(id), end)
    }

    /// Queues the main future of a new run, and resets the counts.
    pub(super) fn begin_run(&self) -> Arc<TaskWaker> {
        self.main.set(Turns::default());
        self.instants.clear();
        self.enroll(NOWHERE)
    }

    fn enroll(&self, place: u32) -> Arc<TaskWaker> {
        let serial = self.enrolled.get();
        self.enrolled.set(serial + 1);
        self.ready.enroll(Id { place, serial })
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

    /// Polls a task, if it still exists. Returns whether it ended.
    pub(super) fn poll(&self, id: Id, now: Instant) -> bool {
        let taken = self.places.borrow_mut().get(id).and_then(|task| {
            let body = task.body.take()?;
            task.waker.unqueue();
            self.count_poll(now, &mut task.turns);
            Some(body)
        });
        let Some(body) = taken else { return false };
        // A task that panics ends here too, as if cancelled.
        let mut polled = Polled { tasks: self, id, body: Some(body), exit: Exit::Cancelled };
        match polled.poll() {
            Poll::Ready(()) => polled.end(Exit::Completed),
            Poll::Pending => polled.put_back(),
        }
    }

    pub(super) fn cancel(&self, id: Id) {
        let cancelled = {
            let mut places = self.places.borrow_mut();
            match places.get(id) {
                // The task cancels itself. Its future is in use; the end of its poll drops the
                // future, and is reported only then.
                Some(task) if task.body.is_none() => {
                    task.cancelled = true;
                    return;
                }
                _ => places.remove(id),
            }
        };
        if let Some(mut task) = cancelled
            && let Some(Body { future, waker }) = task.body.take()
        {
            drop(future);
            self.end(&task, &waker, Exit::Cancelled);
        }
    }

    /// Cancels every task, and prevents further wakes and spawns.
    ///
    /// A task may own handles of others, and paths to all of them, so tasks are cancelled
    /// one at a time while nothing is borrowed.
    pub(super) fn close(&self) {
        self.closed.set(true);
        self.list().into_iter().for_each(|(id, ..)| self.cancel(id));
    }

    /// Returns all tasks in spawning order.
    pub(super) fn list(&self) -> Vec<(Id, String, Turns)> {
        let places = self.places.borrow();
        let tasks = places.tasks.iter().flatten();
        let listed = |task: &Task| (task.waker.id(), task.name.to_string(), task.turns);
        let mut tasks: Vec<_> = tasks.map(listed).collect();
        tasks.sort_unstable_by_key(|(id, ..)| id.serial);
        tasks
    }

    /// Reports the end of a task whose future has been dropped.
    fn end(&self, task: &Task, waker: &Waker, exit: Exit) {
        self.retire(&task.waker, waker);
        task.end.set(exit);
    }

    /// Disables a waker, and drops its deadline.
    pub(super) fn retire(&self, own: &TaskWaker, waker: &Waker) {
        own.retire();
        self.clock.forget(waker);
    }
}

impl Places {
    /// Returns a free place.
    fn reserve(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.tasks.push(None);
            u32::try_from(self.tasks.len() - 1).expect("memory runs out before")
        })
    }

    fn get(&mut self, id: Id) -> Option<&mut Task> {
        self.tasks.get_mut(id.place as usize)?.as_mut().filter(|task| task.waker.id() == id)
    }

    fn remove(&mut self, id: Id) -> Option<Task> {
        self.get(id)?;
        self.free.push(id.place);
        self.tasks[id.place as usize].take()
    }
}

/// The parts that a poll has moved out of its task. They return, or the task ends.
struct Polled<'a> {
    tasks: &'a Tasks,
    id: Id,
    body: Option<Body>,
    exit: Exit,
}

impl Polled<'_> {
    fn poll(&mut self) -> Poll<()> {
        let Some(Body { future, waker }) = &mut self.body else { return Poll::Pending };
        future.as_mut().poll(&mut Context::from_waker(waker))
    }

    fn end(mut self, exit: Exit) -> bool {
        self.exit = exit;
        true
    }

    /// Returns whether the task ended instead, because it was cancelled.
    fn put_back(mut self) -> bool {
        let mut places = self.tasks.places.borrow_mut();
        match places.get(self.id) {
            Some(task) if !task.cancelled => {
                task.body = self.body.take();
                false
            }
            _ => true,
        }
    }
}

impl Drop for Polled<'_> {
    fn drop(&mut self) {
        let Some(Body { future, waker }) = self.body.take() else { return };
        // Before the end is reported, and while nothing is borrowed.
        drop(future);
        let ended = self.tasks.places.borrow_mut().remove(self.id);
        if let Some(task) = ended {
            self.tasks.end(&task, &waker, self.exit);
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(name) => f.write_str(name),
            Self::SpawnedAt(place) => place.fmt(f),
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.list().into_iter().map(|(_, name, _)| name);
        f.debug_list().entries(names).finish()
    }
}
