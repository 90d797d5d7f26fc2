//! The embassy task of a slot.
//!
//! The task never ends: while its slot holds no future, nothing wakes it. An embassy task
//! that has ended may still be in the run queue, and cannot be spawned again until it has
//! left the queue; a task that stays can run the next future immediately.
//!
//! RUNNER, on which the `unsafe` in this file rests: the task in a slot is started with a
//! reference to that slot. Embassy polls it on one executor, one poll at a time.

use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

pub(crate) use embassy_executor::SendSpawner as Executor;
use embassy_executor::raw::{TaskRef, TaskStorage, task_from_waker, wake_task};

use crate::slot::SlotRef;

/// Storage of a slot's task.
pub(crate) struct Task(TaskStorage<Runner>);

impl Task {
    pub(crate) const fn new() -> Self {
        Self(TaskStorage::new())
    }

    /// Starts the task, which then steps `slot` each time it is woken.
    #[cold]
    pub(crate) fn start(&'static self, slot: SlotRef, executor: Executor) {
        // A task that has already started checks the slot by itself.
        if let Ok(token) = self.0.spawn(|| Runner(slot)) {
            executor.spawn(token);
        }
    }
}

/// Wakes a slot's task.
#[derive(Clone, Copy)]
pub(crate) struct RunnerRef(TaskRef);

impl RunnerRef {
    /// Returns the task of `waker`, which must be a slot's.
    pub(crate) fn of(waker: &Waker) -> Self {
        Self(task_from_waker(waker))
    }

    /// Wakes the task. Not inlined, so that a program contains this code once.
    #[inline(never)]
    pub(crate) fn wake(self) {
        wake_task(self.0);
    }
}

struct Runner(SlotRef);

impl Future for Runner {
    type Output = Infallible;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Infallible> {
        // SAFETY: this is the task of the slot: RUNNER.
        unsafe { self.0.step(cx) };
        Poll::Pending
    }
}
