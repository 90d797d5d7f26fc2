//! Spawning into one slot, in place of `src/home.rs`.
//!
//! OWNER, on which the `unsafe` in this file rests: all slots belong to the one executor.

use crate::runner::Executor;
use crate::slot::{CallsOf, Slot};
use crate::task::ArenaTask;

/// Spawns in the executor's context, which the caller must be in.
pub(crate) fn spawn<const BYTES: usize, F>(
    slot: &'static Slot<BYTES>,
    future: F,
) -> Option<ArenaTask>
where
    F: Future<Output = ()> + 'static,
{
    let runner = slot.claim(CallsOf::of::<F>())?;
    // SAFETY: the slot was claimed, and all contexts that call this are the executor's: OWNER.
    Some(ArenaTask::new(unsafe { slot.fill_here(future, runner, Executor) }))
}

/// Spawns from any context.
pub(crate) fn send<const BYTES: usize, F>(
    slot: &'static Slot<BYTES>,
    future: F,
) -> Option<ArenaTask>
where
    F: Future<Output = ()> + Send + 'static,
{
    let runner = slot.claim(CallsOf::of::<F>())?;
    // SAFETY: the slot was claimed, and belongs to the executor: OWNER.
    Some(ArenaTask::new(unsafe { slot.fill_there(future, runner, Executor) }))
}
