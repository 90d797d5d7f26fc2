//! A model of embassy with one task, in place of `src/runner.rs`.
//!
//! RUNNER, on which the `unsafe` in this file rests: one thread at a time is the executor,
//! and it starts the next one.

use std::task::{Context, Waker};

use loom::sync::atomic::{AtomicBool, Ordering};
use loom::sync::{Mutex, Notify};
use loom::thread::{self, JoinHandle};

use crate::slot::SlotRef;

loom::lazy_static! {
    static ref STARTED: Mutex<Option<SlotRef>> = Mutex::new(None);
    static ref WOKEN: Notify = Notify::new();
    static ref IS_OVER: AtomicBool = AtomicBool::new(false);
}

#[derive(Clone, Copy)]
pub(crate) struct Executor;

pub(crate) struct Task;

impl Task {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn start(&'static self, slot: SlotRef, _: Executor) {
        let before = STARTED.lock().unwrap().replace(slot);
        assert!(before.is_none(), "a task was started twice");
        WOKEN.notify();
    }
}

#[derive(Clone, Copy)]
pub(crate) struct RunnerRef;

impl RunnerRef {
    pub(crate) fn of(_: &Waker) -> Self {
        Self
    }

    pub(crate) fn wake(self) {
        WOKEN.notify();
    }
}

/// Runs `first` in the executor's context, and then the executor, until it is [over](end).
pub(crate) fn executor(first: impl FnOnce() + 'static) -> JoinHandle<()> {
    thread::spawn(move || {
        first();
        while !IS_OVER.load(Ordering::Acquire) {
            // Notified, or woken spuriously: then other threads' accesses are not ordered.
            WOKEN.wait();
            poll();
        }
        poll();
    })
}

/// Ends the executor after a last poll.
pub(crate) fn end(executor: JoinHandle<()>) {
    IS_OVER.store(true, Ordering::Release);
    WOKEN.notify();
    executor.join().unwrap();
}

/// Polls the task on the executor's thread, even if a stale waker has woken it.
pub(crate) fn poll() {
    let started = *STARTED.lock().unwrap();
    if let Some(slot) = started {
        // SAFETY: this thread is the executor: RUNNER.
        unsafe { slot.step(&mut Context::from_waker(Waker::noop())) }
    }
}
