//! The run loop of a thread: when `main` and its tasks are polled.
//!
//! ```text
//!   ┌─▶ wake tasks whose deadline is due
//!   │        ▼
//!   │   take the tasks that are ready ──▶ none: wait
//!   │        ▼                              │
//!   │   poll each of them once;             │
//!   │   check descriptors every 64 polls    │
//!   └────────┴──────────────────────────────┘
//! ```
//!
//! Tasks are polled in the order in which they were woken. `main` is task 0, without
//! any priority. A task belongs to the run in which it was spawned. While foreign code
//! runs (a poll, a destructor, a waker's `clone`, `wake` or `drop`), nothing is borrowed
//! except the place of the task that is being polled.

mod inbox;
mod task;
mod tasks;
mod timers;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tickwire_sync::is_child_of;
use tickwire_traits::{Exit, Instant, WakerId};

use crate::clock;
use crate::quiet::wake;
use crate::system::Reactor;
use inbox::Inbox;
use task::End;
pub(crate) use task::Task;
use tasks::{Body, Place, Tasks};
use timers::{Due, Timers};

/// Polls between two checks of descriptors.
const BUDGET: u32 = 64;

/// The task number of `main`.
const MAIN: u32 = 0;

thread_local! {
    /// The loop of this thread.
    static CURRENT: RefCell<Option<Rc<RunLoop>>> = const { RefCell::new(None) };
}

struct RunLoop {
    inbox: Arc<Inbox>,
    reactor: Arc<Reactor>,
    polled: Cell<Option<Polled>>,
    ready: RefCell<Vec<u32>>,
    tasks: RefCell<Tasks>,
    timers: RefCell<Timers>,
    /// False if no deadline is queued.
    has_timers: Cell<bool>,
    /// `main` has ended: nothing may be spawned.
    closed: Cell<bool>,
}

/// The task that is being polled.
#[derive(Clone, Copy)]
struct Polled {
    waker: WakerId,
    number: u32,
}

/// Runs `main` and the tasks that it spawns on this thread, until `main` ends.
pub(crate) fn run<F: Future>(main: impl FnOnce() -> F) -> F::Output {
    let running = Running::begin();
    let mut output = None;
    {
        let main = pin!(async { output = Some(main().await) });
        // As a trait object, so that the loop is compiled once, in this crate.
        running.0.drive(main);
    }
    output.expect("`main` has ended")
}

/// Spawns a task into this thread's loop. None if there is no loop, or if it is closing.
pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) -> Option<Arc<Task>> {
    let this = current()?;
    if this.closed.get() { None } else { Some(this.spawn(Box::pin(future))) }
}

/// Arranges to wake `waker` at `at`. False unless it is the waker of the task that this
/// thread's loop is polling, or of a group's child in that task.
pub(crate) fn schedule(at: Instant, waker: &Waker) -> bool {
    let scheduled = with_current(|this| {
        let (number, relation) = this.relation(waker)?;
        this.has_timers.set(true);
        let mut timers = this.timers.borrow_mut();
        match relation {
            Relation::Same => timers.schedule(at, number),
            // Cloning it runs no foreign code: it belongs to one of our groups.
            Relation::Child(parent) => {
                timers.schedule_child(at, number, waker, |child| is_child_of(child, parent));
            }
        }
        Some(())
    });
    scheduled.flatten().is_some()
}

/// Calls `f` with this thread's reactor. None if [`schedule`] would refuse `waker`.
#[cfg(target_os = "linux")]
pub(crate) fn with_reactor_of<T>(waker: &Waker, f: impl FnOnce(&Arc<Reactor>) -> T) -> Option<T> {
    with_current(|this| this.relation(waker).map(|_| f(&this.reactor))).flatten()
}

/// Returns the reactor of this thread's loop.
#[cfg(target_os = "linux")]
pub(crate) fn reactor() -> Option<Arc<Reactor>> {
    with_current(|this| this.reactor.clone())
}

