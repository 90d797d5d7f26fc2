//! The state that a task and its handle share.
//!
//! ```text
//!            claim                  handle dropped, detached
//!   FREE ───────────▶ OWNED ──────────────────────────────▶ LEFT ALONE
//!    ▲                  │                                       │
//!    │ handle has read  │ the future has been dropped           │ the same
//!    │ it, or dropped   ▼                                       │
//!    ├──── COMPLETED or CANCELLED                               │
//!    └──────────────────────────────────────────────────────────┘
//! ```
//!
//! A slot returns to its arena's [`FreeList`] in the critical section in which it becomes
//! FREE. The handle knows the list, and leaves it in the slot if the slot becomes LEFT ALONE.

use core::cell::Cell;
use core::sync::atomic::Ordering;
use core::task::{Context, Poll, Waker};
use core::{fmt, mem, ptr};

use tickwire_traits::Exit;

use super::{Calls, Step, idle, look};
use crate::free::{FreeList, Link};
use crate::primitives::{AtomicPtr, Locked, Section, section};
use crate::runner::RunnerRef;

/// The state of a slot.
///
/// No foreign code (wakers and futures) runs in its critical sections.
pub(crate) struct State {
    /// A [`Step`]; null until the first is stored.
    step: AtomicPtr<()>,
    shared: Locked<Shared>,
}

struct Shared {
    stage: Cell<Stage>,
    /// Whether the future must be dropped instead of polled.
    is_cancelled: Cell<bool>,
    link: Link,
    heir: Cell<Heir>,
    /// The functions for the future of the last claim.
    calls: Cell<Option<Calls>>,
    /// The slot's task, from its first poll on.
    runner: Cell<Option<RunnerRef>>,
}

/// What learns of the end. It takes the space of a waker.
enum Heir {
    /// The task that awaits the handle.
    Joiner(Waker),
    /// The list for a slot that is LEFT ALONE; otherwise `None`: nothing awaits the handle.
    List(Option<&'static FreeList>),
}

const _: () = assert!(size_of::<Heir>() == size_of::<Waker>());

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Free,
    /// OWNED, or LEFT ALONE, as the heir says.
    Claimed,
    Completed,
    Cancelled,
}

// An arena starts as all zeros, so that it takes no flash.
const _: () = assert!(Stage::Free as u8 == 0);

impl Stage {
    fn exit(self) -> Option<Exit> {
        match self {
            Self::Completed => Some(Exit::Completed),
            Self::Cancelled => Some(Exit::Cancelled),
            Self::Free | Self::Claimed => None,
        }
    }
}

impl Shared {
    /// Returns the slot to its list.
    fn free(&self, section: Section<'_>, list: &FreeList) {
        self.stage.set(Stage::Free);
        list.put(section, &self.link);
    }
}

impl State {
    /// Creates a state of all zeros.
    pub(super) const fn new() -> Self {
        let shared = Shared {
            stage: Cell::new(Stage::Free),
            is_cancelled: Cell::new(false),
            link: Link::new(),
            heir: Cell::new(Heir::List(None)),
            calls: Cell::new(None),
            runner: Cell::new(None),
        };
        Self { step: AtomicPtr::new(ptr::null_mut()), shared: Locked::new(shared) }
    }

    pub(super) fn is_free(&self) -> bool {
        self.shared.with(|shared| shared.stage.get() == Stage::Free)
    }

    pub(super) fn link<'a>(&'a self, section: Section<'a>) -> &'a Link {
        &self.shared.borrow(section).link
    }

    /// Claims the slot, and returns its runner, if it was started.
    #[inline]
    pub(super) fn claim(&self, section: Section<'_>, calls: Calls) -> Option<RunnerRef> {
        let shared = self.shared.borrow(section);
        shared.stage.set(Stage::Claimed);
        shared.is_cancelled.set(false);
        shared.calls.set(Some(calls));
        shared.runner.get()
    }

    /// Returns the address of a [`Step`], or null if none was stored.
    ///
    /// Relaxed: the wake after a store orders the store before the resulting poll. Any other
    /// poll may use an older step.
    #[inline]
    pub(super) fn step(&self) -> *mut () {
        self.step.load(Ordering::Relaxed)
    }

