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

use core::cell::Cell;
use core::sync::atomic::Ordering;
use core::task::{Context, Poll, Waker};
use core::{fmt, ptr};

use tickwire_traits::Exit;

use super::{Calls, Step, idle, look};
use crate::primitives::{AtomicPtr, Locked};
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
    /// The waker of the task that awaits the handle.
    joiner: Cell<Option<Waker>>,
    /// The functions for the future of the last claim.
    calls: Cell<Option<Calls>>,
    /// The slot's task, from its first poll on.
    runner: Cell<Option<RunnerRef>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Free,
    Owned,
    LeftAlone,
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
            Self::Free | Self::Owned | Self::LeftAlone => None,
        }
    }
}

impl State {
    /// Creates a state of all zeros.
    pub(super) const fn new() -> Self {
        let shared = Shared {
            stage: Cell::new(Stage::Free),
            is_cancelled: Cell::new(false),
            joiner: Cell::new(None),
            calls: Cell::new(None),
            runner: Cell::new(None),
        };
        Self { step: AtomicPtr::new(ptr::null_mut()), shared: Locked::new(shared) }
    }

    pub(super) fn is_free(&self) -> bool {
        self.shared.with(|shared| shared.stage.get() == Stage::Free)
    }

    /// Claims the slot if it is free, and returns its runner, if it was started.
    pub(super) fn claim(&self, calls: Calls) -> Option<Option<RunnerRef>> {
        self.shared.with(|shared| {
            if shared.stage.get() != Stage::Free {
                return None;
            }
            shared.stage.set(Stage::Owned);
            shared.is_cancelled.set(false);
            shared.calls.set(Some(calls));
            Some(shared.runner.get())
        })
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

    /// Returns whether the task has ended. Does not free the slot.
    pub(crate) fn has_ended(&self) -> bool {
        self.shared.with(|shared| shared.stage.get().exit().is_some())
    }

    /// Returns how the task ended, and frees the slot. If the task has not ended, registers
    /// the waker of `cx`.
    pub(crate) fn poll_exit(&self, cx: &mut Context<'_>) -> Poll<Exit> {
        // Cloned before the lock is taken, and dropped after it.
        let mut joiner = Some(cx.waker().clone());
        self.shared.with(|shared| {
            if let Some(exit) = shared.stage.get().exit() {
                shared.stage.set(Stage::Free);
                return Poll::Ready(exit);
            }
            joiner = shared.joiner.replace(joiner.take());
            Poll::Pending
        })
    }

    /// Makes the runner drop the future.
    pub(crate) fn cancel(&self) {
        let runner = self.shared.with(|shared| self.mark_cancelled(shared));
        if let Some(runner) = runner {
            runner.wake();
        }
    }

    /// Releases the handle. Cancels the task if `cancel` is true.
    pub(crate) fn leave(&self, cancel: bool) {
        let (joiner, runner) = self.shared.with(|shared| {
            let mut runner = None;
            shared.stage.set(match shared.stage.get() {
                Stage::Owned => {
                    if cancel {
                        runner = self.mark_cancelled(shared);
                    }
                    Stage::LeftAlone
                }
                _ => Stage::Free,
            });
            (shared.joiner.take(), runner)
        });
        if let Some(runner) = runner {
            runner.wake();
        }
        drop(joiner);
    }

    /// Marks the future as cancelled, and returns the runner for the caller to wake. A runner
    /// that is not known yet is about to be polled for the first time.
    fn mark_cancelled(&self, shared: &Shared) -> Option<RunnerRef> {
        if shared.stage.get() != Stage::Owned {
            return None;
        }
        shared.is_cancelled.set(true);
        self.store(look, Ordering::Relaxed);
        shared.runner.get()
    }

    /// Reports the end, after the future has been dropped.
    pub(super) fn end(&self, exit: Exit) {
        let joiner = self.shared.with(|shared| {
            shared.stage.set(match (shared.stage.get(), exit) {
                (Stage::Owned, Exit::Completed) => Stage::Completed,
                (Stage::Owned, Exit::Cancelled) => Stage::Cancelled,
                _ => Stage::Free,
            });
            // Stored under the lock, so that `look` of an earlier cancellation does not replace it.
            self.store(idle, Ordering::Relaxed);
            shared.joiner.take()
        });
        if let Some(joiner) = joiner {
            joiner.wake();
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.with(|shared| shared.stage.get()).fmt(f)
    }
}
