//! One task of an arena: its future, its runner, and the [state](State) shared with its
//! handle.
//!
//! A poll of the runner reads one word, the step, and calls the function at that address.
//!
//! | step | stored by | the place | a poll of the runner |
//! | --- | --- | --- | --- |
//! | `idle` | the runner, after it has dropped the future | empty, or being filled | does nothing |
//! | `look` | any context that has filled the place or cancelled the task | filled | takes the lock, then polls or drops the future |
//! | `poll::<F>` | the runner in `look`, or its executor's context when it spawns | filled with an `F` | polls the future |
//!
//! So a poll costs one load and one call more than that of the future.
//!
//! STEP, on which the `unsafe` in this file rests: the place is as the table says.
//! `look` finds the type of the future in `calls`. `idle` and `poll::<F>` are stored in the
//! context of the executor only, so the runner loads them relaxed. Only the context that
//! claimed a slot fills it, once per claim; only the runner polls and drops the future. The
//! runner is started after the first step was stored.

use core::mem;
use core::ptr::NonNull;
use core::sync::atomic::Ordering;
use core::task::Context;

use tickwire_traits::Exit;

use crate::free::{FreeList, Link};
use crate::place::{Place, PlacePtr, drop_in, poll_in};
use crate::primitives::{Section, fence};
use crate::runner::{Executor, RunnerRef, Task};

// The path is for Loom's models, which include this file by a path as well.
#[path = "slot/state.rs"]
mod state;

pub(crate) use state::Owned;
use state::State;

#[repr(C)]
pub(crate) struct Slot<const BYTES: usize> {
    state: State,
    task: Task,
    place: Place<BYTES>,
}

