//! Wakers that point to a slot which is there for ever.
//!
//! FOREVER, on which the `unsafe` in this file rests: whoever has [`VTABLE`] for
//! its vtable has the address of a `&'static Slot` for its data. Such wakers are
//! made in one place, from such a reference; a clone has the same two pointers.
//! A [`Slot`] is `Sync`, so any context may follow it.

use core::task::{RawWaker, RawWakerVTable, Waker};

use crate::slot::Slot;

/// A static, and no constant: clones have one address in common, by which they
/// are known to be one and the same.
static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake, forget);

/// Returns a waker of `slot`: two words, with nothing to count and to free.
pub(crate) fn waker(slot: &'static Slot) -> Waker {
    // SAFETY: the data is that of VTABLE, whose functions may be called from any
    // thread, as often as one likes: FOREVER.
    unsafe { Waker::from_raw(raw(core::ptr::from_ref(slot).cast())) }
}

fn raw(slot: *const ()) -> RawWaker {
    RawWaker::new(slot, &VTABLE)
}

fn clone(slot: *const ()) -> RawWaker {
    raw(slot)
}

fn wake(slot: *const ()) {
    // SAFETY: only a waker with VTABLE comes here, so it is a slot: FOREVER.
    let slot = unsafe { &*slot.cast::<Slot>() };
    slot.wake();
}

fn forget(_: *const ()) {}