/// Queues a task in its loop, from any thread.
#[inline]
fn queue(task: &Task) {
    let is_here = with_current(|this| {
        let is_here = Arc::ptr_eq(&this.inbox, task.inbox());
        if is_here {
            this.ready.borrow_mut().push(task.number());
        }
        is_here
    });
    if is_here != Some(true) {
        task.inbox().push(task.number());
    }
}

/// Calls `f` with this thread's loop. None if there is none, or if the thread is ending.
#[inline]
fn with_current<T>(f: impl FnOnce(&RunLoop) -> T) -> Option<T> {
    CURRENT.try_with(|current| current.borrow().as_deref().map(f)).ok().flatten()
}

fn current() -> Option<Rc<RunLoop>> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// Closes the loop of this thread when dropped.
struct Running(Rc<RunLoop>);

impl Running {
    fn begin() -> Self {
        CURRENT.with(|current| {
            // First of all, so that an outer run is not replaced.
            assert!(current.borrow().is_none(), "`run` was called from inside of itself");
            let reactor = Reactor::new().expect("the system has descriptors for the loop");
            let reactor = Arc::new(reactor);
            let this = Rc::new(RunLoop {
                inbox: Arc::new(Inbox::new(reactor.clone())),
                reactor,
                polled: Cell::new(None),
                ready: RefCell::default(),
                tasks: RefCell::default(),
                timers: RefCell::default(),
                has_timers: Cell::new(false),
                closed: Cell::new(false),
            });
            // The place of `main`.
            this.tasks.borrow_mut().places.push(Rc::default());
            current.replace(Some(this.clone()));
            Self(this)
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.close();
        let _gone = CURRENT.take();
    }
}

impl RunLoop {
    fn drive(&self, mut main: Pin<&mut dyn Future<Output = ()>>) {
        let task = Task::new(MAIN, self.inbox.clone());
        let waker = Waker::from(task.clone());
        self.ready.borrow_mut().push(MAIN);
        let mut batch = Vec::new();
        let mut budget = BUDGET;
        loop {
            // Once per round, because polls may be long.
            let next = if self.has_timers.get() { self.fire(&waker) } else { None };
            self.next_batch(&mut batch);
            if batch.is_empty() {
                self.inbox.unless_filled(|| self.reactor.wait(next));
                budget = BUDGET;
            }
            for &number in &batch {
                if budget == 0 {
                    self.reactor.look();
                    budget = BUDGET;
                }
                budget -= 1;
                if number != MAIN {
                    self.poll(number);
                    continue;
                }
                task.unqueue();
                let _polled = self.polling(&waker, MAIN);
                if main.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                    // Its wakers may still be used.
                    task.retire();
                    return;
                }
            }
        }
    }

    #[inline]
    fn next_batch(&self, batch: &mut Vec<u32>) {
        batch.clear();
        let mut ready = self.ready.borrow_mut();
        self.inbox.take(&mut *ready);
        mem::swap(&mut *ready, batch);
    }

    /// Wakes tasks whose deadline is due. Returns the next deadline.
    fn fire(&self, main: &Waker) -> Option<Instant> {
        let next = self.timers.borrow_mut().next();
        self.has_timers.set(next.is_some());
        next?;
        let now = clock::now();
        loop {
            let due = self.timers.borrow_mut().pop(now);
            match due {
                Some(Due::Task(MAIN)) => main.wake_by_ref(),
                Some(Due::Task(number)) => self.tasks.borrow().wake(number),
                Some(Due::Child(waker)) => wake(waker),
                None => return self.timers.borrow_mut().next(),
            }
        }
    }

    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()>>>) -> Arc<Task> {
        let (number, place, serial) = self.tasks.borrow_mut().place();
        let spare = place.spare.take().and_then(|mut task| Task::renew(&mut task).then_some(task));
        let task = spare.unwrap_or_else(|| Task::new(number, self.inbox.clone()));
        let waker = Waker::from(task.clone());
        place.body.replace(Some(Body { future, waker, task: task.clone(), serial }));
        self.ready.borrow_mut().push(number);
        task
    }

