//! Yielding to other tasks while a descriptor is always ready.

use std::task::{Context, Poll};

/// The number of operations that a descriptor may still complete before it yields.
#[derive(Debug)]
pub(crate) struct Turns(u8);

const IN_A_ROW: u8 = 32;

impl Turns {
    pub(crate) const fn new() -> Self {
        Self(IN_A_ROW)
    }

    /// Notes that an operation is pending, which lets other tasks run.
    pub(crate) fn waits(&mut self) {
        self.0 = IN_A_ROW;
    }

    /// Counts an operation. After `IN_A_ROW` that did not wait, returns `Pending` once.
    pub(crate) fn poll_proceed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(left) = self.0.checked_sub(1) {
            self.0 = left;
            return Poll::Ready(());
        }
        // Set now, because a caller that drops its future and tries again has yielded.
        self.0 = IN_A_ROW;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
