//! Tasks on this thread.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_executor::{FallibleTask, LocalExecutor};
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
/// It may be awaited in any thread. When its own thread has ended before it did,
/// it is [`Exit::Cancelled`].
///
/// # Panics
///
/// Awaiting a task that has panicked panics, and so does its `cancel`.
#[derive(Debug)]
#[must_use = "dropping a task cancels it; call `detach` to let it run"]
pub struct StdTask(State);

#[derive(Debug)]
enum State {
    Running(FallibleTask<()>),
    Ended(Exit),
}

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

    /// Starts `future` on the heap: there is always a slot.
    ///
    /// # Errors
    ///
    /// [`SpawnError`] only while the thread ends and drops the tasks that are
    /// left; `future` has been dropped. Spawn in another thread.
    fn spawn<F>(&self, future: F) -> Result<StdTask, SpawnError>
    where
        F: Future<Output = ()> + 'static,
    {
        let future = or(clock::polled_by_run(), future);
        let task = EXECUTOR
            .try_with(|executor| executor.spawn(future))
            .map_err(|_| SpawnError::NoFreeSlot)?;
        Ok(StdTask(State::Running(task.fallible())))
    }
}

impl Future for StdTask {
    type Output = Exit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        let exit = match &mut self.0 {
            State::Running(task) => exit(ready!(Pin::new(task).poll(cx))),
            State::Ended(exit) => *exit,
        };
        self.0 = State::Ended(exit);
        Poll::Ready(exit)
    }
}

impl JoinHandle for StdTask {
    async fn cancel(self) -> Exit {
        match self.0 {
            State::Running(task) => exit(task.cancel().await),
            State::Ended(exit) => exit,
        }
    }

    fn detach(self) {
        if let State::Running(task) = self.0 {
            task.detach();
        }
    }
}

/// A task that was dropped before it returned has no output.
fn exit(output: Option<()>) -> Exit {
    if output.is_some() { Exit::Completed } else { Exit::Cancelled }
}