    pub(super) fn store(&self, step: Step, order: Ordering) {
        self.step.store(step as *mut (), order);
    }

    /// Returns the functions for the future, and whether it is cancelled. If not, the next
    /// step is to poll it. Returns `None` if the slot was never claimed.
    pub(super) fn settle(&self, runner: RunnerRef) -> Option<(Calls, bool)> {
        self.shared.with(|shared| {
            shared.runner.set(Some(runner));
            let (calls, is_cancelled) = (shared.calls.get()?, shared.is_cancelled.get());
            if !is_cancelled {
                // Stored under the lock, since another context may cancel right after it.
                self.store(calls.poll, Ordering::Relaxed);
            }
            Some((calls, is_cancelled))
        })
    }

    /// Marks the future as cancelled, and returns the runner for the caller to wake. A runner
    /// that is not known yet is about to be polled for the first time.
    fn mark_cancelled(&self, shared: &Shared) -> Option<RunnerRef> {
        if shared.stage.get() != Stage::Claimed {
            return None;
        }
        shared.is_cancelled.set(true);
        self.store(look, Ordering::Relaxed);
        shared.runner.get()
    }

    /// Reports the end, after the future has been dropped.
    pub(super) fn end(&self, exit: Exit) {
        let heir = section(|section| {
            let shared = self.shared.borrow(section);
            // Stored under the lock, so that `look` of an earlier cancellation does not replace it.
            self.store(idle, Ordering::Relaxed);
            let heir = shared.heir.replace(Heir::List(None));
            match heir {
                Heir::List(Some(list)) => shared.free(section, list),
                _ => shared.stage.set(match exit {
                    Exit::Completed => Stage::Completed,
                    Exit::Cancelled => Stage::Cancelled,
                }),
            }
            heir
        });
        if let Heir::Joiner(joiner) = heir {
            joiner.wake();
        }
    }
}

/// The state of a claimed slot, as the one handle of its task owns it.
#[derive(Clone, Copy)]
pub(crate) struct Owned {
    state: &'static State,
    list: &'static FreeList,
}

impl Owned {
    pub(super) fn new(state: &'static State, list: &'static FreeList) -> Self {
        Self { state, list }
    }

    /// Returns whether the task has ended. Does not free the slot.
    pub(crate) fn has_ended(self) -> bool {
        self.state.shared.with(|shared| shared.stage.get().exit().is_some())
    }

    /// Returns how the task ended, and frees the slot. If the task has not ended, registers
    /// the waker of `cx`.
    pub(crate) fn poll_exit(self, cx: &mut Context<'_>) -> Poll<Exit> {
        // Cloned before the lock is taken, and dropped after it.
        let mut heir = Heir::Joiner(cx.waker().clone());
        section(|section| {
            let shared = self.state.shared.borrow(section);
            if let Some(exit) = shared.stage.get().exit() {
                shared.free(section, self.list);
                return Poll::Ready(exit);
            }
            heir = shared.heir.replace(mem::replace(&mut heir, Heir::List(None)));
            Poll::Pending
        })
    }

    /// Makes the runner drop the future.
    pub(crate) fn cancel(self) {
        let runner = self.state.shared.with(|shared| self.state.mark_cancelled(shared));
        if let Some(runner) = runner {
            runner.wake();
        }
    }

    /// Releases the handle. The task continues.
    pub(crate) fn detach(self) {
        drop(section(|section| self.leave(section)));
    }

    /// Releases the handle, and cancels the task.
    pub(crate) fn abandon(self) {
        let (heir, runner) = section(|section| {
            let runner = self.state.mark_cancelled(self.state.shared.borrow(section));
            (self.leave(section), runner)
        });
        if let Some(runner) = runner {
            runner.wake();
        }
        drop(heir);
    }

    /// Frees the slot if the task has ended, and otherwise makes it LEFT ALONE. Returns what
    /// to drop after the critical section.
    fn leave(self, section: Section<'_>) -> Heir {
        let shared = self.state.shared.borrow(section);
        if shared.stage.get().exit().is_some() {
            shared.free(section, self.list);
            return Heir::List(None);
        }
        shared.heir.replace(Heir::List(Some(self.list)))
    }
}

impl fmt::Debug for Owned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.shared.with(|shared| shared.stage.get()).fmt(f)
    }
}
