//! A task, as its wakers, its handle and its run loop see it.

use std::any::Any;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::{fmt, mem};

use tickwire_traits::Exit;

use super::inbox::Inbox;
use crate::atomic::{self, AtomicBool, Mutex, MutexGuard, Ordering, PoisonError};
use crate::quiet::{discard, wake};

/// What a task's wakers and its handle point to.
#[derive(Debug)]
pub(crate) struct Task {
    number: u32,
    /// The task is in a queue, or has ended. It is not to be put into a queue.
    queued: AtomicBool,
    /// The loop drops the task's future in place of its next poll.
    cancelled: AtomicBool,
    /// No handle asks for the task's end, or it has been told of it.
    detached: AtomicBool,
    inbox: atomic::Arc<Inbox>,
    end: Mutex<End>,
}

/// How a task has ended.
pub(crate) enum End {
    NotYet(Option<Waker>),
    Exit(Exit),
    Panicked(Payload),
}

/// What a panic has thrown.
pub(crate) struct Payload(Option<Box<dyn Any + Send>>);

impl Task {
    /// Creates a task that is about to be put into a queue.
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

    /// Makes one that has ended a new one with the same number; false if a handle or
    /// a waker of it is left.
    pub(crate) fn renew(this: &mut Arc<Self>) -> bool {
        let Some(task) = Arc::get_mut(this) else { return false };
        // `queued` is true since the task was retired.
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

    /// Puts the task into its loop's queue, unless it is there.
    #[inline]
    fn queue(&self) {
        // Written even if it is queued: the poll to come then sees all that this
        // thread did before.
        if !self.queued.swap(true, Ordering::AcqRel) {
            super::queue(self);
        }
    }

    /// Notes that the task has come out of the queue; false if it was cancelled.
    #[inline]
    pub(crate) fn unqueue(&self) -> bool {
        self.queued.swap(false, Ordering::AcqRel);
        !self.cancelled.load(Ordering::Acquire)
    }

    /// Keeps the task out of any queue from now on; false if it is in one.
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

    /// Cancels the task, and drops what it has thrown: no handle can ask for that any more.
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
                    // The handle has nothing to cancel and nothing to discard.
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
            // With nothing locked: a waker's `clone` may be anybody's code.
            mine = Some(cx.waker().clone());
        }
    }

    /// Reports the end. The task's future has been dropped.
    pub(crate) fn ended(&self, end: End) {
        let before = mem::replace(&mut *self.lock(), end);
        if let End::NotYet(Some(waker)) = before {
            wake(waker);
        }
        if self.is_detached() {
            self.discard_end();
        }
    }

    /// Drops what a panic has thrown: there is nobody who could be given it.
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
