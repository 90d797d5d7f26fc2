//! Wakers that point to a slot.
//!
//! FOREVER, on which the `unsafe` in this file rests: a waker with [`VTABLE`] for its
//! vtable has the address of a `&'static Slot` for its data, and one with
//! [`heap::VTABLE`] that of a [`Slot`] of which it owns a count, or which is borrowed for
//! as long as the waker is lent. Such wakers are made in this file alone. A [`Slot`] is
//! `Sync`, so any context may follow the address for as long as it has the waker.

use core::ptr;
use core::task::{RawWaker, RawWakerVTable, Waker};

use super::slot::Slot;

/// A static, and no constant: clones have one address in common, by which they
/// are known to be one and the same.
static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake, forget);

/// Calls `f` with a waker of `slot`.
#[inline]
pub(crate) fn lend<T>(slot: &'static Slot, f: impl FnOnce(&Waker) -> T) -> T {
    // SAFETY: the data is that of VTABLE, whose functions may be called from any
    // thread, as often as one likes: FOREVER.
    f(&unsafe { Waker::from_raw(raw(ptr::from_ref(slot).cast())) })
}

/// Returns the slot to which `waker` points; none if it is no waker of a slot.
#[cfg(feature = "std")]
pub(crate) fn slot_of(waker: &Waker) -> Option<&Slot> {
    let is_ours = ptr::eq(waker.vtable(), &VTABLE) || ptr::eq(waker.vtable(), &heap::VTABLE);
    // SAFETY: the vtable says that it is a slot, which is there as long as the waker:
    // FOREVER.
    is_ours.then(|| unsafe { &*waker.data().cast::<Slot>() })
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

/// The same for slots that are counted.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub(crate) mod heap {
    use alloc::sync::Arc;
    use core::mem::ManuallyDrop;
    use core::task::{RawWaker, RawWakerVTable, Waker};

    use super::super::slot::Slot;

    pub(super) static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop);

    /// Calls `f` with a waker of `slot`, whose clones own it with others.
    #[inline]
    pub(crate) fn lend<T>(slot: &Arc<Slot>, f: impl FnOnce(&Waker) -> T) -> T {
        let data = Arc::as_ptr(slot).cast();
        // SAFETY: the data is that of VTABLE, whose functions may be called from any
        // thread. It is never dropped, as the count is the caller's: FOREVER.
        let waker = ManuallyDrop::new(unsafe { Waker::from_raw(RawWaker::new(data, &VTABLE)) });
        f(&waker)
    }

    /// # Safety
    ///
    /// It is the data of a waker with VTABLE, which gives up its count.
    unsafe fn owned(slot: *const ()) -> Arc<Slot> {
        // SAFETY: it comes from `Arc::into_raw` in `clone`, since a lent waker is not
        // used up: FOREVER.
        unsafe { Arc::from_raw(slot.cast()) }
    }

    fn clone(slot: *const ()) -> RawWaker {
        // SAFETY: a waker with VTABLE keeps its count: FOREVER.
        let slot = ManuallyDrop::new(unsafe { owned(slot) });
        RawWaker::new(Arc::into_raw(Arc::clone(&slot)).cast(), &VTABLE)
    }

    fn wake(slot: *const ()) {
        // SAFETY: the waker is used up with this call: FOREVER.
        let slot = unsafe { owned(slot) };
        slot.wake();
    }

    fn wake_by_ref(slot: *const ()) {
        // SAFETY: only a waker with VTABLE comes here, so it is a slot: FOREVER.
        let slot = unsafe { &*slot.cast::<Slot>() };
        slot.wake();
    }

    fn drop(slot: *const ()) {
        // SAFETY: the waker is used up with this call: FOREVER.
        core::mem::drop(unsafe { owned(slot) });
    }
}
