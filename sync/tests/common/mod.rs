//! Futures and wakers for the tests of groups.
#![allow(dead_code)] // Each test program uses a part.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// A waker that counts its wakes.
#[derive(Default)]
pub(crate) struct Count(AtomicUsize);

impl Count {
    pub(crate) fn waker() -> (Waker, Arc<Self>) {
        let count = Arc::<Self>::default();
        (count.clone().into(), count)
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A door: tasks wait until it is open.
#[derive(Default)]
pub(crate) struct Door {
    open: Cell<bool>,
    polls: Cell<usize>,
    waker: RefCell<Option<Waker>>,
}

impl Door {
    pub(crate) fn doors<const N: usize>() -> [Self; N] {
        std::array::from_fn(|_| Self::default())
    }

    pub(crate) fn open(&self) {
        self.open.set(true);
        self.knock();
    }

    /// Wakes the waiters spuriously.
    pub(crate) fn knock(&self) {
        self.waker().wake();
    }

    pub(crate) fn waker(&self) -> Waker {
        self.waker.borrow().clone().unwrap_or_else(|| Waker::noop().clone())
    }

    pub(crate) fn polls(&self) -> usize {
        self.polls.get()
    }

    pub(crate) fn pass(&self) -> impl Future<Output = ()> {
        poll_fn(|cx| {
            self.polls.set(self.polls.get() + 1);
            *self.waker.borrow_mut() = Some(cx.waker().clone());
            if self.open.get() { Poll::Ready(()) } else { Poll::Pending }
        })
    }
}

/// A value that counts its live instances.
pub(crate) struct Alive<'a>(&'a Cell<usize>);

impl<'a> Alive<'a> {
    pub(crate) fn new(count: &'a Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// Polls `future` once with `waker`.
pub(crate) fn poll<F: Future>(future: F, waker: &Waker) -> Poll<F::Output> {
    std::pin::pin!(future).poll(&mut Context::from_waker(waker))
}
