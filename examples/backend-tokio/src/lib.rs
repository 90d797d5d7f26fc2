//! A backend as another project would write it: clock and tasks on tokio, on one thread.
//!
//! ```
//! use tickwire_backend_tokio::run;
//! use tickwire_traits::{Duration, Exit, Spawn, Timer};
//!
//! run(false, async |clock, spawner| {
//!     let task = async move { clock.sleep(Duration::from_millis(2)).await };
//!     assert_eq!(spawner.spawn(task).unwrap().await, Exit::Completed);
//! });
//! ```
//!
//! tokio's timer has steps of a millisecond: unfit for drivers that count microseconds. A
//! task that blocks the thread, by another executor for example, stops all wakes.
#![forbid(unsafe_code)]

use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker, ready};

use tickwire_traits::{Clock, Duration, Exit, Instant, JoinHandle, Spawn, SpawnError, TimerQueue};
use tickwire_wake_queue::WakeQueue;
use tokio::runtime::Builder;
use tokio::task::{self, LocalSet};
use tokio::time;

/// Runs `main` and its tasks on this thread until `main` returns, in real time or, if `paused`,
/// in tokio's virtual time. The tasks are then cancelled.
pub fn run<T>(paused: bool, main: impl AsyncFnOnce(TokioClock, TokioSpawner) -> T) -> T {
    let runtime = Builder::new_current_thread().enable_time().start_paused(paused).build();
    let tasks = Rc::new(LocalSet::new());
    let main = tasks.run_until(async {
        let (start, queue) = (time::Instant::now(), Mutex::default());
        let timers = Timers { start, paused, queue, changed: Default::default() };
        let clock = TokioClock(Arc::new(timers));
        task::spawn_local(clock.clone().wake_tasks());
        main(clock, TokioSpawner(Rc::downgrade(&tasks))).await
    });
    runtime.expect("it has no I/O, which could fail").block_on(main)
}

/// The clock of a [`run`].
#[derive(Clone, Debug)]
pub struct TokioClock(Arc<Timers>);

#[derive(Debug)]
struct Timers {
    start: time::Instant,
    paused: bool,
    /// Nothing panics under its lock.
    queue: Mutex<WakeQueue>,
    /// Notified when the earliest deadline has changed.
    changed: tokio::sync::Notify,
}

impl TokioClock {
    async fn wake_tasks(self) {
        loop {
            let next = self.0.queue.lock().unwrap().next_deadline();
            let next = next.and_then(|at| self.0.start.checked_add((at - Instant::EPOCH).into()));
            match next {
                Some(at) => drop(time::timeout_at(at, self.0.changed.notified()).await),
                None => self.0.changed.notified().await,
            }
            let now = self.now();
            // In a block, so that the lock is free when a waker runs.
            while let Some(waker) = { self.0.queue.lock().unwrap().pop(now) } {
                waker.wake();
            }
        }
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.start.elapsed().as_micros() as u64)
    }

    fn resolution(&self) -> Duration {
        if self.0.paused { Duration::ZERO } else { Duration::from_micros(1) }
    }
}

impl TimerQueue for TokioClock {
    fn schedule_wake(&self, at: Instant, waker: &Waker) {
        let waker = waker.clone();
        let mut queue = self.0.queue.lock().unwrap();
        let before = queue.next_deadline();
        let spare = queue.insert(at, waker);
        let changed = queue.next_deadline() != before;
        drop((queue, spare)); // In this order: a waker may call back, even when it is dropped.
        if changed {
            self.0.changed.notify_one();
        }
    }
}

/// Starts the tasks of a [`run`].
#[derive(Clone, Debug)]
pub struct TokioSpawner(Weak<LocalSet>);

impl Spawn for TokioSpawner {
    type Handle = TokioTask;

    fn spawn<F: Future<Output = ()> + 'static>(&self, task: F) -> Result<TokioTask, SpawnError> {
        let tasks = self.0.upgrade().ok_or(SpawnError::NotRunning)?;
        Ok(TokioTask { task: tasks.spawn_local(task), owned: true })
    }
}

/// A task of a [`run`].
#[derive(Debug)]
pub struct TokioTask {
    task: task::JoinHandle<()>,
    owned: bool,
}

impl Future for TokioTask {
    type Output = Exit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        Poll::Ready(match ready!(Pin::new(&mut self.task).poll(cx)) {
            Ok(()) => Exit::Completed,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Exit::Cancelled,
        })
    }
}

impl JoinHandle for TokioTask {
    async fn cancel(self) -> Exit {
        self.task.abort();
        self.await
    }

    fn is_finished(&self) -> bool {
        self.task.is_finished()
    }

    fn detach(mut self) {
        self.owned = false;
    }
}

impl Drop for TokioTask {
    fn drop(&mut self) {
        if self.owned {
            self.task.abort();
        }
    }
}
