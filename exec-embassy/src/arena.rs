//! Spawning without an allocator.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use embassy_executor::{SendSpawner, Spawner};
use tickwire_traits::{Exit, JoinHandle, Spawn, SpawnError};

use crate::slot::{Slot, State};

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
/// A slot is `BYTES` and some 22 words more. A future that is larger does not compile,
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
/// A slot is taken from `spawn` until the task's future has been dropped and its
/// handle has been told so, is detached or dropped. It can be taken again at once,
/// also by who was just told.
///
/// A slot stays with the executor that first ran a task in it. So give each executor
/// an arena of its own; if two share one, neither finds the slots that are free at the
/// other's.
///
/// Under embassy's priority scheduler all tasks of an arena have the default priority.
pub struct Arena<const BYTES: usize, const N: usize> {
    slots: [Slot<BYTES>; N],
}

impl<const BYTES: usize, const N: usize> Arena<BYTES, N> {
    /// Creates an empty arena.
    pub const fn new() -> Self {
        Self { slots: [const { Slot::new() }; N] }
    }

    /// Spawns from tasks of `spawner`'s executor, whatever they like.
    pub const fn with(&'static self, spawner: Spawner) -> ArenaSpawner<BYTES, N> {
        ArenaSpawner { arena: self, spawner }
    }

    /// Spawns from anywhere, interrupts and other executors included, what is `Send`.
    ///
    /// `spawner` is that of the executor which is to run the tasks. Embassy's interrupt
    /// executors have one when they are started; in thread mode it is
    /// `spawner.make_send()`.
    pub const fn with_send(&'static self, spawner: SendSpawner) -> SendArenaSpawner<BYTES, N> {
        SendArenaSpawner { arena: self, spawner }
    }

    /// Returns how many slots are free.
    pub fn free(&self) -> usize {
        self.slots.iter().filter(|slot| slot.is_free()).count()
    }
}

impl<const BYTES: usize, const N: usize> Default for Arena<BYTES, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const BYTES: usize, const N: usize> fmt::Debug for Arena<BYTES, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arena = f.debug_struct("Arena");
        arena.field("bytes", &BYTES).field("slots", &N).field("free", &self.free()).finish()
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
/// It does not leave its executor; for that there is [`Arena::with_send`]:
///
/// ```compile_fail,E0277
/// use tickwire_exec_embassy::ArenaSpawner;
///
/// fn is_send<T: Send>() {}
/// is_send::<ArenaSpawner<64, 4>>();
/// ```
#[derive(Clone, Copy)]
pub struct ArenaSpawner<const BYTES: usize, const N: usize> {
    arena: &'static Arena<BYTES, N>,
    spawner: Spawner,
}

impl<const BYTES: usize, const N: usize> Spawn for ArenaSpawner<BYTES, N> {
    type Handle = ArenaTask;

    /// Starts `future` in a free slot.
    ///
    /// # Errors
    ///
    /// [`SpawnError`] when no slot is free for this executor; `future` has been
    /// dropped. Try again when a task has ended, or make the arena larger.
    fn spawn<F>(&self, future: F) -> Result<ArenaTask, SpawnError>
    where
        F: Future<Output = ()> + 'static,
    {
        Slot::spawn_here(&self.arena.slots, self.spawner, future).map(ArenaTask::new)
    }
}

impl<const BYTES: usize, const N: usize> fmt::Debug for ArenaSpawner<BYTES, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ArenaSpawner").field(self.arena).finish()
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
/// let tasks = ARENA.with_send(spawner.make_send());
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
/// # use embassy_executor::SendSpawner;
/// # use tickwire_exec_embassy::Arena;
/// # static ARENA: Arena<64, 4> = Arena::new();
/// fn spawn(spawner: SendSpawner) {
///     let shared = std::rc::Rc::new(1);
///     let _task = ARENA.with_send(spawner).spawn(async move { drop(shared) });
/// }
/// ```
#[derive(Clone, Copy)]
pub struct SendArenaSpawner<const BYTES: usize, const N: usize> {
    arena: &'static Arena<BYTES, N>,
    spawner: SendSpawner,
}

impl<const BYTES: usize, const N: usize> SendArenaSpawner<BYTES, N> {
    /// Starts `future` in a free slot.
    ///
    /// # Errors
    ///
    /// As [`ArenaSpawner`]'s: [`SpawnError`] when no slot is free for the executor;
    /// `future` has been dropped here. Try again when a task has ended.
    pub fn spawn<F>(&self, future: F) -> Result<ArenaTask, SpawnError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Slot::spawn_there(&self.arena.slots, self.spawner, future).map(ArenaTask::new)
    }
}

impl<const BYTES: usize, const N: usize> fmt::Debug for SendArenaSpawner<BYTES, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SendArenaSpawner").field(self.arena).finish()
    }
}

/// A task in an [`Arena`].
///
/// It may be awaited, cancelled, detached and dropped anywhere: in tasks of any
/// executor, and, but for awaiting, in interrupts. The task's future is always dropped
/// by its own executor; so dropping the handle does not wait for that, and
/// [`cancel`](JoinHandle::cancel) does.
#[derive(Debug)]
#[must_use = "dropping a task cancels it; call `detach` to let it run"]
pub struct ArenaTask(Task);

#[derive(Debug)]
enum Task {
    Running(&'static State),
    /// The slot is no longer ours.
    Ended(Exit),
}

impl ArenaTask {
    fn new(state: &'static State) -> Self {
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
