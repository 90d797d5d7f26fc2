//! The parts of a kernel that the models need.

use std::io;

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::sync::{Mutex, Notify};
use tickwire_traits::Instant;

use crate::linux::armed::Armed;
use crate::linux::source::Left;

/// An eventfd, and a timer that fires when a thread waits for it.
pub(crate) struct Reactor {
    notice: Notify,
    armed: Armed,
    timer: Mutex<Option<Instant>>,
    timer_is_set: Notify,
}

impl std::fmt::Debug for Reactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reactor")
    }
}

impl Reactor {
    pub(crate) fn new() -> Self {
        Self {
            notice: Notify::new(),
            armed: Armed::new(),
            timer: Mutex::new(None),
            timer_is_set: Notify::new(),
        }
    }

    pub(crate) fn notify(&self) {
        self.notice.notify();
    }

    pub(crate) fn wait_for_notice(&self) {
        self.notice.wait();
    }

    /// As in the crate's `Poller`.
    pub(crate) fn arm(&self, at: Instant) {
        if self.armed.is_earlier(at) {
            *self.timer.lock().unwrap() = Some(at);
            self.timer_is_set.notify();
        }
    }

    /// Waits until the timer is set, and lets it fire.
    pub(crate) fn wait_for_timer(&self) -> Instant {
        loop {
            let fired = self.timer.lock().unwrap().take();
            if let Some(at) = fired {
                self.armed.fired();
                return at;
            }
            self.timer_is_set.wait();
        }
    }
}

/// A pipe: its bytes, and whether the other end has hung up.
#[derive(Default)]
pub(crate) struct Descriptor(AtomicUsize);

const HUNG_UP: usize = 1 << 16;

impl Descriptor {
    pub(crate) fn send_a_byte(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn hang_up(&self) {
        self.0.fetch_or(HUNG_UP, Ordering::SeqCst);
    }

    /// Reads all bytes that have arrived.
    pub(crate) fn read(&self) -> io::Result<(usize, Left)> {
        let before = self.0.fetch_and(HUNG_UP, Ordering::SeqCst);
        match before & !HUNG_UP {
            0 if before & HUNG_UP != 0 => Ok((0, Left::Maybe)),
            0 => Err(io::ErrorKind::WouldBlock.into()),
            len => Ok((len, Left::Nothing)),
        }
    }
}
