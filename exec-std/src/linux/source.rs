//! Readiness of a descriptor.

use std::io;
use std::task::{Context, Poll, Waker};

use rustix::event::epoll::EventFlags;
use tickwire_traits::Interest;

use crate::atomic::{AtomicU8, Mutex, MutexGuard, Ordering, PoisonError};
use crate::quiet::wake;

/// Whether a descriptor may be ready, and the wakers of tasks that wait for it.
///
/// ```text
///   a task                             the reactor
///   ──────                             ───────────
///   clear the mark                     set the mark
///   try: it would block                take the waker, and wake it
///   register the waker
///   if the mark is set, try again
/// ```
///
/// An event after the try sets the mark. Either the task sees it, or the reactor finds
/// the waker.
#[derive(Debug)]
pub(crate) struct Source {
    marks: AtomicU8,
    wakers: Mutex<[Option<Waker>; 2]>,
}

/// Whether the next operation may complete at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    Nothing,
    Maybe,
}

/// Marks are shifted by [`Interest`]. This one: an operation may complete.
const READY: u8 = 1;
/// The other end has hung up, or there is an error, so each operation completes. Or there
/// is an urgent byte, where a read stops although more bytes are there (tcp(7)). The mark
/// stays until an operation would block.
const FOR_GOOD: u8 = 4;

impl Default for Source {
    /// No operation has been tried, so both directions may be ready.
    fn default() -> Self {
        Self { marks: AtomicU8::new(READY | READY << 1), wakers: Mutex::default() }
    }
}

impl Source {
    /// Notes an event of the kernel, and wakes the tasks that wait for it.
    pub(crate) fn note(&self, flags: EventFlags) {
        use EventFlags as E;
        let gone = E::HUP | E::ERR;
        let read = marks(flags, E::IN, gone | E::RDHUP | E::PRI);
        let write = marks(flags, E::OUT, gone);
        self.set(read, write);
    }

    fn set(&self, read: u8, write: u8) {
        let _before = self.marks.fetch_or(read | write << 1, Ordering::AcqRel);
        let woken = {
            let mut wakers = self.wakers();
            let [reader, writer] = &mut *wakers;
            [(read, reader), (write, writer)]
                .map(|(marks, waker)| if marks == 0 { None } else { waker.take() })
        };
        woken.into_iter().flatten().for_each(wake);
    }

    /// Tries `io` while the descriptor may be ready. Otherwise registers the caller's waker,
    /// calls `watch`, and checks once more.
    pub(crate) fn poll_io(
        &self,
        interest: Interest,
        cx: &mut Context<'_>,
        mut io: impl FnMut() -> io::Result<(usize, Left)>,
        mut watch: impl FnMut() -> io::Result<()>,
    ) -> Poll<io::Result<usize>> {
        loop {
            let marks = mask(interest, READY | FOR_GOOD);
            // Cleared before the try, so that an event during the try is seen.
            let before = self.marks.fetch_and(!marks, Ordering::AcqRel) & marks;
            if before != 0 {
                let result = io();
                // A line that had hung up and would block is open again.
                let would_block =
                    matches!(&result, Err(error) if error.kind() == io::ErrorKind::WouldBlock);
                if !would_block {
                    let left = match &result {
                        Ok((_, Left::Nothing)) => before & mask(interest, FOR_GOOD),
                        _ => before | mask(interest, READY),
                    };
                    let _before = self.marks.fetch_or(left, Ordering::AcqRel);
                    match result {
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                        result => return Poll::Ready(result.map(|(len, _)| len)),
                    }
                }
            }
            self.register(interest, cx.waker());
            watch()?;
            if self.marks.load(Ordering::Acquire) & marks == 0 {
                return Poll::Pending;
            }
        }
    }

    /// Registers `waker` for events from now on.
    pub(crate) fn register(&self, interest: Interest, waker: &Waker) {
        if self.wakers()[interest as usize].as_ref().is_some_and(|known| known.will_wake(waker)) {
            return;
        }
        // Without the lock, because a waker's `clone` and `drop` may be foreign code.
        let waker = waker.clone();
        let replaced = self.wakers()[interest as usize].replace(waker);
        drop(replaced);
    }

    fn wakers(&self) -> MutexGuard<'_, [Option<Waker>; 2]> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn marks(flags: EventFlags, ready: EventFlags, gone: EventFlags) -> u8 {
    let for_good = flags.intersects(gone);
    u8::from(for_good || flags.intersects(ready)) * READY + u8::from(for_good) * FOR_GOOD
}

fn mask(interest: Interest, marks: u8) -> u8 {
    marks << interest as u8
}
