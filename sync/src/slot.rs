//! What a child's waker points to.

use core::cell::Cell;
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::task::Waker;

#[cfg(feature = "std")]
use tickwire_traits::WakerId;

use crate::wait_queue::Monitor;
use crate::{CriticalSectionRawMutex, RawMutex};

/// Who is woken on behalf of a child, and whether it has been.
///
/// Whatever is written is written in a critical section; in there one thing is
/// always true of a slot that is taken: it is ready, or it has its parent's
/// waker. So who marks it takes the waker with it and wakes, and who unmarks it
/// leaves one. Outside one may look: what looks unmarked still has its waker, and
/// with that comes another look.
///
/// Wakers are cloned, woken and dropped outside: they are somebody else's code.
pub struct Slot<R = CriticalSectionRawMutex> {
    ready: AtomicBool,
    taken: AtomicBool,
    parent: Monitor<R, Parent, 0>,
}

struct Parent {
    waker: Cell<Option<Waker>>,
    /// The waker with which the outermost group was polled.
    #[cfg(feature = "std")]
    root: Cell<Option<WakerId>>,
    /// A backend has arranged to wake the child while the root polled it.
    #[cfg(feature = "std")]
    is_relied_on: Cell<bool>,
}

impl<R: RawMutex> Slot<R> {
    pub(crate) const fn new(taken: bool) -> Self {
        Self {
            ready: AtomicBool::new(true),
            taken: AtomicBool::new(taken),
            parent: Monitor::new(Parent {
                waker: Cell::new(None),
                #[cfg(feature = "std")]
                root: Cell::new(None),
                #[cfg(feature = "std")]
                is_relied_on: Cell::new(false),
            }),
        }
    }

    pub(crate) fn wake(&self) {
        let parent = self.parent.lock(|parent| {
            self.ready.store(true, Relaxed);
            parent.state.waker.take()
        });
        if let Some(parent) = parent {
            parent.wake();
        }
    }

    /// Returns whether the child has been woken since the last time; if it was,
    /// `parent` will be told of the next time.
    pub(crate) fn take_ready(&self, parent: &Waker) -> bool {
        // Relaxed: who marked it wakes the parent, which orders all that it did
        // before the parent's next look. What the child reads is ordered by the
        // critical section below.
        if !self.ready.load(Relaxed) {
            return false;
        }
        let parent = Some(parent.clone());
        let none = self.parent.lock(|inside| {
            self.ready.store(false, Relaxed);
            inside.state.waker.replace(parent)
        });
        drop(none);
        true
    }

    /// Makes `parent` the one that will be told.
    pub(crate) fn tell(&self, parent: &Waker) {
        let mut parent = Some(parent.clone());
        self.parent.lock(|inside| {
            // One that is ready is about to be looked at, and told then.
            if !self.ready.load(Relaxed) {
                parent = inside.state.waker.replace(parent.take());
            }
        });
        drop(parent);
    }

    /// Has the child polled the next time that its group is, if a backend has relied on
    /// its root.
    #[cfg(feature = "std")]
    pub(crate) fn recall(&self) {
        self.parent.lock(|inside| {
            if inside.state.is_relied_on.take() {
                self.ready.store(true, Relaxed);
            }
        });
    }

    /// Notes whose task polls the child: the one with the waker `root`.
    #[cfg(feature = "std")]
    pub(crate) fn set_root(&self, root: WakerId) {
        self.parent.lock(|inside| inside.state.root.set(Some(root)));
    }

    /// Returns the root, for a group that the child polls: a backend may rely on it for
    /// the tasks of that group.
    #[cfg(feature = "std")]
    pub(crate) fn lend_root(&self) -> Option<WakerId> {
        self.parent.lock(|inside| {
            inside.state.is_relied_on.set(true);
            inside.state.root.get()
        })
    }

    /// Returns whether the root is this one. If so, the caller relies on that.
    #[cfg(feature = "std")]
    pub(crate) fn relies_on(&self, root: WakerId) -> bool {
        self.parent.lock(|inside| {
            let is_root = inside.state.root.get() == Some(root);
            if is_root {
                inside.state.is_relied_on.set(true);
            }
            is_root
        })
    }

    pub(crate) fn is_free(&self) -> bool {
        !self.taken.load(Relaxed)
    }

    /// Takes the slot, ready for a first poll; false if it is taken already.
    pub(crate) fn claim(&self) -> bool {
        self.is_free()
            && self.parent.lock(|_| {
                let free = self.is_free();
                if free {
                    self.taken.store(true, Relaxed);
                    self.ready.store(true, Relaxed);
                }
                free
            })
    }

    pub(crate) fn release(&self) {
        let parent = self.parent.lock(|parent| {
            self.taken.store(false, Relaxed);
            parent.state.waker.take()
        });
        drop(parent);
    }
}

impl<R: RawMutex> fmt::Debug for Slot<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("free", &self.is_free()).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(any(miri, light_tests))))]
mod orders;
