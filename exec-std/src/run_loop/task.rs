//! The state of a task that its wakers, its handle and its run loop share.

use std::any::Any;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::{fmt, mem};

use tickwire_traits::Exit;

use super::inbox::Inbox;
use crate::atomic::{self, AtomicBool, Mutex, MutexGuard, Ordering, PoisonError};
use crate::quiet::{discard, wake};

/// A task, without its future.
#[derive(Debug)]
pub(crate) struct Task {
    number: u32,
    /// The task is queued or has ended, so it must not be queued.
    queued: AtomicBool,
    /// The loop drops the task's future instead of polling it.
    cancelled: AtomicBool,
    /// The handle is gone or has reported the task's end.
    detached: AtomicBool,
    inbox: atomic::Arc<Inbox>,
    end: Mutex<End>,
}

/// The end of a task.
pub(crate) enum End {
    /// The task has not ended. The waker is that of its handle.
    NotYet(Option<Waker>),
    Exit(Exit),
    Panicked(Payload),
}

/// The payload of a panic, until the handle takes it.
pub(crate) struct Payload(Option<Box<dyn Any + Send>>);

impl Task {
    /// Creates a task that counts as queued. The caller queues it.
    pub(crate) fn new(number: u32, inbox: atomic::Arc<Inbox>) -> Arc<Self> {
        Arc::new(Self {
            number,
            queued: AtomicBool::new(true),
            cancelled: AtomicBool::new(false),
            detached: AtomicBool::new(false),
            inbox,
            end: Mutex::new(End::NotYet(None)),
        })
    }

    /// Makes an ended task a new one with the same number, as [`new`](Self::new) does.
    /// False if it still has a handle or a waker.
    pub(crate) fn renew(this: &mut Arc<Self>) -> bool {
        let Some(task) = Arc::get_mut(this) else { return false };
        // `queued` is true already, since the task was retired.
        task.cancelled.store(false, Ordering::Relaxed);
        task.detached.store(false, Ordering::Relaxed);
        let end = task.end.get_mut().unwrap_or_else(PoisonError::into_inner);
        *end = End::NotYet(None);
        true
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn inbox(&self) -> &atomic::Arc<Inbox> {
        &self.inbox
    }

    /// Queues the task in its loop, unless it is queued.
    #[inline]
    fn queue(&self) {
        // Written even if it is queued, so that the next poll sees all that this thread
        // did before.
        if !self.queued.swap(true, Ordering::AcqRel) {
            super::queue(self);
        }
    }

    /// Notes that the task has been taken out of the queue. False if it was canceled.
    #[inline]
    pub(crate) fn unqueue(&self) -> bool {
        self.queued.swap(false, Ordering::AcqRel);
        !self.cancelled.load(Ordering::Acquire)
    }

    /// Prevents the task from being queued again. False if it is queued.
    pub(crate) fn retire(&self) -> bool {
        !self.queued.swap(true, Ordering::AcqRel)
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        self.queue();
    }

    pub(crate) fn detach(&self) {
        self.detached.store(true, Ordering::Release);
        self.discard_end();
    }

    /// Cancels the task, and drops the payload of its panic: the handle is gone.
    #[cold]
    pub(crate) fn abandon(&self) {
        self.cancel();
        self.detach();
    }

    pub(crate) fn is_detached(&self) -> bool {
        self.detached.load(Ordering::Acquire)
    }

    pub(crate) fn has_ended(&self) -> bool {
        !matches!(*self.lock(), End::NotYet(_))
    }

    pub(crate) fn poll_end(&self, cx: &mut Context<'_>) -> Poll<Exit> {
        let mut mine = None;
        loop {
            let mut end = self.lock();
            match &mut *end {
                End::Exit(exit) => {
                    // The handle has nothing left to cancel or discard.
                    self.detached.store(true, Ordering::Relaxed);
                    return Poll::Ready(*exit);
                }
                End::Panicked(payload) => {
                    let payload = payload.0.take();
                    *end = End::Exit(Exit::Cancelled);
                    drop(end);
                    match payload {
                        Some(payload) => resume_unwind(payload),
                        None => return Poll::Ready(Exit::Cancelled),
                    }
                }
                End::NotYet(Some(waker)) if waker.will_wake(cx.waker()) => return Poll::Pending,
                End::NotYet(waker) => {
                    if let Some(mine) = mine.take() {
                        let replaced = waker.replace(mine);
                        drop(end);
                        drop(replaced);
                        return Poll::Pending;
                    }
                }
            }
            drop(end);
            // Without the lock, because a waker's `clone` may be foreign code.
            mine = Some(cx.waker().clone());
        }
    }

    /// Reports the end. The task's future must have been dropped.
    pub(crate) fn ended(&self, end: End) {
        let before = mem::replace(&mut *self.lock(), end);
        if let End::NotYet(Some(waker)) = before {
            wake(waker);
        }
        if self.is_detached() {
            self.discard_end();
        }
    }

    /// Drops the payload of a panic, which no handle can take.
    #[cold]
    fn discard_end(&self) {
        let mut end = self.lock();
        if matches!(*end, End::Panicked(_)) {
            let thrown = mem::replace(&mut *end, End::Exit(Exit::Cancelled));
            drop(end);
            drop(thrown);
        }
    }

    fn lock(&self) -> MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.queue();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.queue();
    }
}

impl End {
    pub(crate) fn panicked(payload: Box<dyn Any + Send>) -> Self {
        Self::Panicked(Payload(Some(payload)))
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        if let Some(payload) = self.0.take() {
            discard(payload);
        }
    }
}

impl fmt::Debug for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotYet(_) => "NotYet",
            Self::Exit(Exit::Completed) => "Completed",
            Self::Exit(Exit::Cancelled) => "Cancelled",
            Self::Panicked(_) => "Panicked",
        })
    }
}
