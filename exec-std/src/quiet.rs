//! Calls of foreign code from which no panic may propagate.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

/// Calls `f`. Catches a panic, which the panic hook has reported.
pub(crate) fn quietly(f: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(f)) {
        discard(payload);
    }
}

/// Drops the payload of a panic, even if its destructor panics.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // Its destructor may panic as well, and so on: leak it.
        mem::forget(again);
    }
}

/// Wakes `waker`, and catches a panic of it.
pub(crate) fn wake(waker: Waker) {
    quietly(|| waker.wake());
}
