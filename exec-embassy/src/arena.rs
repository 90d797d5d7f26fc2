//! Spawning without an allocator.

use core::fmt;

use embassy_executor::{SendSpawner, Spawner};
use tickwire_traits::{Spawn, SpawnError};

use crate::home::{Here, Home, There};
use crate::task::ArenaTask;

/// Storage for `N` tasks of any types, at most `BYTES` bytes each. An arena is a `static`,
/// and allocates nothing.
///
/// ```
/// # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
/// use tickwire_exec_embassy::{Arena, EmbassyClock};
/// use tickwire_traits::{Duration, Exit, JoinHandle, Spawn, Timer};
///
/// static ARENA: Arena<64, 4> = Arena::new();
///
/// # host::run(async |spawner| { // As `#[embassy_executor::main]` has it:
/// let tasks = ARENA.with(spawner);
/// let nap = tasks.spawn(EmbassyClock.sleep(Duration::from_millis(1))).unwrap();
/// let blink = tasks.spawn(async { loop { EmbassyClock.sleep(Duration::from_millis(500)).await } });
/// assert_eq!(nap.await, Exit::Completed);
/// assert_eq!(blink.unwrap().cancel().await, Exit::Cancelled);
/// assert_eq!(ARENA.free(), 4);
/// # });
/// ```
///
/// # Sizes
///
/// A slot takes `BYTES` and some 18 words more. A larger future, or one aligned to more than
/// 8 bytes, does not compile. `cargo build` reports the error, with the future's file and
/// line; `cargo check` does not detect it. [`size_of_val`] returns the size of a future:
/// `size_of_val(&task(led))`.
///
/// ```compile_fail,E0080
/// # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
/// use tickwire_exec_embassy::Arena;
/// use tickwire_traits::Spawn;
///
/// static ARENA: Arena<64, 4> = Arena::new();
///
/// # host::run(async |spawner| {
/// let page = [0_u8; 128];
/// let _task = ARENA.with(spawner).spawn(async move {
///     core::future::ready(()).await;
///     core::hint::black_box(&page);
/// });
/// # });
/// ```
///
/// # Slots
///
/// A slot is in use from `spawn` until the task's future has been dropped, and its handle
/// has returned the [`Exit`](tickwire_traits::Exit), or was detached or dropped. The slot
/// can be reused immediately, even by the task that was just notified.
///
/// Spawning takes the slot that was freed last, without a search: its cost does not depend
/// on the number of slots. There may be 65,535 slots; a larger arena does not compile.
///
/// # Executors
///
/// An arena belongs to the first executor that [`Arena::with`] or [`Arena::bind`] gives it.
/// For another executor, `spawn` returns [`SpawnError::OtherExecutor`]. Each executor needs
/// its own arena:
///
/// | executor | spawner |
/// | --- | --- |
/// | in thread mode, on any core | `ARENA.with(spawner)` |
/// | the same, spawning from interrupts or from the other core | `ARENA.with(spawner).make_send()` |
/// | `InterruptExecutor`, futures that are `Send` | `ARENA.bind(executor.start(irq))`, once |
/// | `InterruptExecutor`, any futures | `ARENA.with(spawner)`, with [`Spawner::for_current_executor`] in one of its tasks |
///
/// [`Spawner::for_current_executor`]: https://docs.rs/embassy-executor/0.10/embassy_executor/struct.Spawner.html#method.for_current_executor
///
/// With several cores, critical sections must exclude the other cores; see
/// [the crate's documentation](crate#critical-sections).
///
/// # Metadata
///
/// Embassy keeps a task's priority, deadline and name in its
/// [`Metadata`](https://docs.rs/embassy-executor/0.10/embassy_executor/struct.Metadata.html). In an arena, they belong to the
/// slot: they start as the defaults, and a future can set them with
/// `Metadata::for_current_task`. They then stay for the next futures in that slot. The sender
/// of a future, by a [`SendArenaSpawner`], cannot set its priority: the first poll has that
/// of the slot. Where priorities matter, use one arena per priority, or let every future set
/// its own first.
///
/// # Panics in futures
///
/// With `panic = "abort"`, as in firmware, nothing follows a panic. Where panics unwind, a
/// panic propagates through embassy's executor and ends its thread. A task whose future
/// panics in its destructor has still ended: its handle reports the end, and its slot is
/// free.
pub struct Arena<const BYTES: usize, const N: usize> {
    home: Home<BYTES, N>,
}

impl<const BYTES: usize, const N: usize> Arena<BYTES, N> {
    /// Creates an empty arena.
    pub const fn new() -> Self {
        Self { home: Home::new() }
    }

    /// Returns a spawner for futures of any type, to use in the tasks of `spawner`'s executor.
    ///
    /// An arena without an executor then belongs to this one. If it belongs to another, every
    /// [`spawn`](Spawn::spawn) fails.
    pub fn with(&'static self, spawner: Spawner) -> ArenaSpawner<BYTES, N> {
        ArenaSpawner(self.home.here(spawner))
    }

