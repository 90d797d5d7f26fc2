//! The handle of a task.

use core::pin::Pin;
use core::task::{Context, Poll};

use tickwire_traits::{Exit, JoinHandle};

use crate::slot::State;

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
    Running(&'static State),
    /// The slot no longer belongs to this handle.
    Ended(Exit),
}

impl ArenaTask {
    pub(crate) fn new(state: &'static State) -> Self {
        Self(Task::Running(state))
    }
}

impl Future for ArenaTask {
    type Output = Exit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        let exit = match self.0 {
            Task::Running(state) => core::task::ready!(state.poll_exit(cx)),
            Task::Ended(exit) => exit,
        };
        self.0 = Task::Ended(exit);
        Poll::Ready(exit)
    }
}

impl JoinHandle for ArenaTask {
    async fn cancel(self) -> Exit {
        if let Task::Running(state) = self.0 {
            state.cancel();
        }
        self.await
    }

    fn is_finished(&self) -> bool {
        match self.0 {
            Task::Running(state) => state.has_ended(),
            Task::Ended(_) => true,
        }
    }

    fn detach(self) {
        if let Task::Running(state) = self.0 {
            state.leave(false);
        }
        core::mem::forget(self);
    }
}

impl Drop for ArenaTask {
    fn drop(&mut self) {
        if let Task::Running(state) = self.0 {
            state.leave(true);
        }
    }
}
