//! Telling the display that there is something new.

use core::cell::Cell;
use core::future::poll_fn;
use core::task::{Poll, Waker};

/// A flag that clears itself when it has been waited for. One waits, anybody
/// sets, all in one task.
#[derive(Default)]
pub(crate) struct Changed {
    set: Cell<bool>,
    waiter: Cell<Option<Waker>>,
}

impl Changed {
    pub(crate) fn set(&self) {
        self.set.set(true);
        if let Some(waiter) = self.waiter.take() {
            waiter.wake();
        }
    }

    /// Waits until it is set.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: it is cleared in the poll that resolves.
    pub(crate) async fn wait(&self) {
        poll_fn(|cx| {
            if self.set.replace(false) {
                return Poll::Ready(());
            }
            self.waiter.set(Some(cx.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}