    /// Binds the arena to an interrupt executor, which offers only a [`SendSpawner`].
    ///
    /// [`SendSpawner`]: https://docs.rs/embassy-executor/0.10/embassy_executor/struct.SendSpawner.html
    ///
    /// The returned spawner can be copied and sent. A [`SendSpawner`] does not identify its
    /// executor, so an arena can be bound only once, and [`Arena::with`] cannot spawn into it.
    ///
    /// ```
    /// # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
    /// use tickwire_exec_embassy::Arena;
    /// use tickwire_traits::{Exit, SpawnError};
    ///
    /// static URGENT: Arena<64, 2> = Arena::new();
    ///
    /// # host::run(async |spawner| {
    /// # let start = || spawner.make_send();
    /// // `let executor = EXECUTOR.start(interrupt::SWI_IRQ_0);`
    /// let executor = start();
    /// let urgent = URGENT.bind(executor).unwrap();
    /// let task = urgent.spawn(async { /* on that executor */ }).unwrap();
    /// assert_eq!(task.await, Exit::Completed);
    /// assert_eq!(URGENT.bind(executor).unwrap_err(), SpawnError::OtherExecutor);
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// [`SpawnError::OtherExecutor`] if the arena already belongs to an executor, even to this
    /// one. Use the spawner that the first call returned, or another arena.
    pub fn bind(
        &'static self,
        executor: SendSpawner,
    ) -> Result<SendArenaSpawner<BYTES, N>, SpawnError> {
        Ok(SendArenaSpawner(Ok(self.home.bind(executor)?)))
    }

    /// Returns the number of free slots.
    pub fn free(&self) -> usize {
        self.home.free()
    }
}

impl<const BYTES: usize, const N: usize> Default for Arena<BYTES, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const BYTES: usize, const N: usize> fmt::Debug for Arena<BYTES, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.home.fmt(f)
    }
}

/// Spawns into an [`Arena`], from the executor that runs the tasks.
///
/// ```
/// # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
/// use std::cell::Cell;
/// use std::rc::Rc;
/// use tickwire_exec_embassy::{Arena, ArenaSpawner};
/// use tickwire_traits::{Exit, Spawn};
///
/// static ARENA: Arena<64, 1> = Arena::new();
///
/// # host::run(async |spawner| {
/// let tasks: ArenaSpawner<64, 1> = ARENA.with(spawner);
/// let count = Rc::new(Cell::new(0)); // Not `Send`.
/// let counter = count.clone();
/// let task = tasks.spawn(async move { counter.set(1) }).unwrap();
/// assert_eq!((task.await, count.get()), (Exit::Completed, 1));
/// # });
/// ```
///
/// It cannot leave its executor; [`ArenaSpawner::make_send`] returns a spawner that can:
///
/// ```compile_fail,E0277
/// use tickwire_exec_embassy::ArenaSpawner;
///
/// fn is_send<T: Send>() {}
/// is_send::<ArenaSpawner<64, 4>>();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ArenaSpawner<const BYTES: usize, const N: usize>(Result<Here<BYTES, N>, SpawnError>);

impl<const BYTES: usize, const N: usize> ArenaSpawner<BYTES, N> {
    /// Returns a spawner for interrupts, other executors and other cores. It spawns futures
    /// that are `Send`.
    pub fn make_send(&self) -> SendArenaSpawner<BYTES, N> {
        SendArenaSpawner(self.0.map(Here::make_send))
    }
}

impl<const BYTES: usize, const N: usize> Spawn for ArenaSpawner<BYTES, N> {
    type Handle = ArenaTask;

    /// Starts `future` in a free slot.
    ///
    /// # Errors
    ///
    /// `future` has been dropped.
    ///
    /// - [`SpawnError::NoFreeSlot`] if no slot is free. Try again when a task has ended, or
    ///   make the arena larger.
    /// - [`SpawnError::OtherExecutor`] if the arena belongs to another executor. Give this
    ///   executor its own arena.
    fn spawn<F>(&self, future: F) -> Result<ArenaTask, SpawnError>
    where
        F: Future<Output = ()> + 'static,
    {
        self.0?.spawn(future).map(ArenaTask::new)
    }
}

/// Spawns into an [`Arena`] from anywhere: interrupts, other executors, other cores.
///
/// ```
/// # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
/// use std::thread;
/// use tickwire_exec_embassy::Arena;
/// use tickwire_traits::Exit;
///
/// static ARENA: Arena<64, 4> = Arena::new();
///
/// # host::run(async |spawner| {
/// let tasks = ARENA.with(spawner).make_send();
/// // Where an interrupt would be:
/// let task = thread::spawn(move || tasks.spawn(async { /* on the executor */ }));
/// assert_eq!(task.join().unwrap().unwrap().await, Exit::Completed);
/// # });
/// ```
///
/// Futures are sent to the executor, so they must be `Send`. This type does not implement
/// [`Spawn`], whose futures need not be `Send`:
///
/// ```compile_fail,E0277
/// # use tickwire_exec_embassy::SendArenaSpawner;
/// fn spawn(tasks: SendArenaSpawner<64, 4>) {
///     let shared = std::rc::Rc::new(1);
///     let _task = tasks.spawn(async move { drop(shared) });
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SendArenaSpawner<const BYTES: usize, const N: usize>(
    Result<There<BYTES, N>, SpawnError>,
);

impl<const BYTES: usize, const N: usize> SendArenaSpawner<BYTES, N> {
    /// Starts `future` in a free slot.
    ///
    /// # Errors
    ///
    /// As for [`ArenaSpawner`]. `future` has been dropped, in the caller's context.
    pub fn spawn<F>(&self, future: F) -> Result<ArenaTask, SpawnError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.0?.spawn(future).map(ArenaTask::new)
    }
}
