//! One task of an arena: its place, its runner, and what its handle sees.
//!
//! ```text
//!            claim                  handle dropped, detached
//!   FREE ───────────▶ OWNED ──────────────────────────────▶ LEFT ALONE
//!    ▲                  │                                       │
//!    │ handle is told,  │ the future has been dropped           │ the same
//!    │ or dropped       ▼                                       │
//!    ├─────────────── ENDED                                     │
//!    └──────────────────────────────────────────────────────────┘
//! ```
//!
//! A slot's runner is a task of embassy's that never ends: it polls what is in the
//! place, and sleeps while there is nothing. A task of embassy's that has ended may
//! still be in the queue, for as long as a stale waker has put it there, and its
//! storage is then not to be had; one that stays can take the next future at once.
//! The price is that a slot stays with the executor that first ran a task in it.
//!
//! HOME, on which the `unsafe` in this file rests: what is put into a slot's place is
//! polled and dropped by the slot's one runner, which runs on the executor that the
//! slot was claimed for. A place is filled by who has claimed it, once for each claim,
//! and emptied before the slot is free again. A [`SendSpawner`] is one pointer, and
//! equal ones are of one executor.

use core::cell::Cell;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use core::{fmt, mem, ptr};

use critical_section::Mutex;
use embassy_executor::raw::{TaskRef, wake_task};
use embassy_executor::{SendSpawner, Spawner};
use tickwire_traits::{Exit, SpawnError};

use crate::place::{Place, Table};
use crate::runner::{Task, Turn};

pub(crate) struct Slot<const BYTES: usize> {
    state: State,
    pub(crate) place: Place<BYTES, Turn<BYTES>>,
    pub(crate) task: Task<BYTES>,
}

/// What a task and its handle know of each other.
///
/// Code of others (wakers and futures) never runs in its critical sections.
pub(crate) struct State {
    /// There is a future, the runner is for its type, and nobody has cancelled it: it is
    /// to be polled, and nothing else is to be looked at. Only the context of the
    /// executor says so; others take it back, under the lock, and wake the runner. What
    /// there is to see then is behind the lock, so no order is asked for.
    settled: AtomicBool,
    shared: Mutex<Shared>,
}

struct Shared {
    stage: Cell<Stage>,
    /// Nobody wants the future any more.
    cancelled: Cell<bool>,
    /// Who waits for the end.
    joiner: Cell<Option<Waker>>,
    /// The executor that the runner is on; from the first claim on, for ever.
    home: Cell<Option<SendSpawner>>,
    /// The runner; from its first poll on, for ever.
    runner: Cell<Option<TaskRef>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Free,
    Owned,
    LeftAlone,
    Ended(Exit),
}

impl<const BYTES: usize> Slot<BYTES> {
    pub(crate) const fn new() -> Self {
        let shared = Shared {
            stage: Cell::new(Stage::Free),
            cancelled: Cell::new(false),
            joiner: Cell::new(None),
            home: Cell::new(None),
            runner: Cell::new(None),
        };
        let state = State { settled: AtomicBool::new(false), shared: Mutex::new(shared) };
        Self { state, place: Place::new(), task: Task::new() }
    }

    pub(crate) fn is_free(&self) -> bool {
        self.state.lock(|shared| shared.stage.get() == Stage::Free)
    }

    /// Starts `future` in a free slot, on the executor that this is.
    #[inline]
    pub(crate) fn spawn_here<F>(
        slots: &'static [Self],
        spawner: Spawner,
        future: F,
    ) -> Result<&'static State, SpawnError>
    where
        F: Future<Output = ()> + 'static,
    {
        let executor = spawner.make_send();
        let (slot, runner) = Self::claim_one(slots, executor)?;
        // SAFETY: the claim is new, and ours: HOME. A `Spawner` never leaves the context
        // of its executor, so that which is here will poll.
        unsafe { slot.place.put(future, Task::table::<F>()) };
        Task::rouse(slot, runner, executor);
        // SAFETY: as for the place; it has been started, and is not settled.
        unsafe { Task::turn::<F>(slot) };
        slot.state.settled.store(runner.is_some(), Ordering::Relaxed);
        Ok(&slot.state)
    }

