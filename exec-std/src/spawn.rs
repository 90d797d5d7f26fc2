//! Tasks on this thread.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tickwire_traits::{Exit, JoinHandle, Spawn, SpawnError};

use crate::run_loop::{self, Task};

/// A spawner into the run of the thread on which it is used.
///
/// ```
/// use tickwire_exec_std::run;
/// use tickwire_traits::{Exit, Spawn};
///
/// run(async |spawner| {
///     let task = spawner.spawn(async { println!("alongside main") }).unwrap();
///     assert_eq!(task.await, Exit::Completed);
/// });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct StdSpawner(());

/// A task of a run.
///
/// It may be awaited and canceled in any thread. If its run ends first, the task ends as
/// [`Exit::Cancelled`].
///
/// # Panics
///
/// Awaiting or canceling a task that has panicked panics with the same payload, once.
#[derive(Debug)]
#[must_use = "dropping a task cancels it; call `detach` to let it run"]
pub struct StdTask(Arc<Task>);

impl StdSpawner {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

impl Spawn for StdSpawner {
    type Handle = StdTask;

    /// Spawns `future`, which is boxed. The number of tasks has no limit.
    ///
    /// # Errors
    ///
    /// [`SpawnError::NotRunning`] if this thread is not inside [`run`](crate::run), or if
    /// `main` has ended and the remaining tasks are being dropped. Drops `future`.
    fn spawn<F>(&self, future: F) -> Result<StdTask, SpawnError>
    where
        F: Future<Output = ()> + 'static,
    {
        run_loop::spawn(future).map(StdTask).ok_or(SpawnError::NotRunning)
    }
}

impl Future for StdTask {
    type Output = Exit;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        self.0.poll_end(cx)
    }
}

impl JoinHandle for StdTask {
    async fn cancel(self) -> Exit {
        self.0.cancel();
        poll_fn(|cx| self.0.poll_end(cx)).await
    }

    fn is_finished(&self) -> bool {
        self.0.has_ended()
    }

    fn detach(self) {
        self.0.detach();
    }
}

impl Drop for StdTask {
    fn drop(&mut self) {
        if !self.0.is_detached() {
            self.0.abandon();
        }
    }
}
