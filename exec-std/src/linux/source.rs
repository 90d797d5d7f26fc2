//! What is known of a descriptor.

use std::io;
use std::task::{Context, Poll, Waker};

use rustix::event::epoll::EventFlags;
use tickwire_traits::Interest;

use crate::atomic::{AtomicU8, Mutex, MutexGuard, Ordering, PoisonError};
use crate::quiet::wake;

/// Whether a descriptor may be ready, and who waits for that.
///
/// ```text
///   a task                             the reactor
///   ──────                             ───────────
///   clear the mark                     set the mark
///   try: it would block                take the waker, and wake it
///   leave the waker
///   the mark is set? then try again
/// ```
///
/// What comes after the try sets the mark: it is seen there, or finds the waker.
#[derive(Debug)]
pub(crate) struct Source {
    marks: AtomicU8,
    wakers: Mutex<[Option<Waker>; 2]>,
}

/// What a try has left for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    Nothing,
    Maybe,
}

/// By [`Interest`], shifted.
const READY: u8 = 1;
/// The other end has hung up, or there is an error: each try has a result. Or there is an
/// urgent byte, at which a read stops (tcp(7)): what comes next is there already. Until a
/// try would block, there may be more.
const FOR_GOOD: u8 = 4;

impl Default for Source {
    /// Nobody has tried yet, so both directions may be ready.
    fn default() -> Self {
        Self { marks: AtomicU8::new(READY | READY << 1), wakers: Mutex::default() }
    }
}

impl Source {
    /// Notes what the kernel reports, and wakes those who wait for it.
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

    /// Tries `io` for as long as that is worth it, and leaves the caller's waker then.
    /// `watch` is called before the last look.
    pub(crate) fn poll_io(
        &self,
        interest: Interest,
        cx: &mut Context<'_>,
        mut io: impl FnMut() -> io::Result<(usize, Left)>,
        mut watch: impl FnMut() -> io::Result<()>,
    ) -> Poll<io::Result<usize>> {
        loop {
            let marks = mask(interest, READY | FOR_GOOD);
            // Before the try: what is reported meanwhile marks it anew.
            let before = self.marks.fetch_and(!marks, Ordering::AcqRel) & marks;
            if before != 0 {
                let result = io();
                // A line that has hung up and would block has come back.
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

    /// Has `waker` woken by what comes from now on.
    pub(crate) fn register(&self, interest: Interest, waker: &Waker) {
        if self.wakers()[interest as usize].as_ref().is_some_and(|known| known.will_wake(waker)) {
            return;
        }
        // With nothing locked: a waker's `clone` and `drop` may be anybody's code.
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
