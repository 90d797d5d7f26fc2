//! Calling code of others where a panic must not pass.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

/// Calls `f`. A panic in it has been reported by the panic hook, and ends here.
pub(crate) fn quietly(f: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(f)) {
        discard(payload);
    }
}

/// Drops what a panic has thrown, even if that panics too.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // Its destructor may panic as well, and so on: a leak ends that.
        mem::forget(again);
    }
}

pub(crate) fn wake(waker: Waker) {
    quietly(|| waker.wake());
}
