//! Spawning into one slot, in place of `src/home.rs`.
//!
//! OWNER, on which the `unsafe` in this file rests: all slots belong to the one executor.

use crate::free::FreeList;
use crate::primitives::section;
use crate::runner::{Executor, RunnerRef};
use crate::slot::{Calls, CallsOf, Slot};
use crate::task::ArenaTask;

/// An arena of one slot.
pub(crate) struct Home {
    list: FreeList,
    slots: [Slot<128>; 1],
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { list: FreeList::new(1), slots: [Slot::new()] }
    }

    pub(crate) fn is_free(&self) -> bool {
        self.slots[0].is_free()
    }

    fn claim(&'static self, calls: Calls) -> Option<(&'static Slot<128>, Option<RunnerRef>)> {
        section(|section| {
            let slot = self.list.take(section, &self.slots, |slot| slot.link(section))?;
            Some((slot, slot.claim(section, calls)))
        })
    }
}

/// Spawns in the executor's context, which the caller must be in.
pub(crate) fn spawn<F>(home: &'static Home, future: F) -> Option<ArenaTask>
where
    F: Future<Output = ()> + 'static,
{
    let (slot, runner) = home.claim(CallsOf::of::<F>())?;
    // SAFETY: the slot was claimed, and all contexts that call this are the executor's: OWNER.
    unsafe { slot.fill_here(future, runner, Executor) };
    Some(ArenaTask::new(slot.owned(&home.list)))
}

/// Spawns from any context.
pub(crate) fn send<F>(home: &'static Home, future: F) -> Option<ArenaTask>
where
    F: Future<Output = ()> + Send + 'static,
{
    let (slot, runner) = home.claim(CallsOf::of::<F>())?;
    // SAFETY: the slot was claimed, and belongs to the executor: OWNER.
    unsafe { slot.fill_there(future, runner, Executor) };
    Some(ArenaTask::new(slot.owned(&home.list)))
}