    /// Sends `future` to a free slot of that executor.
    #[inline]
    pub(crate) fn spawn_there<F>(
        slots: &'static [Self],
        executor: SendSpawner,
        future: F,
    ) -> Result<&'static State, SpawnError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (slot, runner) = Self::claim_one(slots, executor)?;
        // SAFETY: the claim is new, and ours: HOME. And it is `Send`.
        unsafe { slot.place.put(future, Task::table::<F>()) };
        Task::rouse(slot, runner, executor);
        Ok(&slot.state)
    }

    #[inline(never)]
    fn claim_one(
        slots: &'static [Self],
        executor: SendSpawner,
    ) -> Result<(&'static Self, Option<TaskRef>), SpawnError> {
        let claim = |slot: &'static Self| Some((slot, slot.state.claim(executor)?));
        slots.iter().find_map(claim).ok_or(SpawnError::NoFreeSlot)
    }

    /// Whether the runner is to poll what is there, and need not look any further.
    #[inline]
    pub(crate) fn is_settled(&self) -> bool {
        self.state.settled.load(Ordering::Relaxed)
    }

    /// Looks at what there is, for this runner, which is of this table's type. Returns
    /// whether to poll it: not if there is nothing, if it is cancelled, which ends it,
    /// or if it is of another type, which the runner is from its next poll on.
    ///
    /// The runner comes first, since there embassy has it: each poll moves one register
    /// less.
    #[cold]
    #[inline(never)]
    pub(crate) fn settle(runner: TaskRef, slot: &'static Self, table: &Table<Turn<BYTES>>) -> bool {
        let Some(stored) = slot.place.table() else {
            return false;
        };
        // The compiler may make several tables of a type, which is then turned to itself.
        // If two types have one table, then one code does for both.
        let is_typed = ptr::eq(stored, table);
        if !is_typed {
            // SAFETY: it is started, in a poll, and not settled: TYPED, in `runner`.
            unsafe { (stored.with)(slot) };
        }
        let is_cancelled = slot.state.lock(|shared| {
            shared.runner.set(Some(runner));
            let is_cancelled = shared.cancelled.get();
            slot.state.settled.store(!is_cancelled, Ordering::Relaxed);
            is_cancelled
        });
        if is_cancelled {
            slot.end(Exit::Cancelled);
        } else if !is_typed {
            wake_task(runner);
        }
        is_typed && !is_cancelled
    }

    /// Drops the future and tells of it. The runner calls this, in a poll that has seen
    /// one.
    pub(crate) fn end(&'static self, exit: Exit) {
        self.state.settled.store(false, Ordering::Relaxed);
        // SAFETY: it is filled, and this is the one runner: HOME.
        unsafe { self.place.empty() };
        self.state.end(exit);
    }
}

/// Whether both spawn onto one executor, which embassy does not tell.
fn are_same(a: SendSpawner, b: SendSpawner) -> bool {
    const { assert!(size_of::<SendSpawner>() == size_of::<*const ()>()) }
    // SAFETY: it is one pointer, as asserted, and that is not followed: HOME.
    let [a, b] = [a, b].map(|spawner| unsafe { mem::transmute::<SendSpawner, *const ()>(spawner) });
    ptr::eq(a, b)
}

impl State {
    /// Claims the slot, and returns the runner, which is there from the second time on;
    /// nothing if the slot is taken, or at home in another executor.
    fn claim(&self, executor: SendSpawner) -> Option<Option<TaskRef>> {
        self.lock(|shared| {
            let is_elsewhere = |home| !are_same(home, executor);
            if shared.stage.get() != Stage::Free || shared.home.get().is_some_and(is_elsewhere) {
                return None;
            }
            shared.stage.set(Stage::Owned);
            shared.home.set(Some(executor));
            shared.cancelled.set(false);
            Some(shared.runner.get())
        })
    }

    /// Returns how the task ended, which frees the slot, or tells `cx` of it later.
    pub(crate) fn poll_exit(&self, cx: &mut Context<'_>) -> Poll<Exit> {
        let mut joiner = None;
        // Cloned outside of the lock, so that there is a second look; dropped there, too.
        loop {
            let seen = self.lock(|shared| {
                if let Stage::Ended(exit) = shared.stage.get() {
                    shared.stage.set(Stage::Free);
                    return Some(Poll::Ready(exit));
                }
                if joiner.is_some() {
                    joiner = shared.joiner.replace(joiner.take());
                    return Some(Poll::Pending);
                }
                let known = shared.joiner.take();
                let is_known = known.as_ref().is_some_and(|known| known.will_wake(cx.waker()));
                shared.joiner.set(known);
                is_known.then_some(Poll::Pending)
            });
            match seen {
                Some(seen) => return seen,
                None => joiner = Some(cx.waker().clone()),
            }
        }
    }

    /// Lets the runner drop the future.
    pub(crate) fn cancel(&self) {
        let runner = self.lock(|shared| self.unsettle(shared));
        if let Some(runner) = runner {
            wake_task(runner);
        }
    }

    /// The handle goes. Whether the future goes on is the caller's to say.
    pub(crate) fn leave(&self, cancel: bool) {
        let (joiner, runner) = self.lock(|shared| {
            let mut runner = None;
            shared.stage.set(match shared.stage.get() {
                Stage::Owned => {
                    if cancel {
                        runner = self.unsettle(shared);
                    }
                    Stage::LeftAlone
                }
                _ => Stage::Free,
            });
            (shared.joiner.take(), runner)
        });
        if let Some(runner) = runner {
            wake_task(runner);
        }
        drop(joiner);
    }

    /// Marks the future as cancelled, and returns the runner, which is then to be woken.
    /// One that was never polled is about to be, and looks then.
    fn unsettle(&self, shared: &Shared) -> Option<TaskRef> {
        shared.cancelled.set(true);
        self.settled.store(false, Ordering::Relaxed);
        shared.runner.get()
    }

    /// The future has been dropped.
    fn end(&self, exit: Exit) {
        let joiner = self.lock(|shared| {
            let is_owned = shared.stage.get() == Stage::Owned;
            shared.stage.set(if is_owned { Stage::Ended(exit) } else { Stage::Free });
            shared.joiner.take()
        });
        if let Some(joiner) = joiner {
            joiner.wake();
        }
    }

    #[inline]
    fn lock<T>(&self, f: impl FnOnce(&Shared) -> T) -> T {
        critical_section::with(|cs| f(self.shared.borrow(cs)))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lock(|shared| shared.stage.get()).fmt(f)
    }
}
