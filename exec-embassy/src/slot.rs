//! One task of an arena: its future, its runner, and the [state](State) that its handle
//! shares.
//!
//! A poll of the runner looks at one word, the step: the address of the function that it
//! then calls.
//!
//! | step | stored by | the place | a poll of the runner |
//! | --- | --- | --- | --- |
//! | `idle` | the runner, after it has dropped the future | empty, or being filled | does nothing |
//! | `look` | any context that has filled the place, or has cancelled the task | filled | takes the lock, then polls or drops the future |
//! | `poll::<F>` | the runner after a look, or its executor's context when it spawns | filled with an `F` | polls the future |
//!
//! So a poll costs one load and one call beyond that of the future.
//!
//! STEP, on which the `unsafe` in this file rests: the place is as the table says.
//! `look` finds the type of the future in `calls`. `idle` and `poll::<F>` are stored in the
//! context of the executor only, so a runner that loads one of them needs no order. Only
//! the context that claimed a slot fills it, once per claim; only the runner polls and
//! drops what is in it. The runner is started after the first step was stored.

use core::mem;
use core::ptr::NonNull;
use core::sync::atomic::Ordering;
use core::task::Context;

use tickwire_traits::Exit;

use crate::place::{Place, PlacePtr, drop_in, poll_in};
use crate::primitives::fence;
use crate::runner::{Executor, RunnerRef, Task};

// The path is for Loom's models, which include this file by a path as well.
#[path = "slot/state.rs"]
mod state;

pub(crate) use state::State;

#[repr(C)]
pub(crate) struct Slot<const BYTES: usize> {
    state: State,
    task: Task,
    place: Place<BYTES>,
}

/// What a runner does when it is polled.
///
/// # Safety
///
/// As for [`SlotRef::step`]; and the slot's place is as STEP says of this step.
type Step = unsafe fn(SlotRef, &mut Context<'_>);

/// The functions for one type of future.
pub(crate) type Calls = &'static CallsOf;

pub(crate) struct CallsOf {
    poll: Step,
    drop: unsafe fn(PlacePtr),
}

impl<const BYTES: usize> Slot<BYTES> {
    /// All zeros, so that an arena takes no room in the program's image.
    pub(crate) const fn new() -> Self {
        Self { state: State::new(), task: Task::new(), place: Place::new() }
    }

    pub(crate) fn is_free(&self) -> bool {
        self.state.is_free()
    }

    /// Claims the slot if it is free, for a future of these calls. Returns the slot's
    /// runner, if that was started before.
    pub(crate) fn claim(&self, calls: Calls) -> Option<Option<RunnerRef>> {
        self.state.claim(calls)
    }

    /// Fills the slot, and lets its runner poll the future.
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
    ) -> &'static State
    where
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
        &self.state
    }

    /// The same, from any context.
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
    ) -> &'static State
    where
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
        &self.state
    }

    /// Starts the runner, which is not known before its first poll.
    #[cold]
    #[inline(never)]
    fn start(&'static self, executor: Executor) {
        self.state.store(look, Ordering::Release);
        self.task.start(SlotRef::new(self), executor);
    }
}

/// A slot of any size.
#[derive(Clone, Copy)]
pub(crate) struct SlotRef(NonNull<Slot<0>>);

// SAFETY: it is a reference to a slot, which is `Sync`; STEP says what a runner accesses.
unsafe impl Send for SlotRef {}

impl SlotRef {
    fn new<const BYTES: usize>(slot: &'static Slot<BYTES>) -> Self {
        Self(NonNull::from(slot).cast())
    }

    /// Does what is to be done in a poll of the runner.
    ///
    /// # Safety
    ///
    /// The caller is the runner of this slot, and `cx` that of its poll.
    #[inline]
    pub(crate) unsafe fn step(self, cx: &mut Context<'_>) {
        let step = self.state().step();
        // SAFETY: a step was stored before the runner was started, and by STEP the place
        // is as this one takes it to be.
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
        /// The task has ended even if a destructor panics.
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

/// Looks at what another context has done, then polls or drops the future.
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
