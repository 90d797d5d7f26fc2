//! A time limit for tests that may hang.

use std::sync::mpsc;
use std::{thread, time};

/// Longer than any of these tests takes, even on a busy machine.
pub(crate) const PATIENCE: time::Duration = time::Duration::from_secs(120);

/// Runs `test` in a thread of its own. None if it hangs.
pub(crate) fn within_two_minutes<T: Send + 'static>(
    test: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(test()));
    receiver.recv_timeout(PATIENCE).ok()
}
