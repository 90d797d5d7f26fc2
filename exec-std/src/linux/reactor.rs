//! Readiness of descriptors and the timer for one waiting thread: a run loop's, or the
//! helper.

use std::os::fd::AsFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::{io, process, ptr};

use rustix::event::epoll::EventFlags;
use tickwire_traits::{Instant, Interest};

use super::armed::Armed;
use super::poller::{Event, Poller};
use super::source::{Left, Source};
use crate::clock;

#[derive(Debug)]
pub(crate) struct Reactor {
    poller: Poller,
    armed: Armed,
    sources: Mutex<Sources>,
    /// The number of sources.
    watched: AtomicUsize,
    /// The process whose descriptors it watches.
    process: u32,
}

/// Sources by key.
#[derive(Debug, Default)]
struct Sources {
    /// Each with the number of earlier sources in the same place.
    places: Vec<(u32, Option<Arc<Source>>)>,
    free: Vec<u32>,
}

impl Reactor {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            poller: Poller::new()?,
            armed: Armed::new(),
            sources: Mutex::default(),
            watched: AtomicUsize::new(0),
            process: process::id(),
        })
    }

    /// Ends the wait, from any thread.
    pub(crate) fn notify(&self) {
        self.poller.notify();
    }

    /// Waits for events, or until `at`.
    pub(crate) fn wait(&self, at: Option<Instant>) {
        if let Some(at) = at {
            self.arm(at);
        }
        self.poll(true);
    }

    /// Handles events that are pending, without waiting. No system call without sources.
    pub(crate) fn look(&self) {
        if self.watched.load(Ordering::Relaxed) > 0 {
            self.poll(false);
        }
    }

    /// Arms the timer to fire at `at` or earlier.
    pub(crate) fn arm(&self, at: Instant) {
        if self.armed.is_earlier(at) {
            self.poller.set_timer(clock::until(at));
        }
    }

    /// Wakes all tasks that wait for descriptors. No thread waits for events from now on.
    pub(crate) fn close(&self) {
        let left: Vec<_> = {
            let sources = self.sources();
            sources.places.iter().filter_map(|(_, source)| source.clone()).collect()
        };
        for source in left {
            source.note(EventFlags::IN | EventFlags::OUT);
        }
    }

    fn poll(&self, block: bool) {
        self.poller.poll(block, |event| match event {
            Event::Timer => self.armed.fired(),
            Event::Source(key, flags) => {
                let source = self.sources().get(key);
                if let Some(source) = source {
                    source.note(flags);
                }
            }
        });
    }

    fn sources(&self) -> MutexGuard<'_, Sources> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The registration of a descriptor with a reactor. It does not own the descriptor, so
/// [`remove`](Self::remove) needs it.
#[derive(Debug)]
pub(crate) struct Registration {
    /// Weak, so that a descriptor that outlives a run keeps nothing of the run open.
    reactor: Weak<Reactor>,
    source: Arc<Source>,
    key: u64,
    is_for_writing: bool,
}

impl Registration {
    pub(crate) fn new(reactor: &Arc<Reactor>, fd: impl AsFd) -> io::Result<Self> {
        let source = Arc::<Source>::default();
        let key = reactor.sources().insert(source.clone());
        if let Err(error) = reactor.poller.add(fd, key, flags(false)) {
            let gone = reactor.sources().remove(key);
            drop(gone);
            return Err(error);
        }
        reactor.watched.fetch_add(1, Ordering::Relaxed);
        let reactor = Arc::downgrade(reactor);
        Ok(Self { reactor, source, key, is_for_writing: false })
    }

    pub(crate) fn is_at(&self, reactor: &Arc<Reactor>) -> bool {
        ptr::eq(self.reactor.as_ptr(), Arc::as_ptr(reactor))
    }

    /// Tries `io` while the descriptor may be ready. Otherwise registers the caller's waker.
    pub(crate) fn poll_io(
        &mut self,
        fd: impl AsFd,
        interest: Interest,
        cx: &mut Context<'_>,
        io: impl FnMut() -> io::Result<(usize, Left)>,
    ) -> Poll<io::Result<usize>> {
        let Self { reactor, source, key, is_for_writing } = self;
        let watch = || watch(reactor, *key, is_for_writing, &fd, interest);
        source.poll_io(interest, cx, io, watch)
    }

    /// Registers the caller's waker for events from now on.
    pub(crate) fn register(
        &mut self,
        fd: impl AsFd,
        interest: Interest,
        cx: &mut Context<'_>,
    ) -> io::Result<()> {
        self.source.register(interest, cx.waker());
        watch(&self.reactor, self.key, &mut self.is_for_writing, fd, interest)
    }

    pub(crate) fn remove(self, fd: impl AsFd) {
        // If the run has ended, the kernel has forgotten the descriptor.
        let Some(reactor) = self.reactor.upgrade() else { return };
        // In a forked child, the epoll belongs to the parent, which still waits.
        if reactor.process == process::id() {
            reactor.poller.delete(fd);
        }
        let gone = reactor.sources().remove(self.key);
        // Without the lock, because this drops wakers.
        drop(gone);
        reactor.watched.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Has the kernel report room to write once it is first awaited. The kernel then reports
/// room even if it was there before.
fn watch(
    reactor: &Weak<Reactor>,
    key: u64,
    is_for_writing: &mut bool,
    fd: impl AsFd,
    interest: Interest,
) -> io::Result<()> {
    if interest == Interest::Write
        && !*is_for_writing
        && let Some(reactor) = reactor.upgrade()
    {
        reactor.poller.modify(fd, key, flags(true))?;
        *is_for_writing = true;
    }
    Ok(())
}

fn flags(is_for_writing: bool) -> EventFlags {
    let read = EventFlags::IN | EventFlags::PRI | EventFlags::RDHUP | EventFlags::ET;
    if is_for_writing { read | EventFlags::OUT } else { read }
}

impl Sources {
    fn insert(&mut self, source: Arc<Source>) -> u64 {
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push((0, None));
            u32::try_from(self.places.len() - 1).expect("a descriptor has 31 bits")
        });
        let (had, place) = &mut self.places[index as usize];
        *place = Some(source);
        u64::from(*had) << 32 | u64::from(index)
    }

    /// Returns the source with this key. None if it has been removed.
    fn get(&self, key: u64) -> Option<Arc<Source>> {
        let (had, source) = self.places.get(index(key))?;
        if u64::from(*had) == key >> 32 { source.clone() } else { None }
    }

    fn remove(&mut self, key: u64) -> Option<Arc<Source>> {
        let (had, source) = self.places.get_mut(index(key))?;
        // The upper half is left to the poller's own keys.
        *had = (*had + 1) & (u32::MAX >> 1);
        self.free.push(key as u32);
        source.take()
    }
}

fn index(key: u64) -> usize {
    key as u32 as usize
}
