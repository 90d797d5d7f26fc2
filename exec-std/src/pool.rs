//! Threads for calls that block. They end when they have been idle for [`IDLE`].
//!
//! The crate `blocking` is not used, because idle threads of its version 1.7 never end, and
//! because it waits forever if no thread can be started.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use std::{io, mem, process, thread};

use tickwire_traits::waits_for;

use crate::quiet::{quietly, wake};

/// How long a thread waits for another call.
const IDLE: Duration = Duration::from_millis(500);
/// The number of threads at most. Further calls wait for their turn.
const THREADS: usize = 256;

/// A call that runs in a thread, or has ended there.
///
/// Dropping it stops nothing: the call runs to its end, and its result is dropped.
#[derive(Debug)]
pub(crate) struct Call<T>(Arc<Mutex<State<T>>>);

#[derive(Debug)]
enum State<T> {
    Running(Option<Waker>),
    Ended(thread::Result<T>),
    Taken,
}

/// Has a thread call `f`.
///
/// # Errors
///
/// If there is no thread, and none can be started. `f` is not called then.
pub(crate) fn start<T: Send + 'static>(
    f: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Call<T>> {
    let state = Arc::new(Mutex::new(State::Running(None)));
    let call = Call(state.clone());
    enqueue(Box::new(move || {
        let result = catch_unwind(AssertUnwindSafe(f));
        if Arc::strong_count(&state) == 1 {
            // Nobody waits for it. Its destructor may block, so it is part of the job.
            quietly(|| drop(result));
            return Box::new(|| {});
        }
        Box::new(move || {
            let before = mem::replace(&mut *lock(&state), State::Ended(result));
            if let State::Running(Some(waker)) = before {
                wake(waker);
            }
        })
    }))?;
    Ok(call)
}

impl<T> Call<T> {
    /// Returns the result, or the payload of a panic. Otherwise registers the caller's
    /// waker. Must not be called again after it returned the result.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<thread::Result<T>> {
        // Cloned and dropped without the lock: a waker may be foreign code.
        let waker = cx.waker().clone();
        let replaced = {
            let mut state = lock(&self.0);
            match &mut *state {
                State::Running(registered) => registered.replace(waker),
                State::Ended(_) => match mem::replace(&mut *state, State::Taken) {
                    State::Ended(result) => return Poll::Ready(result),
                    _ => unreachable!("it has ended"),
                },
                State::Taken => panic!("a call has one result"),
            }
        };
        drop(replaced);
        waits_for(|| "a call in another thread");
        Poll::Pending
    }
}

/// Calls a closure, and returns what reports its result.
type Job = Box<dyn FnOnce() -> Report + Send>;
type Report = Box<dyn FnOnce()>;

static POOL: Mutex<Pool> =
    Mutex::new(Pool { jobs: VecDeque::new(), threads: 0, idle: 0, process: 0 });
static ADDED: Condvar = Condvar::new();

struct Pool {
    jobs: VecDeque<Job>,
    threads: usize,
    /// The number of threads that wait, or are about to. Each takes one of `jobs`.
    idle: usize,
    /// The process of the threads. A forked child does not have them.
    process: u32,
}

fn enqueue(job: Job) -> io::Result<()> {
    let mut pool = lock(&POOL);
    if pool.process != process::id() {
        let inherited = mem::take(&mut pool.jobs);
        *pool = Pool { jobs: VecDeque::new(), threads: 0, idle: 0, process: process::id() };
        // They belong to the parent, and their destructors are foreign code.
        mem::forget(inherited);
    }
    if pool.idle <= pool.jobs.len() && pool.threads < THREADS {
        let thread = thread::Builder::new().name("tickwire-pool".into()).spawn(work);
        match thread {
            Ok(_) => pool.threads += 1,
            // One of the others takes the job.
            Err(_) if pool.threads > 0 => {}
            Err(error) => {
                drop(pool);
                drop(job);
                return Err(error);
            }
        }
    }
    pool.jobs.push_back(job);
    drop(pool);
    ADDED.notify_one();
    Ok(())
}

/// Runs jobs until none has come for a while.
fn work() {
    let mut pool = lock(&POOL);
    loop {
        while let Some(job) = pool.jobs.pop_front() {
            drop(pool);
            let report = job();
            // Before the report, so that a task that calls again finds this thread.
            lock(&POOL).idle += 1;
            quietly(report);
            pool = lock(&POOL);
            pool.idle -= 1;
        }
        pool.idle += 1;
        let (guard, waited) =
            ADDED.wait_timeout(pool, IDLE).unwrap_or_else(PoisonError::into_inner);
        pool = guard;
        pool.idle -= 1;
        if waited.timed_out() && pool.jobs.is_empty() {
            pool.threads -= 1;
            return;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
