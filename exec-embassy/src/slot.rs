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
use core::convert::Infallible;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use core::{fmt, mem, ptr};

use critical_section::Mutex;
use embassy_executor::raw::{AvailableTask, TaskRef, TaskStorage, task_from_waker, wake_task};
use embassy_executor::{SendSpawner, Spawner};
use tickwire_traits::{Exit, SpawnError};

use crate::place::Place;

pub(crate) struct Slot<const BYTES: usize> {
    state: State,
    place: Place<BYTES>,
    task: TaskStorage<Runner<BYTES>>,
}

/// What a task and its handle know of each other.
///
/// Code of others (wakers and futures) never runs in its critical sections.
pub(crate) struct State {
    /// Nobody wants the future any more. The runner looks at it without a lock.
    cancelled: AtomicBool,
    shared: Mutex<Shared>,
}

struct Shared {
    stage: Cell<Stage>,
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
            joiner: Cell::new(None),
            home: Cell::new(None),
            runner: Cell::new(None),
        };
        let state = State { cancelled: AtomicBool::new(false), shared: Mutex::new(shared) };
        Self { state, place: Place::new(), task: TaskStorage::new() }
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
        let (slot, is_new) = Self::claim_one(slots, executor)?;
        // SAFETY: the claim is new, and ours: HOME. A `Spawner` never leaves the context
        // of its executor, so that which is here will poll.
        unsafe { slot.place.put(future) };
        Ok(slot.start(executor, is_new))
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
        let (slot, is_new) = Self::claim_one(slots, executor)?;
        // SAFETY: the claim is new, and ours: HOME. And it is `Send`.
        unsafe { slot.place.put(future) };
        Ok(slot.start(executor, is_new))
    }

    fn claim_one(
        slots: &'static [Self],
        executor: SendSpawner,
    ) -> Result<(&'static Self, bool), SpawnError> {
        let claim = |slot: &'static Self| Some((slot, slot.state.claim(executor)?));
        slots.iter().find_map(claim).ok_or(SpawnError)
    }

    fn start(&'static self, executor: SendSpawner, is_new: bool) -> &'static State {
        if is_new {
            // It is never taken twice: a slot gets its home once.
            if let Some(task) = AvailableTask::claim(&self.task) {
                executor.spawn(task.initialize(|| Runner { slot: self, is_known: false }));
            }
        } else {
            self.state.wake_runner();
        }
        &self.state
    }
}

/// Whether both spawn onto one executor, which embassy does not tell.
fn are_same(a: SendSpawner, b: SendSpawner) -> bool {
    const { assert!(size_of::<SendSpawner>() == size_of::<*const ()>()) }
    // SAFETY: it is one pointer, as asserted, and that is not followed: HOME.
    let [a, b] = [a, b].map(|spawner| unsafe { mem::transmute::<SendSpawner, *const ()>(spawner) });
    ptr::eq(a, b)
}

/// The task of embassy's that a slot has. It never ends.
struct Runner<const BYTES: usize> {
    slot: &'static Slot<BYTES>,
    is_known: bool,
}

impl<const BYTES: usize> Future for Runner<BYTES> {
    type Output = Infallible;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Infallible> {
        let Slot { state, place, .. } = self.slot;
        if !self.is_known {
            let runner = task_from_waker(cx.waker());
            state.lock(|shared| shared.runner.set(Some(runner)));
            self.is_known = true;
        }
        if !place.is_filled() {
            return Poll::Pending;
        }
        let exit = if state.cancelled.load(Ordering::Acquire) {
            Exit::Cancelled
        } else {
            // SAFETY: it is filled, and this is the one runner: HOME.
            match unsafe { place.poll(cx) } {
                Poll::Ready(()) => Exit::Completed,
                Poll::Pending => return Poll::Pending,
            }
        };
        // SAFETY: as for the poll.
        unsafe { place.empty() };
        state.end(exit);
        Poll::Pending
    }
}

impl State {
    /// Claims the slot, and returns whether it is for the first time; none if it is
    /// taken, or at home in another executor.
    fn claim(&self, executor: SendSpawner) -> Option<bool> {
        self.lock(|shared| {
            if shared.stage.get() != Stage::Free {
                return None;
            }
            let is_new = match shared.home.get() {
                None => true,
                Some(home) if are_same(home, executor) => false,
                Some(_) => return None,
            };
            shared.stage.set(Stage::Owned);
            shared.home.set(Some(executor));
            self.cancelled.store(false, Ordering::Relaxed);
            Some(is_new)
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
        self.cancelled.store(true, Ordering::Release);
        self.wake_runner();
    }

    /// The handle goes. Whether the future goes on is the caller's to say.
    pub(crate) fn leave(&self, cancel: bool) {
        let (joiner, runner) = self.lock(|shared| {
            let mut runner = None;
            shared.stage.set(match shared.stage.get() {
                Stage::Owned => {
                    if cancel {
                        self.cancelled.store(true, Ordering::Release);
                        runner = shared.runner.get();
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

    fn wake_runner(&self) {
        // One that was never polled is about to be, and sees everything then.
        if let Some(runner) = self.lock(|shared| shared.runner.get()) {
            wake_task(runner);
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
