//! Wakers that do something when they are touched.
//!
//! FOREVER, on which the `unsafe` in this file rests: the data of such a waker is the
//! address of a `&'static Hook`, which any thread may call.
#![allow(unsafe_code)]

use std::sync::mpsc::channel;
use std::task::{RawWaker, RawWakerVTable, Waker};
use std::thread;
use std::time::Duration;

/// What is done to a waker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touch {
    Woken,
    Cloned,
    Dropped,
}

pub(crate) type Hook = fn(Touch);

/// Returns a waker that calls `hook` whenever it, or a clone of it, is touched.
pub(crate) fn waker(hook: &'static Hook) -> Waker {
    // SAFETY: the data is what the functions of the table take it for: FOREVER.
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
    // SAFETY: only a waker with the table above comes here: FOREVER.
    let hook = unsafe { *hook.cast::<Hook>() };
    hook(touch);
}

/// Ends the program if this thread is in a critical section: then no other gets into
/// one. A panic would end an executor's thread, and leave the test waiting for it.
#[allow(dead_code)] // Not every test has code of others in it.
pub(crate) fn assert_unlocked() {
    let (told, is_in) = channel();
    thread::spawn(move || {
        critical_section::with(|_| {});
        told.send(()).ok();
    });
    if is_in.recv_timeout(Duration::from_secs(60)).is_err() {
        eprintln!("code of others runs in a critical section");
        std::process::abort();
    }
}
