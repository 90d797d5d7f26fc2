//! A thread for calls that block, shared by any number of tasks.
//!
//! A task sends a job, and the thread performs the jobs in the order in which they came.
//! When a job is done, the thread wakes the waker of the task that waits for it. Nothing
//! else passes between them: no descriptor, and no loop that would have to know of it.

mod state;
#[cfg(test)]
mod tests;

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::{fmt, io, mem, thread};

use tickwire_traits::{Clock, Duration, Instant, TimerQueue, waits_for};

use crate::StdClock;
use crate::quiet::{discard, quietly, wake};
use state::State;

/// Performs one job, and may block.
pub(crate) type Perform<J> = Box<dyn FnMut(&mut J) + Send>;

/// The result of a job.
pub(crate) type Outcome<J> = Result<J, Stopped>;

/// Why a job was not performed to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It took longer than this.
    Hung(Duration),
    /// It has panicked.
    Panicked,
    /// An earlier job hung or panicked, and there is no spare left.
    Ended,
}

/// A handle of the thread. The thread ends after the last handle is dropped, and after
/// the job that it performs then.
pub(crate) struct Worker<J>(Arc<Handles<J>>);

struct Handles<J> {
    shared: Arc<Shared<J>>,
}

/// What handles and thread share.
struct Shared<J> {
    name: String,
    state: Mutex<State<J>>,
    /// Notified when the thread waits and there is work, or no handle is left.
    work: Condvar,
}

/// A job that a task waits for. Dropping it gives the job up.
struct Ticket<'a, J> {
    shared: &'a Arc<Shared<J>>,
    id: u64,
}

/// How the thread continues after a job.
enum Next<J> {
    Same,
    With(Perform<J>),
    End,
}

const CLOCK: StdClock = StdClock::new();

impl<J: Send + 'static> Worker<J> {
    /// Starts the thread. `spare` replaces `perform`, once, after a job that hangs or
    /// panics.
    pub(crate) fn start(
        name: &str,
        limit: Duration,
        perform: Perform<J>,
        spare: Option<Perform<J>>,
    ) -> io::Result<Self> {
        let state = Mutex::new(State::new(limit, spare));
        let shared = Arc::new(Shared { name: name.to_owned(), state, work: Condvar::new() });
        shared.spawn(0, perform)?;
        Ok(Self(Arc::new(Handles { shared })))
    }

    /// Has the thread perform `job`, after those that were sent before.
    ///
    /// # Cancel safety
    ///
    /// If dropped before the thread has begun, the job is not performed. If dropped later,
    /// the job is performed to its end, and counted.
    pub(crate) async fn perform(&self, job: J) -> Outcome<J> {
        let shared = &self.0.shared;
        let (mut job, mut ticket) = (Some(job), None);
        poll_fn(|cx| match (&ticket, job.take()) {
            (None, Some(job)) => {
                let Some((id, deadline)) = shared.submit(job, cx.waker().clone()) else {
                    return Poll::Ready(Err(Stopped::Ended));
                };
                ticket = Some(Ticket { shared, id });
                CLOCK.schedule_wake(deadline, cx.waker());
                shared.waits_for();
                Poll::Pending
            }
            (Some(ticket), _) => ticket.poll(cx),
            (None, None) => Poll::Ready(Err(Stopped::Ended)),
        })
        .await
    }

    /// Sets the time after which a job hangs.
    pub(crate) fn set_limit(&self, limit: Duration) {
        self.0.shared.state().limit = limit;
    }

    /// Returns how many jobs were given up after the thread had begun them.
    pub(crate) fn cancelled(&self) -> u32 {
        self.0.shared.state().cancelled
    }
}

