//! Tasks and their handles.

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tickwire_traits::{Exit, JoinHandle, Spawn, SpawnError, waits_for};

use super::tasks::{Name, Task, TaskFuture, Tasks};

/// A spawner of tasks on a [`Sim`](crate::Sim).
#[derive(Clone, Debug)]
pub struct SimSpawner(pub(super) Rc<Tasks>);

impl Spawn for SimSpawner {
    type Handle = SimTask;

    /// Never fails: tasks live on the heap. If the simulation is gone, `future` is dropped
    /// immediately.
    #[track_caller]
    fn spawn<F>(&self, future: F) -> Result<SimTask, SpawnError>
    where
        F: Future<Output = ()> + 'static,
    {
        Ok(self.start(Name::SpawnedAt(Location::caller()), Box::pin(future)))
    }
}

impl SimSpawner {
    /// Spawns `future` under a name, which a [`Stall`](crate::Stall) reports.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    ///
    /// let sim = Sim::new();
    /// let sleeper = sim.spawner().spawn_named("sleeper", std::future::pending());
    /// let stall = sim.try_run(sleeper).unwrap_err();
    /// assert_eq!(stall.tasks[1].name, "sleeper");
    /// ```
    pub fn spawn_named(
        &self,
        name: impl Into<String>,
        future: impl Future<Output = ()> + 'static,
    ) -> SimTask {
        self.start(Name::Given(name.into()), Box::pin(future))
    }

    fn start(&self, name: Name, future: TaskFuture) -> SimTask {
        SimTask { task: self.0.spawn(name, future), tasks: self.0.clone() }
    }
}

/// A handle that owns a task on a [`Sim`](crate::Sim).
///
/// [`Exit::Cancelled`] is also the end of a task that panicked, and of one whose
/// simulation is gone. A task that cancels itself ends at its next pending poll.
#[must_use = "dropping a task cancels it; call `detach` to let it run"]
pub struct SimTask {
    task: Rc<Task>,
    tasks: Rc<Tasks>,
}

impl Future for SimTask {
    type Output = Exit;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        if let Some(exit) = self.task.end.exit.get() {
            return Poll::Ready(exit);
        }
        self.task.end.waiter.set(Some(cx.waker().clone()));
        waits_for(|| "the end of another task");
        Poll::Pending
    }
}

impl SimTask {
    fn stop(&self) {
        self.tasks.cancel(&self.task);
    }
}

impl JoinHandle for SimTask {
    async fn cancel(mut self) -> Exit {
        self.stop();
        poll_fn(|cx| Pin::new(&mut self).poll(cx)).await
    }

    fn is_finished(&self) -> bool {
        self.task.end.exit.get().is_some()
    }

    fn detach(self) {
        self.task.end.detached.set(true);
    }
}

impl Drop for SimTask {
    fn drop(&mut self) {
        if !self.task.end.detached.get() {
            self.stop();
        }
    }
}

impl fmt::Debug for SimTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimTask").field("exit", &self.task.end.exit).finish_non_exhaustive()
    }
}