    #[inline]
    fn poll(&self, number: u32) {
        let Some(place) = self.tasks.borrow().get(number) else { return };
        let mut inside = place.body.borrow_mut();
        let Some(body) = &mut *inside else {
            // The task ended while it was queued.
            return self.tasks.borrow_mut().free.push(number);
        };
        let end = if body.task.unqueue() {
            let _polled = self.polling(&body.waker, number);
            match catch_unwind(AssertUnwindSafe(|| {
                body.future.as_mut().poll(&mut Context::from_waker(&body.waker))
            })) {
                Ok(Poll::Pending) => return,
                Ok(Poll::Ready(())) => End::Exit(Exit::Completed),
                Err(payload) => End::panicked(payload),
            }
        } else {
            End::Exit(Exit::Cancelled)
        };
        let body = inside.take();
        drop(inside);
        self.end(&place, body, end);
    }

    /// Drops the task's future, forgets its deadlines, and then reports its end.
    fn end(&self, place: &Place, body: Option<Body>, end: End) {
        let Some(Body { future, waker, task, .. }) = body else { return };
        let end = match catch_unwind(AssertUnwindSafe(|| drop(future))) {
            Ok(()) => end,
            Err(payload) => End::panicked(payload),
        };
        let number = task.number();
        self.forget_timers(number);
        drop(waker);
        // While it is queued, its number stays taken: `poll` frees the number then.
        if task.retire() {
            self.tasks.borrow_mut().free.push(number);
        }
        task.ended(end);
        place.spare.replace(Some(task));
    }

    /// Forgets the deadlines of a task that has ended, and wakes children of its groups for
    /// which deadlines are queued. Such a group may have moved to another task without
    /// noticing: the new task's waker may have the address of the old one.
    #[inline]
    fn forget_timers(&self, number: u32) {
        let children = self.timers.borrow_mut().forget(number);
        if let Some(mut children) = children {
            children.wake_all();
        }
    }

    /// Ends all tasks, the newest first. Then wakes the tasks that still wait for a
    /// descriptor: they are children of groups that outlive the run, and register anew.
    fn close(&self) {
        self.closed.set(true);
        let serial = |place: &Rc<Place>| place.body.borrow().as_ref().map(|body| body.serial);
        let mut places = self.tasks.borrow().places.clone();
        places.sort_by_cached_key(serial);
        for place in places.iter().rev() {
            let body = place.body.take();
            self.end(place, body, End::Exit(Exit::Cancelled));
        }
        self.forget_timers(MAIN);
        self.reactor.close();
        self.inbox.close();
    }

    /// Notes which task is being polled, until the guard is dropped.
    #[inline]
    fn polling(&self, waker: &Waker, number: u32) -> Polling<'_> {
        self.polled.set(Some(Polled { waker: WakerId::of(waker), number }));
        Polling(&self.polled)
    }

    /// Returns the task that is being polled, and the relation of `waker` to it.
    ///
    /// None for any other waker. It may belong to an executor that holds this thread until
    /// the waker is woken, so this loop cannot serve it.
    #[inline]
    fn relation(&self, waker: &Waker) -> Option<(u32, Relation)> {
        let polled = self.polled.get()?;
        if polled.waker == WakerId::of(waker) {
            Some((polled.number, Relation::Same))
        } else if is_child_of(waker, polled.waker) {
            Some((polled.number, Relation::Child(polled.waker)))
        } else {
            None
        }
    }
}

/// The relation of a waker to the task that is being polled.
enum Relation {
    Same,
    /// The waker belongs to a child of a group that the task polls itself, with this waker.
    /// So the task returns to the loop.
    Child(WakerId),
}

struct Polling<'a>(&'a Cell<Option<Polled>>);

impl Drop for Polling<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.set(None);
    }
}