/// The function that a poll of the runner calls.
///
/// # Safety
///
/// As for [`SlotRef::step`]; and the slot's place is as STEP requires for this step.
type Step = unsafe fn(SlotRef, &mut Context<'_>);

/// The functions for one type of future.
pub(crate) type Calls = &'static CallsOf;

pub(crate) struct CallsOf {
    poll: Step,
    drop: unsafe fn(PlacePtr),
}

impl<const BYTES: usize> Slot<BYTES> {
    /// Creates a slot of all zeros, so that an arena takes no flash.
    pub(crate) const fn new() -> Self {
        Self { state: State::new(), task: Task::new(), place: Place::new() }
    }

    pub(crate) fn is_free(&self) -> bool {
        self.state.is_free()
    }

    pub(crate) fn link<'a>(&'a self, section: Section<'a>) -> &'a Link {
        self.state.link(section)
    }

    /// Claims the slot, which the caller has taken from the list of free slots, for a future
    /// with these calls. Returns the slot's runner, if it was started before.
    #[inline]
    pub(crate) fn claim(&self, section: Section<'_>, calls: Calls) -> Option<RunnerRef> {
        self.state.claim(section, calls)
    }

    /// Returns what the handle of a claimed slot owns. The slot returns to `list`.
    pub(crate) fn owned(&'static self, list: &'static FreeList) -> Owned {
        Owned::new(&self.state, list)
    }

    /// Fills the slot, and makes its runner poll the future.
    ///
    /// # Safety
    ///
    /// The caller has claimed the slot for an `F`, which returned `runner`, and runs in
    /// the context of `executor`, to which the slot belongs.
    #[inline]
    pub(crate) unsafe fn fill_here<F>(
        &'static self,
        future: F,
        runner: Option<RunnerRef>,
        executor: Executor,
    ) where
        F: Future<Output = ()> + 'static,
    {
        // SAFETY: the slot is claimed, in the context that will poll: STEP.
        unsafe { self.place.put(future) };
        match runner {
            Some(runner) => {
                self.state.store(poll::<F>, Ordering::Relaxed);
                runner.wake();
            }
            None => self.start(executor),
        }
    }

    /// Like [`fill_here`](Self::fill_here), from any context.
    ///
    /// # Safety
    ///
    /// The caller has claimed the slot for an `F`, which returned `runner`. The slot
    /// belongs to `executor`.
    #[inline]
    pub(crate) unsafe fn fill_there<F>(
        &'static self,
        future: F,
        runner: Option<RunnerRef>,
        executor: Executor,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        // SAFETY: the slot is claimed: STEP. And the future is `Send`.
        unsafe { self.place.put(future) };
        match runner {
            Some(runner) => {
                // Pairs with the fence in `look`: a stale waker may have woken the runner
                // before this does.
                self.state.store(look, Ordering::Release);
                runner.wake();
            }
            None => self.start(executor),
        }
    }

    /// Starts the runner. Its [`RunnerRef`] is unknown until its first poll.
    #[cold]
    #[inline(never)]
    fn start(&'static self, executor: Executor) {
        self.state.store(look, Ordering::Release);
        self.task.start(SlotRef::new(self), executor);
    }
}

/// A reference to a slot of any size.
#[derive(Clone, Copy)]
pub(crate) struct SlotRef(NonNull<Slot<0>>);

// SAFETY: it is a reference to a slot, which is `Sync`; a runner accesses it as STEP says.
unsafe impl Send for SlotRef {}

impl SlotRef {
    fn new<const BYTES: usize>(slot: &'static Slot<BYTES>) -> Self {
        Self(NonNull::from(slot).cast())
    }

    /// Executes the current step in a poll of the runner.
    ///
    /// # Safety
    ///
    /// The caller is the runner of this slot, and `cx` is that of the runner's poll.
    #[inline]
    pub(crate) unsafe fn step(self, cx: &mut Context<'_>) {
        let step = self.state().step();
        // SAFETY: a step was stored before the runner was started, and by STEP the place is
        // in the state that this step requires.
        unsafe { mem::transmute::<*mut (), Step>(step)(self, cx) }
    }

    fn state(self) -> &'static State {
        // SAFETY: the slot is in a static, and the state is at one offset in all sizes.
        unsafe { &(*self.0.as_ptr()).state }
    }

    fn place(self) -> PlacePtr {
        // SAFETY: only the address is taken, and the place is at one offset in all sizes.
        unsafe { &raw const (*self.0.as_ptr()).place }
    }

    /// Drops the future, then reports its end.
    ///
    /// # Safety
    ///
    /// The caller is the runner, and the place is filled with a future that `drop` is for.
    #[cold]
    #[inline(never)]
    unsafe fn end(self, drop: unsafe fn(PlacePtr), exit: Exit) {
        /// Reports the end even if a destructor panics.
        struct Report(&'static State, Exit);

        impl Drop for Report {
            fn drop(&mut self) {
                self.0.end(self.1);
            }
        }

        let _report = Report(self.state(), exit);
        // SAFETY: the place is filled, and this is the one runner: STEP.
        unsafe { drop(self.place()) }
    }
}

impl CallsOf {
    pub(crate) const fn of<F: Future<Output = ()> + 'static>() -> Calls {
        const { &Self { poll: poll::<F>, drop: drop_in::<F> } }
    }
}

/// Does nothing: the place is not filled.
unsafe fn idle(_: SlotRef, _: &mut Context<'_>) {}

/// Polls the future, which is an `F`.
unsafe fn poll<F: Future<Output = ()> + 'static>(slot: SlotRef, cx: &mut Context<'_>) {
    // SAFETY: the place is filled with an `F`, and this is the one runner: STEP.
    unsafe {
        if poll_in::<F>(slot.place(), cx).is_ready() {
            slot.end(drop_in::<F>, Exit::Completed);
        }
    }
}

/// Checks whether another context cancelled the task, then polls or drops the future.
#[cold]
unsafe fn look(slot: SlotRef, cx: &mut Context<'_>) {
    // Pairs with the store in `fill_there`.
    fence(Ordering::Acquire);
    let runner = RunnerRef::of(cx.waker());
    let Some((calls, is_cancelled)) = slot.state().settle(runner) else { return };
    // SAFETY: the place is filled with a future of these calls, and this is the one
    // runner: STEP.
    unsafe {
        if is_cancelled {
            slot.end(calls.drop, Exit::Cancelled);
        } else {
            (calls.poll)(slot, cx);
        }
    }
}
