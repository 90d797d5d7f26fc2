//! Tasks on this thread.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_executor::{LocalExecutor, Task};
use futures_lite::future::or;
use tickwire_traits::{Exit, JoinHandle, Spawn, SpawnError};

use crate::clock;

/// Spawns onto the executor of the thread on which it is used.
///
/// ```
/// use tickwire_exec_std::run;
/// use tickwire_traits::{Exit, Spawn};
///
/// run(async |spawner| {
///     let task = spawner.spawn(async { println!("beside main") }).unwrap();
///     assert_eq!(task.await, Exit::Completed);
/// });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct StdSpawner(());

/// A task on a thread's executor.
///
/// # Panics
///
/// Awaiting a task that has panicked panics; so does [`run`](crate::run), before.
#[derive(Debug)]
#[must_use = "dropping a task cancels it; call `detach` to let it run"]
pub struct StdTask(Option<Task<()>>);

thread_local! {
    static EXECUTOR: LocalExecutor<'static> = const { LocalExecutor::new() };
}

pub(crate) fn on_executor<T>(f: impl FnOnce(&LocalExecutor<'static>) -> T) -> T {
    EXECUTOR.with(f)
}

impl StdSpawner {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

impl Spawn for StdSpawner {
    type Handle = StdTask;

    /// Never fails: tasks live on the heap.
    fn spawn<F>(&self, future: F) -> Result<StdTask, SpawnError>
    where
        F: Future<Output = ()> + 'static,
    {
        let future = or(clock::polled_by_run(), future);
        Ok(StdTask(Some(on_executor(|executor| executor.spawn(future)))))
    }
}

impl Future for StdTask {
    type Output = Exit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        if let Some(task) = &mut self.0 {
            ready!(Pin::new(task).poll(cx));
        }
        self.0 = None;
        Poll::Ready(Exit::Completed)
    }
}

impl JoinHandle for StdTask {
    async fn cancel(mut self) -> Exit {
        let Some(task) = self.0.take() else { return Exit::Completed };
        match task.cancel().await {
            Some(()) => Exit::Completed,
            None => Exit::Cancelled,
        }
    }

    fn detach(mut self) {
        if let Some(task) = self.0.take() {
            task.detach();
        }
    }
}