impl<J: Send + 'static> Shared<J> {
    fn spawn(self: &Arc<Self>, generation: u32, perform: Perform<J>) -> io::Result<()> {
        let shared = self.clone();
        let serve = move || shared.serve(generation, perform);
        thread::Builder::new().name(self.name.clone()).spawn(serve).map(drop)
    }

    /// Runs in the thread.
    fn serve(&self, generation: u32, mut perform: Perform<J>) {
        while let Some((id, mut job)) = self.next() {
            let outcome = match catch_unwind(AssertUnwindSafe(|| perform(&mut job))) {
                Ok(()) => Ok(job),
                Err(payload) => {
                    discard(payload);
                    Err(Stopped::Panicked)
                }
            };
            match self.finish(generation, id, outcome) {
                Next::Same => {}
                Next::With(spare) => {
                    let panicked = mem::replace(&mut perform, spare);
                    quietly(|| drop(panicked));
                }
                Next::End => break,
            }
        }
        quietly(|| drop(perform));
    }

    /// Waits for a job. None if no handle is left.
    fn next(&self) -> Option<(u64, J)> {
        let mut state = self.state();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(begun) = state.begin(CLOCK.now()) {
                return Some(begun);
            }
            state.is_idle = true;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Reports the end of a job.
    fn finish(&self, generation: u32, id: u64, outcome: Outcome<J>) -> Next<J> {
        let has_panicked = outcome.is_err();
        let (next, waiter, others) = {
            let mut state = self.state();
            if state.generation != generation {
                // The thread was abandoned, and its job has been reported.
                return Next::End;
            }
            let waiter = state.finish(id, outcome);
            if !has_panicked {
                (Next::Same, waiter, Vec::new())
            } else if let Some(spare) = state.spare.take() {
                (Next::With(spare), waiter, Vec::new())
            } else {
                (Next::End, waiter, state.end())
            }
        };
        waiter.into_iter().chain(others).for_each(wake);
        next
    }

    /// Queues a job. Returns its number, and when to look at it again. None if no thread
    /// is left.
    fn submit(&self, job: J, waker: Waker) -> Option<(u64, Instant)> {
        let mut state = self.state();
        if state.has_ended {
            return None;
        }
        let id = state.submit(job, waker);
        let deadline = state.deadline(CLOCK.now());
        self.wake_thread(state);
        Some((id, deadline))
    }

    /// For the report of an executor that was not woken, such as one in virtual time.
    fn waits_for(&self) {
        waits_for(|| format!("the thread `{}`", self.name));
    }

    fn wake_thread(&self, mut state: MutexGuard<'_, State<J>>) {
        // A notification is a system call, even if nobody waits.
        if mem::take(&mut state.is_idle) {
            drop(state);
            self.work.notify_one();
        }
    }

    /// Gives up a thread whose job hangs, and starts another one with the spare.
    fn abandon(self: &Arc<Self>) {
        let woken = {
            let mut state = self.state();
            let Some(waiter) = state.abandon(CLOCK.now()) else { return };
            let generation = state.generation;
            // Nothing foreign is dropped under the lock if this fails: a spare is ours.
            let spare = state.spare.take();
            let is_served = spare.is_some_and(|spare| self.spawn(generation, spare).is_ok());
            let others = if is_served { Vec::new() } else { state.end() };
            waiter.into_iter().chain(others)
        };
        woken.for_each(wake);
    }

    fn state(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J: Send + 'static> Ticket<'_, J> {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<Outcome<J>> {
        loop {
            let now = CLOCK.now();
            // Cloned and dropped without the lock, because that may be foreign code.
            let waker = cx.waker().clone();
            let (outcome, _unused, deadline) = {
                let mut state = self.shared.state();
                let (outcome, unused) = state.collect(self.id, waker);
                let is_overdue = state.is_overdue(now);
                (outcome, unused, if is_overdue { None } else { Some(state.deadline(now)) })
            };
            match (outcome, deadline) {
                (Some(outcome), _) => return Poll::Ready(outcome),
                (None, Some(deadline)) => {
                    CLOCK.schedule_wake(deadline, cx.waker());
                    self.shared.waits_for();
                    return Poll::Pending;
                }
                (None, None) => self.shared.abandon(),
            }
        }
    }
}

impl<J> Drop for Ticket<'_, J> {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let given_up = state.cancel(self.id);
        drop(state);
        drop(given_up);
    }
}

impl<J> Drop for Handles<J> {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_closed = true;
        drop(state);
        self.shared.work.notify_one();
    }
}

impl<J> Clone for Worker<J> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<J> fmt::Debug for Worker<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Worker").field(&self.0.shared.name).finish()
    }
}
