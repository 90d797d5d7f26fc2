//! Letting others have their turn beside a descriptor that is always ready.

use std::task::{Context, Poll};

/// How many times more a descriptor need not wait before it lets others have a turn.
#[derive(Debug)]
pub(crate) struct Turns(u8);

const IN_A_ROW: u8 = 32;

impl Turns {
    pub(crate) const fn new() -> Self {
        Self(IN_A_ROW)
    }

    /// Notes that the descriptor waits.
    pub(crate) fn waits(&mut self) {
        self.0 = IN_A_ROW;
    }

    /// Counts a try. It is pending once when there were many in a row.
    pub(crate) fn poll_proceed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(left) = self.0.checked_sub(1) {
            self.0 = left;
            return Poll::Ready(());
        }
        // A caller that drops this and tries again has yielded too.
        self.0 = IN_A_ROW;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
