//! Wakers that call a hook when they are cloned, woken or dropped.
//!
//! FOREVER, on which the `unsafe` in this file rests: the data of such a waker is the
//! address of a `&'static Hook`, which any thread may call.
#![allow(unsafe_code)]

use std::sync::mpsc::channel;
use std::task::{RawWaker, RawWakerVTable, Waker};
use std::thread;
use std::time::Duration;

/// An operation on a waker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touch {
    Woken,
    Cloned,
    Dropped,
}

pub(crate) type Hook = fn(Touch);

/// Returns a waker that calls `hook` for each operation on it or on its clones.
pub(crate) fn waker(hook: &'static Hook) -> Waker {
    // SAFETY: the data is what the functions of the table expect: FOREVER.
    unsafe { Waker::from_raw(RawWaker::new((&raw const *hook).cast(), &TABLE)) }
}

static TABLE: RawWakerVTable = RawWakerVTable::new(
    |hook| {
        touch(hook, Touch::Cloned);
        RawWaker::new(hook, &TABLE)
    },
    |hook| {
        touch(hook, Touch::Woken);
        touch(hook, Touch::Dropped);
    },
    |hook| touch(hook, Touch::Woken),
    |hook| touch(hook, Touch::Dropped),
);

fn touch(hook: *const (), touch: Touch) {
    // SAFETY: only wakers with the table above call this: FOREVER.
    let hook = unsafe { *hook.cast::<Hook>() };
    hook(touch);
}

/// Ends the program if this thread is in a critical section, since no other thread can then
/// enter one. A panic would end an executor's thread, and the test would wait for it forever.
#[allow(dead_code)] // Not every test runs foreign code.
pub(crate) fn assert_unlocked() {
    let (sender, is_in) = channel();
    thread::spawn(move || {
        critical_section::with(|_| {});
        sender.send(()).ok();
    });
    if is_in.recv_timeout(Duration::from_secs(60)).is_err() {
        eprintln!("code of others runs in a critical section");
        std::process::abort();
    }
}
