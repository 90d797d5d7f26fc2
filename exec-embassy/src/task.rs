//! The handle of a task.

use core::pin::Pin;
use core::task::{Context, Poll};

use tickwire_traits::{Exit, JoinHandle};

use crate::slot::Owned;

/// A task in an [`Arena`](crate::Arena).
///
/// Tasks of any executor can await, cancel, detach and drop the handle; interrupts can
/// detach and drop it. The task's own executor drops the future. Dropping the handle does
/// not wait for that; awaiting [`cancel`](JoinHandle::cancel) does.
#[derive(Debug)]
#[must_use = "dropping a task cancels it; call `detach` to let it run"]
pub struct ArenaTask(Task);

#[derive(Debug)]
enum Task {
    Running(Owned),
    /// The slot no longer belongs to this handle.
    Ended(Exit),
}

impl ArenaTask {
    pub(crate) fn new(task: Owned) -> Self {
        Self(Task::Running(task))
    }
}

impl Future for ArenaTask {
    type Output = Exit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        let exit = match self.0 {
            Task::Running(task) => core::task::ready!(task.poll_exit(cx)),
            Task::Ended(exit) => exit,
        };
        self.0 = Task::Ended(exit);
        Poll::Ready(exit)
    }
}

impl JoinHandle for ArenaTask {
    async fn cancel(self) -> Exit {
        if let Task::Running(task) = self.0 {
            task.cancel();
        }
        self.await
    }

    fn is_finished(&self) -> bool {
        match self.0 {
            Task::Running(task) => task.has_ended(),
            Task::Ended(_) => true,
        }
    }

    fn detach(self) {
        if let Task::Running(task) = self.0 {
            task.detach();
        }
        core::mem::forget(self);
    }
}

impl Drop for ArenaTask {
    fn drop(&mut self) {
        if let Task::Running(task) = self.0 {
            task.abandon();
        }
    }
}
