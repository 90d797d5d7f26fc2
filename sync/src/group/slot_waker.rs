//! Wakers that point to a slot.
//!
//! FOREVER, on which the `unsafe` in this file rests: a waker with the vtable [`VTABLE`]
//! has the address of a `&'static Slot` as its data. One with [`heap::VTABLE`] has that
//! of a [`Slot`] of which it owns a count, or which is borrowed while the waker is lent.
//! Only this file makes such wakers. A [`Slot`] is `Sync`, so any context may dereference
//! the address while it has the waker.

use core::ptr;
use core::task::{RawWaker, RawWakerVTable, Waker};

use super::slot::Slot;

/// A static, not a constant: all clones share one address, which identifies the vtable.
static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake, forget);

/// Calls `f` with a waker of `slot`.
#[inline]
pub(crate) fn lend<T>(slot: &'static Slot, f: impl FnOnce(&Waker) -> T) -> T {
    // SAFETY: the data fits VTABLE, whose functions any thread may call any number of
    // times: FOREVER.
    f(&unsafe { Waker::from_raw(raw(ptr::from_ref(slot).cast())) })
}

/// Returns the slot of `waker`, or `None` if it is not a slot's waker.
#[cfg(feature = "std")]
pub(crate) fn slot_of(waker: &Waker) -> Option<&Slot> {
    let is_ours = ptr::eq(waker.vtable(), &VTABLE) || ptr::eq(waker.vtable(), &heap::VTABLE);
    // SAFETY: the vtable proves that the data is a slot, which lives as long as the
    // waker: FOREVER.
    is_ours.then(|| unsafe { &*waker.data().cast::<Slot>() })
}

fn raw(slot: *const ()) -> RawWaker {
    RawWaker::new(slot, &VTABLE)
}

fn clone(slot: *const ()) -> RawWaker {
    raw(slot)
}

fn wake(slot: *const ()) {
    // SAFETY: only a waker with VTABLE calls this, so the data is a slot: FOREVER.
    let slot = unsafe { &*slot.cast::<Slot>() };
    slot.wake();
}

fn forget(_: *const ()) {}

/// The same wakers for reference-counted slots.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub(crate) mod heap {
    use alloc::sync::Arc;
    use core::mem::ManuallyDrop;
    use core::task::{RawWaker, RawWakerVTable, Waker};

    use super::super::slot::Slot;

    pub(super) static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop);

    /// Calls `f` with a waker of `slot`, whose clones share ownership.
    #[inline]
    pub(crate) fn lend<T>(slot: &Arc<Slot>, f: impl FnOnce(&Waker) -> T) -> T {
        let data = Arc::as_ptr(slot).cast();
        // SAFETY: the data fits VTABLE, whose functions any thread may call. The waker is
        // never dropped, because the caller owns the count: FOREVER.
        let waker = ManuallyDrop::new(unsafe { Waker::from_raw(RawWaker::new(data, &VTABLE)) });
        f(&waker)
    }

    /// # Safety
    ///
    /// `slot` is the data of a waker with VTABLE, which gives up its count.
    unsafe fn owned(slot: *const ()) -> Arc<Slot> {
        // SAFETY: the pointer comes from `Arc::into_raw` in `clone`, since a lent waker
        // is not consumed: FOREVER.
        unsafe { Arc::from_raw(slot.cast()) }
    }

    fn clone(slot: *const ()) -> RawWaker {
        // SAFETY: a waker with VTABLE keeps its count: FOREVER.
        let slot = ManuallyDrop::new(unsafe { owned(slot) });
        RawWaker::new(Arc::into_raw(Arc::clone(&slot)).cast(), &VTABLE)
    }

    fn wake(slot: *const ()) {
        // SAFETY: this call consumes the waker: FOREVER.
        let slot = unsafe { owned(slot) };
        slot.wake();
    }

    fn wake_by_ref(slot: *const ()) {
        // SAFETY: only a waker with VTABLE calls this, so the data is a slot: FOREVER.
        let slot = unsafe { &*slot.cast::<Slot>() };
        slot.wake();
    }

    fn drop(slot: *const ()) {
        // SAFETY: this call consumes the waker: FOREVER.
        core::mem::drop(unsafe { owned(slot) });
    }
}
