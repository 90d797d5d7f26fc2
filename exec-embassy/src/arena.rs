//! Spawning without an allocator.

use core::fmt;

use embassy_executor::{SendSpawner, Spawner};
use tickwire_traits::{Spawn, SpawnError};

use crate::home::{Here, Home, There};
use crate::task::ArenaTask;

/// Room for `N` tasks of at most `BYTES` bytes each, of any types. It lies in a
/// `static`, and nothing is allocated.
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
/// A slot takes `BYTES` and some 18 words more. A future that is larger does not compile,
/// and neither does one that is aligned to more than 8 bytes. The message comes from
/// `cargo build` and names the future by file and line; `cargo check` does not come so
/// far. How large a future is, [`size_of_val`] tells: `size_of_val(&task(led))`.
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
/// A slot is taken from `spawn` until the task's future has been dropped and its handle
/// has returned the [`Exit`](tickwire_traits::Exit), is detached or dropped. It can be
/// reused immediately, even by the task that was just notified.
///
/// # Executors
///
/// An arena belongs to one executor: the first that it is given by [`Arena::with`] or
/// [`Arena::bind`]. For another executor, `spawn` returns
/// [`SpawnError::OtherExecutor`]. Each executor needs an arena of its own:
///
/// | executor | spawner |
/// | --- | --- |
/// | in thread mode, on any core | `ARENA.with(spawner)` |
/// | the same, from interrupts and from the other core | `ARENA.with(spawner).make_send()` |
/// | `InterruptExecutor`, futures that are `Send` | `ARENA.bind(executor.start(irq))`, once |
/// | `InterruptExecutor`, any futures | [`Spawner::for_current_executor`] in a task of it |
///
/// [`Spawner::for_current_executor`]: https://docs.rs/embassy-executor/0.10/embassy_executor/struct.Spawner.html#method.for_current_executor
///
/// Tasks of several cores rely on critical sections that exclude the other cores; see
/// [the crate's documentation](crate#critical-sections).
///
/// # Metadata
///
/// Embassy keeps a task's priority, deadline and name in its
/// [`Metadata`](https://docs.rs/embassy-executor/0.10/embassy_executor/struct.Metadata.html). Here they belong to the slot. They are the
/// defaults until a future sets its own, by `Metadata::for_current_task`, and then stay for
/// the next futures in that slot. A future that was sent by a [`SendArenaSpawner`] cannot
/// be given a priority by the sender: its first poll has that of the slot. Where priorities
/// matter, give each an arena of its own, or let every future set its own first.
///
/// # Panics in futures
///
/// With `panic = "abort"`, as in firmware, nothing follows a panic. Where panics unwind, a
/// panic leaves through embassy's executor and ends its thread. If a destructor of a future
/// has panicked, the task has ended all the same: its handle reports the end, and its slot
/// is free.
pub struct Arena<const BYTES: usize, const N: usize> {
    home: Home<BYTES, N>,
}

impl<const BYTES: usize, const N: usize> Arena<BYTES, N> {
    /// Creates an empty arena.
    pub const fn new() -> Self {
        Self { home: Home::new() }
    }

    /// Returns a spawner for the tasks of `spawner`'s executor, which spawns futures of any
    /// type.
    ///
    /// An arena that belongs to no executor then belongs to this one. If it belongs to
    /// another, every [`spawn`](Spawn::spawn) fails.
    pub fn with(&'static self, spawner: Spawner) -> ArenaSpawner<BYTES, N> {
        ArenaSpawner(self.home.here(spawner))
    }

    /// Binds the arena to an interrupt executor, of which there is a [`SendSpawner`] only.
    ///
    /// [`SendSpawner`]: https://docs.rs/embassy-executor/0.10/embassy_executor/struct.SendSpawner.html
    ///
    /// The spawner that this returns can be copied and sent. Embassy does not tell whether
    /// two [`SendSpawner`]s are of one executor, so an arena can be bound once, and
    /// [`Arena::with`] does not spawn into it.
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
    /// [`SpawnError::OtherExecutor`] if the arena belongs to an executor already, even if
    /// to this one. Use the spawner that the first call returned, or another arena.
    pub fn bind(
        &'static self,
        executor: SendSpawner,
    ) -> Result<SendArenaSpawner<BYTES, N>, SpawnError> {
        Ok(SendArenaSpawner(Ok(self.home.bind(executor)?)))
    }

    /// Returns how many slots are free.
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
/// It does not leave its executor; for that there is [`ArenaSpawner::make_send`]:
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
    /// Returns a spawner for interrupts, other executors and other cores, which spawns
    /// futures that are `Send`.
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
    ///   one an arena of its own.
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
/// What it spawns is sent to the executor, so it must be possible to send it. It is
/// not [`Spawn`], whose futures need not be:
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
    /// As for [`ArenaSpawner`]; `future` has been dropped here.
    pub fn spawn<F>(&self, future: F) -> Result<ArenaTask, SpawnError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.0?.spawn(future).map(ArenaTask::new)
    }
}
