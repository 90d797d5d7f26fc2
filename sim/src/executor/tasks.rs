//! The tasks of a simulation.

use std::cell::{Cell, RefCell, RefMut};
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
    tasks: Vec<Option<Rc<Task>>>,
    free: Vec<u32>,
}

/// A task, which its handle shares.
pub(super) struct Task {
    pub(super) id: Id,
    name: Name,
    own: Arc<TaskWaker>,
    turns: Cell<Turns>,
    /// Borrowed during a poll. `None` once the task ends.
    body: RefCell<Option<Body>>,
    /// The task was cancelled during a poll.
    cancelled: Cell<bool>,
    pub(super) end: End,
}

/// The parts that a poll uses.
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

    /// Creates a task. It has ended already if the simulation is gone.
    pub(super) fn spawn(&self, name: Name, future: TaskFuture) -> Rc<Task> {
        let mut places = self.places.borrow_mut();
        let closed = self.closed.get();
        let place = if closed { NOWHERE } else { places.reserve() };
        let own = self.waker_of(place);
        let task = Rc::new(Task {
            id: own.id(),
            name,
            turns: Cell::new(self.instants.of_new()),
            body: RefCell::new(None),
            cancelled: Cell::new(false),
            end: End::default(),
            own,
        });
        if closed {
            drop(places);
            drop(future);
            task.end.set(Exit::Cancelled);
        } else {
            let waker = task.own.clone().into();
            task.body.replace(Some(Body { future, waker }));
            self.ready.push(task.id);
            places.tasks[place as usize] = Some(task.clone());
        }
        task
    }

    /// Queues the main future of a new run, and resets the counts.
    pub(super) fn begin_run(&self) -> Arc<TaskWaker> {
        self.main.set(Turns::default());
        self.instants.clear();
        let own = self.waker_of(NOWHERE);
        self.ready.push(own.id());
        own
    }

    fn waker_of(&self, place: u32) -> Arc<TaskWaker> {
        let serial = self.enrolled.get();
        self.enrolled.set(serial + 1);
        self.ready.waker(Id { place, serial })
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
        let task = self.places.borrow().get(id).cloned();
        let Some(task) = task else { return false };
        let Ok(body) = task.body.try_borrow_mut() else { return false };
        task.own.unqueue();
        let mut turns = task.turns.get();
        self.count_poll(now, &mut turns);
        task.turns.set(turns);
        // A task that panics ends here too, as if cancelled.
        let mut polled =
            Polled { tasks: self, task: &task, body: Some(body), exit: Some(Exit::Cancelled) };
        polled.exit = match polled.poll() {
            Poll::Ready(()) => Some(Exit::Completed),
            Poll::Pending if task.cancelled.get() => Some(Exit::Cancelled),
            Poll::Pending => None,
        };
        polled.exit.is_some()
    }

    pub(super) fn cancel(&self, task: &Task) {
        let body = match task.body.try_borrow_mut() {
            Ok(mut body) => body.take(),
            Err(_) => None,
        };
        match body {
            Some(body) => self.end(task, body, Exit::Cancelled),
            // The task cancels itself: the end of its poll drops the future, and is reported only
            // then. Or it has ended.
            None => task.cancelled.set(true),
        }
    }

    /// Cancels every task, and prevents further wakes and spawns.
    ///
    /// A task may own handles of others, and paths to all of them, so tasks are cancelled
    /// one at a time while nothing is borrowed.
    pub(super) fn close(&self) {
        self.closed.set(true);
        self.in_order().iter().for_each(|task| self.cancel(task));
    }

    /// Returns all tasks in spawning order, with their names and turns.
    pub(super) fn list(&self) -> Vec<(Id, String, Turns)> {
        let listed = |task: Rc<Task>| (task.id, task.name.to_string(), task.turns.get());
        self.in_order().into_iter().map(listed).collect()
    }

    fn in_order(&self) -> Vec<Rc<Task>> {
        let mut tasks: Vec<_> = self.places.borrow().tasks.iter().flatten().cloned().collect();
        tasks.sort_unstable_by_key(|task| task.id.serial);
        tasks
    }

    /// Ends a task: drops its future while nothing is borrowed, and then reports the end.
    fn end(&self, task: &Task, Body { future, waker }: Body, exit: Exit) {
        let _removed = self.places.borrow_mut().remove(task.id);
        drop(future);
        self.retire(&task.own, &waker);
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

    fn get(&self, id: Id) -> Option<&Rc<Task>> {
        self.tasks.get(id.place as usize)?.as_ref().filter(|task| task.id == id)
    }

    fn remove(&mut self, id: Id) -> Option<Rc<Task>> {
        self.get(id)?;
        self.free.push(id.place);
        self.tasks[id.place as usize].take()
    }
}

/// A task during a poll. If it has an exit when dropped, the task ends.
struct Polled<'a> {
    tasks: &'a Tasks,
    task: &'a Task,
    body: Option<RefMut<'a, Option<Body>>>,
    exit: Option<Exit>,
}

impl Polled<'_> {
    #[inline]
    fn poll(&mut self) -> Poll<()> {
        match self.body.as_deref_mut() {
            Some(Some(Body { future, waker })) => {
                future.as_mut().poll(&mut Context::from_waker(waker))
            }
            _ => Poll::Pending,
        }
    }
}

impl Drop for Polled<'_> {
    #[inline]
    fn drop(&mut self) {
        let body = self.body.take();
        let Some(exit) = self.exit else { return };
        // A separate statement, so that the task is not borrowed while its future drops.
        let body = body.and_then(|mut body| body.take());
        if let Some(body) = body {
            self.tasks.end(self.task, body, exit);
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
