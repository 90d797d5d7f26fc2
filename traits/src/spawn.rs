//! Tasks that outlive their parent.

use core::fmt;
use core::future::Future;

/// A handle that starts tasks on the current thread's executor.
///
/// There are four ways to run futures concurrently. Use the first that fits:
///
/// 1. [`race`](fn@crate::race), `gather` of `tickwire-sync`, or `join` and `select` of another
///    crate: they borrow, return values and need no storage.
/// 2. A task group, for a number of children known only at run time.
/// 3. The executor's own tasks, in `main`: `#[embassy_executor::task]`.
/// 4. `Spawn`, for a task that must outlive its parent.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Duration, Exit, JoinHandle, Spawn, Timer};
///
/// let sim = Sim::new();
/// let (clock, spawner) = (sim.clock(), sim.spawner());
/// sim.run(async {
///     let blink = {
///         let clock = clock.clone();
///         async move {
///             loop {
///                 clock.sleep(Duration::from_millis(500)).await;
///             }
///         }
///     };
///     let blink = spawner.spawn(blink).unwrap();
///     clock.sleep(Duration::from_secs(2)).await;
///     assert_eq!(blink.cancel().await, Exit::Cancelled);
/// });
/// ```
///
/// # For implementers
///
/// A task never leaves its executor, so `Send` is not required. Drop a cancelled task's
/// future before reporting its end. A task that has ended may occupy its slot until its
/// handle has been awaited or dropped. A handle of the spawner does not keep the executor
/// alive: after its end, return [`SpawnError::NotRunning`]. There is no `Exit` for a panic:
/// document what happens to a task that panics, and to a task that awaits it.
///
/// # For driver authors
///
/// Do not use it: a driver is a value with `async` methods, and the application decides
/// which of them run concurrently.
pub trait Spawn {
    /// The handle that owns a spawned task.
    type Handle: JoinHandle;

    /// Starts `future`.
    ///
    /// # Errors
    ///
    /// [`SpawnError::NoFreeSlot`] if the executor has no free slot; try again after a
    /// task has ended. On any error `future` has been dropped.
    fn spawn<F>(&self, future: F) -> Result<Self::Handle, SpawnError>
    where
        F: Future<Output = ()> + 'static;
}

/// The owner of a task. Awaiting it waits for the task's end; dropping it cancels the
/// task.
///
/// Tasks return nothing: send a value through a queue, or use `join`.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Duration, Exit, JoinHandle, Spawn, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let work = sim.spawner().spawn(async move {
///     clock.sleep(Duration::from_millis(20)).await;
/// });
/// assert_eq!(sim.run(work.unwrap()), Exit::Completed);
/// ```
///
/// # For implementers
///
/// Report the end after the task's future has been dropped, even to a task that cancels
/// itself. A handle that has reported the end may panic if it is polled again.
///
/// # For driver authors
///
/// Do not use it, like [`Spawn`].
///
/// # Cancel safety
///
/// The handle is its own future: dropping it, awaited or not, cancels the task. Await
/// `&mut handle` in a `select` to keep it.
pub trait JoinHandle: Future<Output = Exit> + Unpin {
    /// Cancels the task and waits until its future has been dropped.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the task is cancelled at the first poll, or at the drop if there was
    /// none.
    fn cancel(self) -> impl Future<Output = Exit>;

    /// Returns whether the task has ended and its future has been dropped.
    ///
    /// ```
    /// use tickwire_sim::Sim;
    /// use tickwire_traits::{JoinHandle, Spawn, yield_now};
    ///
    /// let sim = Sim::new();
    /// let task = sim.spawner().spawn(async {}).unwrap();
    /// assert!(!task.is_finished());
    /// sim.run(yield_now());
    /// assert!(task.is_finished());
    /// ```
    fn is_finished(&self) -> bool;

    /// Releases the task, which runs to its end without an owner.
    fn detach(self);
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Exit {
    /// The task returned.
    Completed,
    /// The task's future was dropped before it returned.
    Cancelled,
}

/// The error of a failed spawn. The future has been dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SpawnError {
    /// No slot is free. Try again after a task has ended.
    NoFreeSlot,
    /// The task storage belongs permanently to another executor. Use other storage.
    OtherExecutor,
    /// The executor does not run on this thread, or is ending. Spawn while it runs.
    NotRunning,
}

impl fmt::Display for SpawnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoFreeSlot => "no free task slot",
            Self::OtherExecutor => "the task storage belongs to another executor",
            Self::NotRunning => "the executor does not run",
        })
    }
}

impl core::error::Error for SpawnError {}
